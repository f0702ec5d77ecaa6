#include "app/pattern_set.h"

#include "app/pattern_folder.h"

namespace mogura::app {

Result<PatternSet> PatternSet::load(const std::string& folder) {
  Result<std::vector<pattern::Pattern>> patterns = read_pattern_folder(folder);
  if (!patterns) return tl::unexpected(patterns.error());
  Result<pattern::Matcher> matcher = pattern::Matcher::make(std::move(*patterns));
  if (!matcher) return tl::unexpected(matcher.error());
  return PatternSet(std::move(*matcher));
}

PatternSet::PatternSet(pattern::Matcher matcher)
    : matcher_(std::make_unique<pattern::Matcher>(std::move(matcher))), scratch_(matcher_->scratch()) {}

std::span<const std::string_view> PatternSet::match(const session::Session& session) {
  matcher_->match(session, scratch_, matched_);
  ids_.clear();
  for (const std::size_t index : matched_) ids_.push_back(matcher_->patterns()[index].id);
  return ids_;
}

}  // namespace mogura::app
