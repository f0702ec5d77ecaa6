#pragma once

// Matches sessions, finished or still going on, against a set of patterns. The bytes of all patterns go
// through one Hyperscan database; the rest is compared directly. Immutable: shared by threads, each with a
// Scratch of its own.

#include <cstddef>
#include <memory>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern {

// In one matcher.
inline constexpr std::size_t kPatterns = std::size_t{1} << 16;

class Matcher {
 public:
  class Scratch {
   public:
    ~Scratch();
    Scratch(Scratch&&) noexcept;

   private:
    friend class Matcher;
    Scratch();
    struct State;
    std::unique_ptr<State> state_;
  };

  // Candidates are left out unless `with_candidates`. Errors: kLimit (more than kPatterns, or no memory),
  // kUnsupported (this processor cannot run Hyperscan).
  static Result<Matcher> make(std::vector<Pattern> patterns, bool with_candidates = false);
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

  // To be used with this matcher only.
  [[nodiscard]] Scratch scratch() const;
  // Indices into patterns() of those that match, ascending. `matched` is cleared first.
  void match(const session::Session& session, Scratch& scratch, std::vector<std::size_t>& matched) const;
  // Which conditions were met, in words, for an alert. Slow: compares literally.
  [[nodiscard]] std::vector<std::string> explain(std::size_t pattern, const session::Session& session) const;
  [[nodiscard]] const std::vector<Pattern>& patterns() const;

 private:
  Matcher();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::pattern
