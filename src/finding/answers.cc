#include "finding/answers.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "finding/detail/weights.h"
#include "finding/detail/words.h"

namespace mogura::finding {
namespace {

bool is_before(const AnsweringProgram& program, const Answer& answer) {
  return std::tie(program.client, program.user_agent) < std::tie(answer.client, answer.user_agent);
}

Evidence cut(const Evidence& evidence) {
  Evidence kept = evidence;
  kept.text = detail::cut_text(evidence.text, Answers::kTextBytes);
  kept.weight = std::isfinite(kept.weight) ? std::clamp(kept.weight, -1.0, 1.0) : 0;
  return kept;
}

// Most programs that do not pass for a browser keep no cookies: that tells little.
Evidence weighed(const Evidence& verdict) {
  Evidence kept = cut(verdict);
  if (kept.weight < kLookAt) kept.weight = std::min(kept.weight, detail::weights::kPoorAnswer);
  return kept;
}

std::vector<Evidence> cut(const std::vector<Evidence>& noticed) {
  std::vector<Evidence> kept;
  for (const Evidence& evidence : noticed) {
    if (kept.size() == Answers::kNoticed) break;
    kept.push_back(cut(evidence));
  }
  return kept;
}

}  // namespace

double AnsweringProgram::score() const {
  double sum = verdict ? verdict->weight : 0;
  for (const Evidence& evidence : noticed) sum += evidence.weight;
  return std::round(std::clamp(sum, 0.0, 1.0) * 100) / 100;
}

void Answers::add(const Answer& answer) {
  std::optional<Evidence> verdict;
  if (answer.verdict && answer.verdict->weight > 0) verdict = weighed(*answer.verdict);
  if (!verdict && answer.noticed.empty()) return;
  Answer known = answer;
  known.client = detail::cut_text(answer.client, kHostBytes);
  known.user_agent = detail::cut_text(answer.user_agent, kUserAgentBytes);
  const std::string host = detail::cut_text(answer.host, kHostBytes);
  Programs& programs = hosts_[host];
  auto place = std::lower_bound(programs.begin(), programs.end(), known, is_before);
  const bool is_there =
      place != programs.end() && place->client == known.client && place->user_agent == known.user_agent;
  if (!is_there) {
    if (programs_ >= kPrograms || programs.size() >= kProgramsOfHost) {
      ++lost_;
      if (programs.empty()) hosts_.erase(host);
      return;
    }
    place = programs.insert(
        place,
        {.client = known.client, .user_agent = known.user_agent, .first = answer.time, .last = answer.time});
    ++programs_;
  }
  place->first = std::min(place->first, answer.time);
  if (verdict && (!place->verdict || verdict->weight >= place->verdict->weight)) {
    place->verdict = std::move(verdict);
  }
  if (!answer.noticed.empty() && answer.time >= place->last) place->noticed = cut(answer.noticed);
  place->last = std::max(place->last, answer.time);
}

template <class IsMeant>
void Answers::forget_if(IsMeant is_meant) {
  for (auto host = hosts_.begin(); host != hosts_.end();) {
    programs_ -= std::erase_if(host->second, is_meant);
    host = host->second.empty() ? hosts_.erase(host) : std::next(host);
  }
}

void Answers::forget_before(Timestamp time) {
  forget_if([time](const AnsweringProgram& program) { return program.last < time; });
}

void Answers::forget_after(Timestamp time) {
  forget_if([time](const AnsweringProgram& program) { return program.first > time; });
}

}  // namespace mogura::finding
