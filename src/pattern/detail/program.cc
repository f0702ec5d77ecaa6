#include "pattern/detail/program.h"

#include "pattern/detail/evaluate.h"

namespace mogura::pattern::detail {

using On = Condition::On;

Program::Program(const std::vector<Pattern>& patterns) {
  entries_.reserve(patterns.size());
  for (const Pattern& pattern : patterns) {
    Entry& entry = entries_.emplace_back();
    entry.root = static_cast<std::uint32_t>(nodes_.size());
    add(pattern.condition, entry.wanted);
  }
}

void Program::add(const Condition& condition, WantedMessages& wanted) {
  const std::size_t node = nodes_.size();
  nodes_.push_back({&condition, 0});
  if (condition.on == On::kBytes) {
    nodes_[node].bytes = static_cast<std::uint32_t>(bytes_.size());
    bytes_.push_back(&condition.bytes);
    wanted.add(condition.bytes);
  }
  for (const Condition& part : condition.parts) add(part, wanted);
  nodes_[node].end = static_cast<std::uint32_t>(nodes_.size());
}

template <class BytesHold>
bool Program::evaluate(std::uint32_t index, const session::Session& session,
                       const BytesHold& bytes_hold) const {
  const Node& node = nodes_[index];
  const On on = node.condition->on;
  if (on == On::kBytes) return bytes_hold(node.bytes);
  if (on != On::kAll && on != On::kAny) return holds_plain(*node.condition, session);
  for (std::uint32_t part = index + 1; part < node.end; part = nodes_[part].end) {
    if (evaluate(part, session, bytes_hold) == (on == On::kAny)) return on == On::kAny;
  }
  return on == On::kAll;
}

bool Program::is_possible(std::uint32_t pattern, const session::Session& session) const {
  return evaluate(entries_[pattern].root, session, [](std::uint32_t) { return true; });
}

bool Program::matches(std::uint32_t pattern, const session::Session& session,
                      const ByteScan::Scratch& found) const {
  return evaluate(entries_[pattern].root, session,
                  [&](std::uint32_t condition) { return found.found(condition); });
}

}  // namespace mogura::pattern::detail
