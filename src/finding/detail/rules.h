#pragma once

// The rules that turn what is known of a service into evidence. Each looks at one side only; the weights are
// in detail/weights.h. Private to the room.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "finding/detail/service_facts.h"
#include "finding/finding.h"
#include "identity/catalogue.h"
#include "identity/second_opinion.h"
#include "population/population.h"

namespace mogura::finding::detail {

// The longest conversations of ordinary services: those that several clients visit; where there are enough,
// only those that kept a connection for as long as a conversation takes.
struct OrdinaryConversations {
  static constexpr std::size_t kEnough = 20;    // with fewer, nothing is compared
  static constexpr std::uint64_t kClients = 3;  // that make a service ordinary
  static constexpr double kLasting_s = 20;
  std::vector<std::uint64_t> exchanges;  // by service, of its longest conversation; ascending
};

// How many registrable domains each TLS hello (JA4) goes to; of more than one, two.
using HelloPlaces = std::unordered_map<std::string, int>;

struct Context {
  const population::Population& population;
  const OrdinaryConversations& ordinary;
  const HelloPlaces& hello_places;
  const identity::Catalogue& catalogue;
  identity::SecondOpinion* second_opinion;  // may be nullptr
};

using EvidenceList = std::vector<Evidence>;

// Sessions went through CONNECT and were seen to carry something other than TLS.
bool has_tunnels(const ServiceFacts& facts);
void judge_connect_not_tls(const ServiceFacts& facts, EvidenceList& evidence);
void judge_hidden_protocol(const ServiceFacts& facts, EvidenceList& evidence);
// `program`: its statements are taken where the service is one of several places of that User-Agent; else
// empty.
void judge_rarity(const ServiceFacts& facts, std::string_view program, const Context& context,
                  EvidenceList& evidence);
// One of judge_rarity()'s codes that share the limit of contradictions.
bool is_contradiction_of_sessions(std::string_view code);
void judge_shape(const ServiceFacts& facts, const Context& context, EvidenceList& evidence);
void judge_rhythm(const ServiceFacts& facts, EvidenceList& evidence);
void judge_application(const ServiceFacts& facts, const identity::Application& application,
                       EvidenceList& evidence);

// What the evidence so far says of the shape, for the catalogue: clues of the source "shape".
// `second_opinion` may be nullptr.
identity::Clues clues_of(const ServiceFacts& facts, const EvidenceList& evidence,
                         identity::SecondOpinion* second_opinion);

// Scales the positive weights from `first` on down so that they add up to `limit` at most; what is left
// with no weight is left out.
void cut_to(EvidenceList& evidence, std::size_t first, double limit);

}  // namespace mogura::finding::detail
