#include "app/answer_book.h"

#include <algorithm>

namespace mogura::app {
namespace {

std::vector<finding::Evidence> evidence_of(const std::vector<challenge::Evidence>& noticed) {
  std::vector<finding::Evidence> evidence;
  for (const challenge::Evidence& item : noticed) {
    evidence.push_back({item.code, item.text, item.weight, item.observed, item.expected});
  }
  return evidence;
}

// What was noticed besides has its sentences at the end.
finding::Evidence evidence_of(const challenge::VerdictEvent& verdict) {
  finding::Evidence evidence;
  evidence.code = challenge::name_of(verdict.verdict);
  evidence.weight = verdict.answer_score;
  const std::size_t own = verdict.evidence.size() - std::min(verdict.evidence.size(), verdict.noticed.size());
  for (std::size_t i = 0; i < own; ++i) evidence.text += (i == 0 ? "" : "; ") + verdict.evidence[i];
  return evidence;
}

}  // namespace

void AnswerBook::add(const proxy::Event& event) {
  const bool is_verdict = event.verdict != nullptr && event.verdict->verdict != challenge::Verdict::kExempt;
  if (!is_verdict && event.passive == nullptr) return;
  finding::Answer answer;
  answer.time = event.time;
  answer.client = (redactor_ == nullptr ? event.client : redactor_->pseudonym_of(event.client)).to_string();
  answer.user_agent = event.user_agent;
  answer.host = event.host;
  if (is_verdict) answer.verdict = evidence_of(*event.verdict);
  answer.noticed = evidence_of(is_verdict ? event.verdict->noticed : event.passive->evidence);
  const std::lock_guard lock(mutex_);
  answers_.add(answer);
}

void AnswerBook::restore(finding::Answers answers) {
  const std::lock_guard lock(mutex_);
  answers_ = std::move(answers);
}

finding::Answers AnswerBook::at(Timestamp now) {
  const std::lock_guard lock(mutex_);
  answers_.forget_before(now - window_);
  return answers_;
}

std::uint64_t AnswerBook::lost() {
  const std::lock_guard lock(mutex_);
  return answers_.lost();
}

}  // namespace mogura::app
