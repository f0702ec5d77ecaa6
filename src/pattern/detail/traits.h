#pragma once

// What the sessions of one program have in common, as conditions, each with how much it tells. Any thread.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::detail {

struct Trait {
  Condition condition;
  // How unlikely it is that another program has it, in bits: a judgement, not a measurement. What many
  // programs share (a library's cipher list) has few, a word of the program's own many.
  double bits = 0;
  // What it rests on.
  enum class Of : std::uint8_t {
    kProgram,  // what the program says of itself, and how it speaks
    kContent,  // words of what it carries, or its own: to tell them apart takes a person
    kUse,      // how it was used: lengths, rhythm, bytes further on
  } of = Of::kProgram;
};

// What makes two sessions of one service comparable.
struct Family {
  bool operator==(const Family&) const = default;
  session::Kind kind = session::Kind::kOther;
  protocol::Inner inner = protocol::Inner::kNone;
  std::string_view method;  // kGetPost: the first; into the session
};
Family family_of(const session::Session& session);

// The conditions that hold for every session of the family, and what they tell.
std::vector<Trait> family_traits(const Family& family);
// The others, in no order: each holds for as many of the sessions as required_support() asks for. `sessions`,
// at least one, are of one family.
std::vector<Trait> find_traits(std::span<const session::Session* const> sessions, std::uint32_t min_repeats);
// Destination and server name: of the place, not of the program.
std::vector<Trait> find_place_traits(std::span<const session::Session* const> sessions);

}  // namespace mogura::pattern::detail
