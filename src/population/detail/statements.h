#pragma once

// From facts to statements (docs/guides/rarity.md). Private to the room.

#include <cstdint>
#include <vector>

#include "population/detail/facts.h"
#include "population/rarity.h"

namespace mogura::population::detail {

// What statements are made from; all of the same population at the same moment.
struct View {
  const Groups& groups;
  const Uses& all_uses;  // for names that did not fit
  const Facts& facts;

  [[nodiscard]] bool is_large_enough() const { return facts.clients >= kLeastClients; }
  // Of a use: its User-Agent claims a browser, its client browses with that, and the hello does not speak
  // against it.
  [[nodiscard]] bool is_browser(std::uint32_t use) const;
};

// What other clients of the engine that a User-Agent claims offer.
struct Against {
  std::uint32_t others = 0;  // clients of that engine that offer another cipher list
  std::uint32_t same = 0;    // that offer this one
  std::uint32_t all = 0;     // that offer any
  // Enough others, and hardly anybody with this list.
  [[nodiscard]] bool is_foreign() const;
};
Against against_hello(const Facts& facts, std::uint32_t pair);
// The pair of a User-Agent with a list that goes to one site only, where the same User-Agent with another
// list goes to several; kNone: it is not such a pair. Gives the other one.
std::uint32_t main_beside(const Facts& facts, std::uint32_t pair);

void add_rarity(const View& view, std::uint32_t destination, std::vector<Statement>& statements);
void add_contradictions(const View& view, std::uint32_t destination, std::vector<Statement>& statements);
void add_misspelt(const View& view, std::uint32_t user_agent, std::vector<Statement>& statements);
// Of a User-Agent or a cipher list, wherever it goes.
void add_about_program(const View& view, By by, std::uint32_t program, std::vector<Statement>& statements);

// Drops those that say next to nothing, and puts the strongest first; equal ones by code and text.
void settle(std::vector<Statement>& statements);

}  // namespace mogura::population::detail
