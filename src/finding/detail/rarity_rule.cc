// Rarity and contradictions: the statements of the population (population/rarity.h), weighed.

#include <algorithm>
#include <cmath>
#include <string_view>

#include "finding/detail/rules.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"
#include "protocol/registrable_domain.h"

namespace mogura::finding::detail {
namespace {

enum class Side { kRarity, kContradiction, kHarmless };

struct Weight {
  std::string_view code;
  Side side;
  double weight;
};

constexpr Weight kWeights[] = {
    {"exclusive-program", Side::kRarity, weights::kExclusiveProgram},
    {"few-clients", Side::kRarity, weights::kFewClients},
    {"few-user-agents", Side::kRarity, weights::kFewPrograms},
    {"few-cipher-lists", Side::kRarity, weights::kFewPrograms},
    {"rare-cipher-list", Side::kRarity, weights::kRareCipherList},
    {"rare-user-agent", Side::kRarity, weights::kRareUserAgent},
    {"many-clients", Side::kHarmless, weights::kManyClients},
    {"mixed-programs", Side::kHarmless, weights::kMixedPrograms},
    {"hello-not-of-claimed-browser", Side::kContradiction, weights::kForeignHello},
    {"hello-of-a-browser", Side::kContradiction, weights::kBorrowedHello},
    {"target-sni-mismatch", Side::kContradiction, weights::kTargetMismatch},
    {"certificate-mismatch", Side::kContradiction, weights::kOtherContradiction},
    {"user-agent-many-hellos", Side::kContradiction, weights::kOtherContradiction},
    {"hello-many-user-agents", Side::kContradiction, weights::kOtherContradiction},
    {"misspelt-user-agent", Side::kContradiction, weights::kOtherContradiction},
    {"no-sni", Side::kContradiction, weights::kOtherContradiction},
    {"no-alpn", Side::kContradiction, weights::kOtherContradiction},
    {"no-user-agent", Side::kContradiction, weights::kNoUserAgent},
};

double in_hundredths(double weight) {
  return std::round(weight * 100) / 100;
}

void weigh(const std::vector<population::Statement>& statements, Side side, EvidenceList& evidence) {
  for (const population::Statement& statement : statements) {
    const auto* const entry = std::find_if(
        std::begin(kWeights), std::end(kWeights),
        [&](const Weight& candidate) { return candidate.side == side && candidate.code == statement.code; });
    if (entry == std::end(kWeights)) continue;
    const double weight = in_hundredths(entry->weight * std::clamp(statement.strength, 0.0, 1.0));
    if (weight == 0) continue;
    evidence.push_back({statement.code, statement.text, weight, statement.observed, statement.expected});
  }
}

// Few clients, and nobody else goes there: it tells something only of what looks odd already.
void judge_privacy(const ServiceFacts& facts, const Context& context, EvidenceList& evidence) {
  constexpr std::uint64_t kFewClients = 2;
  if (facts.clients.count() > kFewClients) return;
  const auto known = context.population.destination(facts.destination);
  if (known.domain_clients > kFewClients) return;
  const auto goes_only_here = [&](const std::string& ja4) {
    const auto places = context.hello_places.find(ja4);
    return places != context.hello_places.end() && places->second == 1;
  };
  const std::vector<std::string>& hellos = facts.ja4s.texts();
  const bool is_own =
      hellos.empty() ? known.program_domains == 1 : std::all_of(hellos.begin(), hellos.end(), goes_only_here);
  evidence.push_back({is_own ? "private-line" : "private-place",
                      "nobody but " + counted(facts.clients.count(), "client") + " goes to " +
                          protocol::registrable_domain(facts.destination) +
                          (is_own ? ", with a program that goes nowhere else" : ""),
                      is_own ? weights::kPrivateLine : weights::kPrivatePlace,
                      static_cast<double>(facts.clients.count()),
                      {}});
}

// Where requests went: the web's ports, and names rather than addresses, are what people and their programs
// use.
void judge_place(const ServiceFacts& facts, EvidenceList& evidence) {
  if (facts.kind == session::Kind::kOther) return;
  const std::size_t colon = facts.destination.rfind(':');
  if (colon == std::string::npos) return;
  const std::string port = facts.destination.substr(colon + 1);
  if (port != "443" && port != "80" && port != "8443" && port != "8080" && port != "563") {
    evidence.push_back({"unusual-port",
                        "requests went to port " + port + ", which is none of the web's",
                        weights::kUnusualPort,
                        {},
                        {}});
  }
  std::string host = facts.destination.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (Address::parse(host)) {
    evidence.push_back({"address-not-name",
                        "requests went to the address " + host + ", not to a name",
                        weights::kAddressNotName,
                        {},
                        {}});
  }
}

bool is_odd(const EvidenceList& evidence) {
  return std::any_of(evidence.begin(), evidence.end(), [](const Evidence& item) {
    return item.code == "long-conversation" || item.code == "interactive" || item.code == "beacon" ||
           item.code == "heartbeat" || item.code == "tls-in-tls" || item.code == "hello-of-a-browser" ||
           item.code == "hello-not-of-claimed-browser";
  });
}

}  // namespace

void cut_to(EvidenceList& evidence, std::size_t first, double limit) {
  double sum = 0;
  for (std::size_t i = first; i < evidence.size(); ++i) sum += std::max(0.0, evidence[i].weight);
  if (sum <= limit + 1e-9) return;
  for (std::size_t i = first; i < evidence.size(); ++i) {
    if (evidence[i].weight <= 0) continue;
    // Rounded down, so that the sum stays below the limit.
    evidence[i].weight = std::floor(evidence[i].weight * limit / sum * 100 + 1e-9) / 100;
  }
  evidence.erase(std::remove_if(evidence.begin() + static_cast<std::ptrdiff_t>(first), evidence.end(),
                                [](const Evidence& item) { return item.weight == 0; }),
                 evidence.end());
}

bool is_contradiction_of_sessions(std::string_view code) {
  return std::any_of(std::begin(kWeights), std::end(kWeights), [code](const Weight& weight) {
    return weight.side == Side::kContradiction && weight.code == code;
  });
}

void judge_rarity(const ServiceFacts& facts, std::string_view program, const Context& context,
                  EvidenceList& evidence) {
  const auto statements = program.empty() ? context.population.about_destination(facts.destination)
                                          : context.population.about_user_agent(program);
  const std::size_t contradictions = evidence.size();
  weigh(statements, Side::kContradiction, evidence);
  cut_to(evidence, contradictions, weights::kContradictionsAtMost);
  const std::size_t rarity = evidence.size();
  weigh(statements, Side::kRarity, evidence);
  if (program.empty()) {
    judge_place(facts, evidence);
    if (is_odd(evidence)) judge_privacy(facts, context, evidence);
  }
  cut_to(evidence, rarity, weights::kRarityAtMost);
  // What went through CONNECT without TLS is not made harmless by the ordinary visitors of the same site.
  if (facts.kind != session::Kind::kConnect) weigh(statements, Side::kHarmless, evidence);
}

}  // namespace mogura::finding::detail
