#include "pattern/matcher.h"

#include <algorithm>

#include "pattern/detail/byte_scan.h"
#include "pattern/detail/evaluate.h"
#include "pattern/detail/pattern_index.h"
#include "pattern/detail/program.h"
#include "pattern/detail/words.h"

namespace mogura::pattern {

using On = Condition::On;

struct Matcher::State {
  explicit State(std::vector<Pattern> all) : patterns(std::move(all)), program(patterns), index(patterns) {}

  std::vector<Pattern> patterns;  // the program points into it
  detail::Program program;
  detail::PatternIndex index;
  detail::ByteScan scan;
};

struct Matcher::Scratch::State {
  detail::ByteScan::Scratch scan;
  std::vector<std::uint32_t> candidates;
};

Matcher::Scratch::Scratch() : state_(std::make_unique<State>()) {}
Matcher::Scratch::~Scratch() = default;
Matcher::Scratch::Scratch(Scratch&&) noexcept = default;

Matcher::Matcher() = default;
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

Result<Matcher> Matcher::make(std::vector<Pattern> patterns, bool with_candidates) {
  if (!with_candidates) std::erase_if(patterns, [](const Pattern& pattern) { return pattern.is_candidate; });
  if (patterns.size() > kPatterns) return fail(ErrorCode::kLimit, "patterns", "there are too many");
  Matcher matcher;
  matcher.state_ = std::make_unique<State>(std::move(patterns));
  Result<detail::ByteScan> scan = detail::ByteScan::make(matcher.state_->program.bytes());
  if (!scan) return tl::unexpected(scan.error());
  matcher.state_->scan = std::move(*scan);
  return matcher;
}

Matcher::Scratch Matcher::scratch() const {
  Scratch scratch;
  scratch.state_->scan = state_->scan.scratch();
  return scratch;
}

void Matcher::match(const session::Session& session, Scratch& scratch,
                    std::vector<std::size_t>& matched) const {
  matched.clear();
  const detail::Program& program = state_->program;
  std::vector<std::uint32_t>& candidates = scratch.state_->candidates;
  state_->index.find(session, candidates);
  detail::WantedMessages wanted;
  std::erase_if(candidates, [&](std::uint32_t pattern) {
    if (!program.is_possible(pattern, session)) return true;
    wanted.add(program.wanted(pattern));
    return false;
  });
  if (candidates.empty()) return;
  state_->scan.scan(session, wanted, scratch.state_->scan);
  for (const std::uint32_t pattern : candidates) {
    if (program.matches(pattern, session, scratch.state_->scan)) matched.push_back(pattern);
  }
  std::sort(matched.begin(), matched.end());
}

namespace {

// Of conditions that hold; of `any` only the parts that do.
void append_words(const Condition& condition, const session::Session& session,
                  std::vector<std::string>& words) {
  if (!detail::holds(condition, session)) return;
  if (condition.on != On::kAll && condition.on != On::kAny) {
    return words.push_back(detail::words_for(condition));
  }
  for (const Condition& part : condition.parts) append_words(part, session, words);
}

}  // namespace

std::vector<std::string> Matcher::explain(std::size_t pattern, const session::Session& session) const {
  std::vector<std::string> words;
  append_words(state_->patterns[pattern].condition, session, words);
  return words;
}

const std::vector<Pattern>& Matcher::patterns() const {
  return state_->patterns;
}

}  // namespace mogura::pattern
