#pragma once

// The questions of the suite, from what costs nothing to what could be noticed: what each one costs and may
// disturb. What they do: detail/question.h; a page each: docs/guides/challenges/. Any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mogura::challenge {

// In the ladder's order.
enum class Question : std::uint8_t {
  kDecoys,        // cookies that are not meant to come back
  kRevalidation,  // a validator for a page that has none: does it keep a cache?
  kPreload,       // a page names something to be fetched with it: does it show pages?
  kReport,        // a page's policy that is broken at once, and reported
  kRedirect,      // to the same URL with the cookie
  kRefresh,       // a page of the proxy's own that leads on by itself
};
inline constexpr std::size_t kQuestions = 6;

// What it says of itself, in the words of its page.
struct QuestionCard {
  Question question = Question::kDecoys;
  std::string_view name{};      // in configurations, metrics and the page's file name
  std::string_view asks{};      // what it wants to know
  std::string_view asked_of{};  // whom
  std::string_view costs{};     // each time it is asked
  std::string_view disturbs{};  // whom it may, and how
};
const std::array<QuestionCard, kQuestions>& question_cards();
std::string_view name_of(Question question);  // "decoys", "revalidation", "preload", "report", "redirect", …

// Some of them.
class QuestionSet {
 public:
  constexpr QuestionSet() = default;
  constexpr QuestionSet(std::initializer_list<Question> questions) {
    for (const Question question : questions) add(question);
  }
  constexpr void add(Question question) { bits_ = static_cast<std::uint8_t>(bits_ | bit_of(question)); }
  [[nodiscard]] constexpr bool has(Question question) const { return (bits_ & bit_of(question)) != 0; }
  [[nodiscard]] constexpr bool is_empty() const { return bits_ == 0; }
  bool operator==(const QuestionSet&) const = default;

 private:
  static constexpr unsigned bit_of(Question question) { return 1U << static_cast<unsigned>(question); }
  std::uint8_t bits_ = 0;
};

}  // namespace mogura::challenge
