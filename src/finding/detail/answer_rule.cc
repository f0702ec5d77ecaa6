#include "finding/detail/answer_rule.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "finding/detail/judge.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"

namespace mogura::finding::detail {
namespace {

double sum_of(const EvidenceList& evidence, bool (*is_meant)(std::string_view)) {
  double sum = 0;
  for (const Evidence& item : evidence) {
    if (is_meant(item.code)) sum += std::max(0.0, item.weight);
  }
  return sum;
}

auto find(EvidenceList& evidence, std::string_view code) {
  return std::find_if(evidence.begin(), evidence.end(),
                      [code](const Evidence& item) { return item.code == code; });
}

bool is_contradiction(std::string_view code) {
  return code.starts_with("header-") || code.starts_with("hello-") || is_contradiction_of_sessions(code);
}

bool is_of_cookies(std::string_view code) {
  return code.starts_with("cookie-");
}

std::string others(const Answers::Programs& programs) {
  std::set<std::string_view> clients;
  std::size_t accused = 0;
  for (const AnsweringProgram& program : programs) {
    if (!program.accuses()) continue;
    ++accused;
    clients.insert(program.client);
  }
  if (accused < 2) return {};
  return " (the heaviest of " + counted(accused, "program") + " of " + counted(clients.size(), "client") +
         ")";
}

// The same visits, seen as sessions and as requests. Whether what was noticed is to be added.
bool takes_rhythm(EvidenceList& evidence, const Evidence& noticed) {
  for (const std::string_view code : {"beacon", "heartbeat"}) {
    const auto known = find(evidence, code);
    if (known == evidence.end()) continue;
    if (known->weight >= noticed.weight) return false;
    evidence.erase(known);
  }
  return true;
}

bool is_added(EvidenceList& evidence, const Evidence& noticed) {
  if (noticed.code == "regular-requests") return takes_rhythm(evidence, noticed);
  // It excuses that rhythm, once.
  if (noticed.code == "declared-program") {
    return find(evidence, noticed.code) == evidence.end() &&
           find(evidence, "regular-requests") != evidence.end();
  }
  return true;
}

// With what is there of that sort, at most `limit`.
void add_cut(const EvidenceList& noticed, bool (*is_meant)(std::string_view), double limit,
             EvidenceList& evidence) {
  const double there = sum_of(evidence, is_meant);
  const std::size_t first = evidence.size();
  std::copy_if(noticed.begin(), noticed.end(), std::back_inserter(evidence),
               [is_meant](const Evidence& item) { return is_meant(item.code); });
  cut_to(evidence, first, std::max(0.0, limit - there));
}

bool is_only_program(const AnsweringProgram& program, const Finding& finding) {
  if (finding.user_agents_count == 0) return program.user_agent.empty();
  return finding.user_agents_count == 1 && finding.user_agents.front() == program.user_agent;
}

// Judged into `own`; nullptr: there is none.
const ServiceFacts* nearest_of(const std::vector<const ServiceFacts*>& services, const Context& context,
                               Finding& own) {
  const ServiceFacts* nearest = nullptr;
  for (const ServiceFacts* const facts : services) {
    Finding judged = is_worth_judging(*facts) ? judge(*facts, context, {}) : Finding();
    judged.destination = facts->destination;
    judged.kind = session::name_of(facts->kind);
    if (nearest != nullptr && !is_before(judged, own)) continue;
    own = std::move(judged);
    nearest = facts;
  }
  return nearest;
}

void name_accused(const Answers::Programs& programs, Finding& finding) {
  std::set<std::string> clients, user_agents;
  for (const AnsweringProgram& program : programs) {
    if (!program.accuses()) continue;
    finding.first = clients.empty() ? program.first : std::min(finding.first, program.first);
    finding.last = clients.empty() ? program.last : std::max(finding.last, program.last);
    clients.insert(program.client);
    if (!program.user_agent.empty()) user_agents.insert(program.user_agent);
  }
  finding.clients_count = clients.size();
  finding.clients.assign(clients.begin(), clients.end());
  finding.user_agents_count = user_agents.size();
  finding.user_agents.assign(user_agents.begin(), user_agents.end());
  if (finding.user_agents.size() > kListedUserAgents) finding.user_agents.resize(kListedUserAgents);
}

}  // namespace

const AnsweringProgram& heaviest(const Answers::Programs& programs) {
  // Of equal ones the first, so that it is always the same.
  return *std::max_element(
      programs.begin(), programs.end(),
      [](const AnsweringProgram& a, const AnsweringProgram& b) { return a.score() < b.score(); });
}

void judge_answers(const Answers::Programs& programs, EvidenceList& evidence) {
  const AnsweringProgram& program = heaviest(programs);
  if (program.verdict) {
    Evidence verdict = *program.verdict;
    // It is not what its name says.
    if (verdict.weight >= kLookAt) {
      std::erase_if(evidence, [](const Evidence& item) { return item.code == "ordinary-application"; });
    }
    verdict.text = program.client + others(programs) + ": " + verdict.text;
    evidence.push_back(std::move(verdict));
  }
  EvidenceList noticed = program.noticed;
  for (Evidence& item : noticed) item.text = program.client + ": " + item.text;
  add_cut(noticed, is_contradiction, weights::kContradictionsAtMost, evidence);
  add_cut(noticed, is_of_cookies, weights::kCookiesAtMost, evidence);
  for (const Evidence& item : noticed) {
    if (is_contradiction(item.code) || is_of_cookies(item.code)) continue;
    if (is_added(evidence, item)) evidence.push_back(item);
  }
}

void add_answers(const Answers::Programs& programs, Finding& finding) {
  const AnsweringProgram& program = heaviest(programs);
  if (!program.accuses() && !is_only_program(program, finding)) return;
  judge_answers(programs, finding.evidence);
  settle(finding);
  if (finding.question.ask.empty()) add_question({}, finding);
}

Finding finding_of(const std::string& host, const Answers::Programs& programs,
                   const std::vector<const ServiceFacts*>& services, const Context& context) {
  Finding finding;
  const ServiceFacts* const facts = nearest_of(services, context, finding);
  if (facts != nullptr) {
    describe(*facts, finding);
    if (finding.score <= 0) finding.evidence.clear();
    finding.cipher_lists.clear();
    finding.ja4s.clear();
  } else {
    finding.destination = host;
    finding.kind = session::name_of(session::Kind::kGetPost);
    finding.finding_id = finding_id_of(finding.kind, finding.destination);
  }
  finding.is_of_answers = true;
  judge_answers(programs, finding.evidence);
  settle(finding);
  name_accused(programs, finding);
  add_question({}, finding);
  return finding;
}

}  // namespace mogura::finding::detail
