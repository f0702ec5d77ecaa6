#include "finding/detail/judge.h"

#include <tuple>

#include "finding/detail/weights.h"
#include "finding/detail/words.h"
#include "identity/question.h"

namespace mogura::finding::detail {
namespace {

// Ordinary sites of a large population: nothing but what goes through CONNECT without TLS could make them
// suspect.
constexpr std::uint64_t kManyClients = 64;

void judge_patterns(const ServiceFacts& facts, EvidenceList& evidence) {
  if (facts.matched_sessions == 0) return;
  std::string names;
  for (const std::string& id : facts.patterns.texts()) names += (names.empty() ? "" : ", ") + id;
  evidence.push_back({"registered-pattern",
                      std::to_string(facts.matched_sessions) + " of " + counted(facts.sessions, "session") +
                          " match a registered pattern: " + names,
                      weights::kRegisteredPattern, static_cast<double>(facts.matched_sessions), 0.0});
}

}  // namespace

bool is_before(const Finding& a, const Finding& b) {
  return std::tie(b.score, a.destination, a.kind) < std::tie(a.score, b.destination, b.kind);
}

bool is_listed(const ServiceFacts& facts, const Finding& finding) {
  return finding.score >= kLeastScore || has_tunnels(facts) || facts.matched_sessions != 0;
}

bool is_worth_judging(const ServiceFacts& facts) {
  if (facts.matched_sessions != 0 || has_tunnels(facts)) return true;
  return facts.kind == session::Kind::kWebSocket || facts.clients.count() <= kManyClients;
}

void describe(const ServiceFacts& facts, Finding& finding) {
  const std::string_view kind = session::name_of(facts.kind);
  finding.finding_id = finding_id_of(kind, facts.destination);
  finding.destination = facts.destination;
  finding.kind = kind;
  finding.clients = facts.clients.texts();
  finding.clients_count = facts.clients.count();
  finding.user_agents = facts.user_agents.texts();
  finding.user_agents_count = facts.user_agents.count();
  finding.cipher_lists = facts.cipher_lists.texts();
  finding.ja4s = facts.ja4s.texts();
  finding.sessions = facts.sessions;
  finding.first = facts.first;
  finding.last = facts.last;
  finding.lengths = facts.features.lengths();
  finding.patterns = facts.patterns.texts();
  finding.strings = facts.features.strings();
}

void add_question(const identity::Clues& clues, Finding& finding) {
  if (finding.score < kLookAt) return;
  finding.question = identity::questions_for(clues, finding.application, finding.destination, finding.clients,
                                             finding.first, finding.last);
}

Finding judge(const ServiceFacts& facts, const Context& context, std::string_view program) {
  Finding finding;
  EvidenceList& evidence = finding.evidence;
  judge_connect_not_tls(facts, evidence);
  judge_hidden_protocol(facts, evidence);
  judge_patterns(facts, evidence);
  judge_shape(facts, context, evidence);
  judge_rhythm(facts, evidence);
  judge_rarity(facts, program, context, evidence);
  const identity::Clues clues = clues_of(facts, evidence, context.second_opinion);
  finding.application = context.catalogue.identify(clues);
  judge_application(facts, finding.application, evidence);
  settle(finding);
  if (!is_listed(facts, finding)) return finding;
  describe(facts, finding);
  add_question(clues, finding);
  return finding;
}

}  // namespace mogura::finding::detail
