// Which application it is, and what that says. The clues are gathered here; room identity knows the names.

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "finding/detail/rules.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"
#include "identity/clues.h"

namespace mogura::finding::detail {
namespace {

constexpr double kSureEnough = 0.4;
bool is_readable(const std::string& bytes) {
  return bytes.size() >= 4 &&
         std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string_view shape_clue(std::string_view code) {
  if (code == "interactive") return "interactive";
  if (code == "long-conversation") return "long-two-way";
  if (code == "tls-in-tls") return "tls-in-tls";
  if (code == "long-body") return "long-body";
  if (code == "beacon" || code == "heartbeat") return "beacon";
  return {};
}

bool has(const EvidenceList& evidence, std::string_view code) {
  return std::any_of(evidence.begin(), evidence.end(),
                     [code](const Evidence& item) { return item.code == code; });
}

// A program that says what it is, whatever that may be: monitors and agents come by the clock too.
bool declares_itself(const ServiceFacts& facts) {
  const std::vector<std::string>& agents = facts.user_agents.texts();
  return !agents.empty() && facts.without_user_agent == 0 &&
         std::none_of(agents.begin(), agents.end(), [](const std::string& agent) {
           const bool has_name = agent.size() >= 3 && agent.find('/') != std::string::npos;
           return !has_name || fits_glob_ignoring_case(agent, "mozilla/*") ||
                  fits_glob_ignoring_case(agent, "opera/*");
         });
}

// Finding what repeats costs more than all the rest: only where there is some reason already.
bool is_suspect(const EvidenceList& evidence) {
  constexpr double kSome = 0.1;
  double sum = 0;
  for (const Evidence& item : evidence) sum += std::max(0.0, item.weight);
  return sum >= kSome;
}

void add_features(const ServiceFacts& facts, identity::Clues& clues) {
  for (const feature::RepeatedBytes& string : facts.features.strings()) {
    if (is_readable(string.bytes)) identity::add_clue(clues, "string", string.bytes);
  }
  for (const feature::RepeatedLength& length : facts.features.lengths()) {
    const bool is_up = length.direction == session::Direction::kUp;
    identity::add_clue(clues, "length", (is_up ? "up " : "down ") + std::to_string(length.length));
  }
}

// nDPI is asked where mogura itself does not know what runs inside.
void add_second_opinion(const ServiceFacts& facts, identity::SecondOpinion* second_opinion,
                        identity::Clues& clues) {
  if (second_opinion == nullptr || facts.protocols[static_cast<std::size_t>(protocol::Inner::kUnknown)] == 0)
    return;
  for (const identity::FirstBytes& bytes : clues.first_bytes) {
    identity::add_clue(clues, "ndpi", second_opinion->ask(bytes));
  }
}

}  // namespace

identity::Clues clues_of(const ServiceFacts& facts, const EvidenceList& evidence,
                         identity::SecondOpinion* second_opinion) {
  identity::Clues clues;
  for (const auto& session : facts.kept) identity::add_session(clues, *session);
  for (const std::string& agent : facts.user_agents.texts()) identity::add_clue(clues, "user-agent", agent);
  if (is_suspect(evidence)) add_features(facts, clues);
  for (const Evidence& item : evidence) identity::add_clue(clues, "shape", shape_clue(item.code));
  if (is_suspect(evidence)) add_second_opinion(facts, second_opinion, clues);
  return clues;
}

void judge_application(const ServiceFacts& facts, const identity::Application& application,
                       EvidenceList& evidence) {
  if (has(evidence, "beacon") && declares_itself(facts) && !has(evidence, "misspelt-user-agent")) {
    evidence.push_back(
        {"declared-program",
         "it does not pass for a browser: it calls itself " + facts.user_agents.texts().front(),
         weights::kDeclaredProgram,
         {},
         {}});
  }
  if (application.name.empty() || application.confidence < kSureEnough) return;
  const bool is_suspicious = identity::is_suspicious(application.cls);
  // An ordinary program that tunnels through CONNECT is explained by its name, not excused.
  const bool is_excuse = identity::is_ordinary(application.cls) && facts.kind != session::Kind::kConnect;
  if (!is_suspicious && !is_excuse) return;
  // A library's name does not explain a long conversation: anything may be written with it.
  const bool is_long = has(evidence, "long-conversation") || has(evidence, "interactive");
  if (is_long && application.cls == identity::Class::kDeveloperTool) return;
  // Nor does a name that the hello speaks against.
  const bool is_doubted =
      has(evidence, "hello-of-a-browser") || has(evidence, "hello-not-of-claimed-browser");
  if (is_doubted && !is_suspicious) return;
  const double full = is_suspicious ? weights::kSuspiciousApplication : weights::kOrdinaryApplication;
  std::string text = "looks like " + application.name + " (" + std::string(name_of(application.cls)) + ")";
  if (!application.clues.empty()) {
    text += ", by its " + application.clues.front().source + " " + application.clues.front().value;
  }
  evidence.push_back({is_suspicious ? "known-application" : "ordinary-application",
                      std::move(text),
                      std::round(full * application.confidence * 100) / 100,
                      application.confidence,
                      {}});
}

}  // namespace mogura::finding::detail
