#pragma once

// Bytes that stand at one place of the messages of a program's sessions (SigBox's content and packet levels).
// Any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::detail {

// How many of `sessions` must have a thing for it to be theirs: all, or nine in ten where there are ten.
std::size_t required_support(std::size_t sessions);

// A message of this size or more was filled to the brim by bulk data.
inline constexpr std::uint32_t kBulkBytes = 1200;

// At a place of one message (its first kTokenMessages each way), with wildcards for up to three bytes that
// vary; and at a place of at least `min_repeats` messages of every session. Support is counted in sessions.
// Of a single session, where nothing tells what is fixed from what is random, only what is readable or
// repeats. Two fixed bytes or more each; without versions, names of hosts and random values. Where the
// number of a message depends on how the network cut the ones before, it is left open.
inline constexpr std::uint32_t kTokenMessages = 6;
std::vector<BytesCondition> find_tokens(std::span<const session::Session* const> sessions,
                                        std::uint32_t min_repeats);

}  // namespace mogura::pattern::detail
