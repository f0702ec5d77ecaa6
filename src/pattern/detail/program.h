#pragma once

// The conditions of all patterns as one flat list, in the order of a walk through each tree:
//
//   all ── kind              0 all (end 5)
//       ├─ any ── bytes      1 kind (end 2)   2 any (end 5)   3 bytes (end 4)   4 length (end 5)
//       │      └─ length     5 the next pattern's first
//
// It points into the patterns, which must outlive it in place. Immutable; any thread.

#include <cstdint>
#include <vector>

#include "pattern/detail/byte_scan.h"
#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::detail {

class Program {
 public:
  explicit Program(const std::vector<Pattern>& patterns);

  // The bytes of all patterns, to be made into the ByteScan that answers for them.
  [[nodiscard]] const std::vector<const BytesCondition*>& bytes() const { return bytes_; }
  // Messages that the pattern's bytes could be in; empty: it asks for none.
  [[nodiscard]] const WantedMessages& wanted(std::uint32_t pattern) const { return entries_[pattern].wanted; }

  // Whether it matches if all bytes that it asks for are there. As conditions are never negated, a pattern
  // that is not possible does not match.
  [[nodiscard]] bool is_possible(std::uint32_t pattern, const session::Session& session) const;
  // Whether it matches, given what a scan found.
  [[nodiscard]] bool matches(std::uint32_t pattern, const session::Session& session,
                             const ByteScan::Scratch& found) const;

 private:
  struct Node {
    const Condition* condition;
    std::uint32_t end;        // the node behind this one and its parts
    std::uint32_t bytes = 0;  // kBytes: its number in bytes_
  };
  struct Entry {
    std::uint32_t root = 0;
    WantedMessages wanted;
  };

  void add(const Condition& condition, WantedMessages& wanted);
  template <class BytesHold>
  bool evaluate(std::uint32_t node, const session::Session& session, const BytesHold& bytes_hold) const;

  std::vector<Node> nodes_;
  std::vector<Entry> entries_;
  std::vector<const BytesCondition*> bytes_;
};

}  // namespace mogura::pattern::detail
