// The shape of the service's conversations, against those with services that several clients visit.

#include <algorithm>

#include "finding/detail/rules.h"
#include "finding/detail/weights.h"
#include "finding/detail/words.h"

namespace mogura::finding::detail {
namespace {

// A conversation is called long from here on, if it is among the longest; without enough to compare with,
// from twice as many messages on.
constexpr std::uint64_t kManyExchanges = 25;
constexpr double kLongEnough_s = 20;
constexpr std::uint64_t kVeryLong = 3;  // times the longest of ordinary services

std::string conversation(const feature::Service::Totals& totals) {
  return "a session with at least " + std::to_string(totals.most_exchanges) +
         " messages each way (the longest session took " + span(totals.longest_s) + ")";
}

// True where the conversation is a long one.
bool judge_length(const ServiceFacts& facts, const OrdinaryConversations& ordinary, EvidenceList& evidence) {
  const auto& totals = facts.features.totals();
  if (totals.most_exchanges < kManyExchanges || totals.longest_s < kLongEnough_s) return false;
  const auto& others = ordinary.exchanges;
  if (others.size() < OrdinaryConversations::kEnough) {
    if (totals.most_exchanges < 2 * kManyExchanges) return false;
    evidence.push_back({"long-conversation",
                        conversation(totals) + "; there is too little other traffic to compare",
                        weights::kFewToCompare,
                        static_cast<double>(totals.most_exchanges),
                        {}});
    return true;
  }
  const auto place = std::lower_bound(others.begin(), others.end(), totals.most_exchanges);
  const auto above = static_cast<std::size_t>(others.end() - place);
  if (above * 50 > others.size()) return false;  // among the longest 2 %, or none
  evidence.push_back(
      {"long-conversation",
       conversation(totals) + "; of " + std::to_string(others.size()) + " services that at least " +
           std::to_string(OrdinaryConversations::kClients) + " clients visit, " +
           (above == 0 ? "none has one as long, the longest has " + std::to_string(others.back())
                       : std::to_string(above) + " have one as long"),
       totals.most_exchanges >= kVeryLong * others.back() ? weights::kVeryLongConversation
                                                          : weights::kLongConversation,
       static_cast<double>(totals.most_exchanges), static_cast<double>(others.back())});
  return true;
}

void judge_hello(const ServiceFacts& facts, EvidenceList& evidence) {
  if (facts.hellos == 0 || facts.without_alpn != facts.hellos) return;
  evidence.push_back({"bare-tls",
                      "none of " + counted(facts.hellos, "TLS hello") +
                          " said what it is for (ALPN), as those of browsers and most web programs do",
                      weights::kBareTls, static_cast<double>(facts.without_alpn), 0.0});
}

void judge_interaction(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto& totals = facts.features.totals();
  if (totals.interactive != 0) {
    evidence.push_back({"interactive",
                        std::to_string(totals.interactive) + " of " + counted(facts.sessions, "session") +
                            " look like typing: small messages that are answered one by one, with pauses",
                        weights::kInteractive, static_cast<double>(totals.interactive), 0.0});
  }
  if (totals.tls_in_tls * 2 >= facts.sessions && totals.tls_in_tls != 0) {
    evidence.push_back({"tls-in-tls",
                        std::to_string(totals.tls_in_tls) + " of " + counted(facts.sessions, "session") +
                            " began with messages of the sizes of a second TLS handshake inside the first",
                        weights::kTlsInTls, static_cast<double>(totals.tls_in_tls), 0.0});
  }
}

void judge_bodies(const ServiceFacts& facts, EvidenceList& evidence) {
  const auto& totals = facts.features.totals();
  if (facts.kind != session::Kind::kGetPost || totals.long_bodies == 0) return;
  evidence.push_back(
      {"long-body",
       std::to_string(totals.long_bodies) + " of " + counted(facts.sessions, "session") +
           " had a request or an answer whose body trickled on or never ended (longest session " +
           span(totals.longest_s) + ")",
       weights::kLongBody, static_cast<double>(totals.long_bodies), 0.0});
}

}  // namespace

void judge_shape(const ServiceFacts& facts, const Context& context, EvidenceList& evidence) {
  const std::size_t first = evidence.size();
  const bool is_long = judge_length(facts, context.ordinary, evidence);
  judge_interaction(facts, evidence);
  if (is_long || evidence.size() != first) judge_hello(facts, evidence);
  judge_bodies(facts, evidence);
  cut_to(evidence, first, weights::kShapeAtMost);
}

}  // namespace mogura::finding::detail
