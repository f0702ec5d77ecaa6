#pragma once

// A folder of registered patterns, ready to be matched against finished sessions. One thread.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pattern/matcher.h"
#include "session/session.h"

namespace mogura::app {

class PatternSet {
 public:
  static Result<PatternSet> load(const std::string& folder);

  // Ids of the patterns that match, until the next call.
  std::span<const std::string_view> match(const session::Session& session);

 private:
  explicit PatternSet(pattern::Matcher matcher);

  std::unique_ptr<pattern::Matcher> matcher_;
  pattern::Matcher::Scratch scratch_;
  std::vector<std::size_t> matched_;
  std::vector<std::string_view> ids_;
};

}  // namespace mogura::app
