// Input: a stream of small numbers from which sessions and patterns are made, of few different bytes so that
// much of it matches. The matcher must answer what a literal comparison answers.
#include <string>
#include <vector>

#include "base/check.h"
#include "pattern/detail/evaluate.h"
#include "pattern/matcher.h"
#include "pattern/testing/sessions.h"

namespace {

using namespace mogura::pattern;
using mogura::session::Direction;
using mogura::session::Session;

class Numbers {
 public:
  Numbers(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  [[nodiscard]] bool empty() const { return at_ >= size_; }
  // Zero once the input is used up.
  unsigned below(unsigned limit) { return at_ < size_ ? data_[at_++] % limit : 0; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

std::string letters(Numbers& numbers, unsigned size) {
  constexpr std::string_view kLetters("ab\0\n.\\", 6);
  std::string text;
  while (text.size() < size) text += kLetters[numbers.below(6)];
  return text;
}

Direction direction(Numbers& numbers) {
  return numbers.below(2) == 0 ? Direction::kUp : Direction::kDown;
}

Session make_session(Numbers& numbers) {
  Session session;
  session.kind = static_cast<mogura::session::Kind>(numbers.below(mogura::session::kKinds));
  session.inner = numbers.below(2) == 0 ? mogura::protocol::Inner::kSsh : mogura::protocol::Inner::kUnknown;
  session.ja4 = letters(numbers, numbers.below(2));
  session.destination = letters(numbers, 1);
  session.status = {200};
  for (unsigned count = numbers.below(12); count > 0; --count) {
    testing::add_message(session, direction(numbers), letters(numbers, numbers.below(9)));
  }
  return session;
}

Condition make_bytes(Numbers& numbers) {
  const std::string text = letters(numbers, 1 + numbers.below(4));
  std::string mask(text.size(), '\xff');
  if (text.size() > 1 && numbers.below(2) == 0)
    mask[numbers.below(static_cast<unsigned>(mask.size()))] = '\0';
  std::optional<std::uint32_t> message, offset;
  if (numbers.below(2) == 0) message = numbers.below(6);
  if (numbers.below(2) == 0) offset = numbers.below(6);
  return testing::bytes_at(direction(numbers), message, offset, text, mask);
}

Condition make_condition(Numbers& numbers, unsigned depth) {
  using On = Condition::On;
  switch (numbers.below(depth == 0 ? 6 : 8)) {
    case 0:
      return testing::condition(On::kKind,
                                std::string(name_of(static_cast<mogura::session::Kind>(numbers.below(5)))));
    case 1:
      return testing::condition(On::kJa4, letters(numbers, 1));
    case 2:
      return testing::condition(On::kDestination, numbers.below(2) == 0 ? letters(numbers, 1) : "*");
    case 3:
      return testing::length_of(direction(numbers), numbers.below(9), 1 + numbers.below(3));
    case 6:
    case 7: {
      const On on = numbers.below(2) == 0 ? On::kAll : On::kAny;
      std::vector<Condition> parts;
      for (unsigned count = 1 + numbers.below(3); count > 0; --count)
        parts.push_back(make_condition(numbers, depth - 1));
      return testing::list_of(on, std::move(parts));
    }
    default:
      return make_bytes(numbers);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Numbers numbers(data, size);
  std::vector<Pattern> patterns;
  for (unsigned count = 1 + numbers.below(8); count > 0; --count) {
    patterns.push_back(testing::pattern_of("p", {make_condition(numbers, 2)}));
  }
  const mogura::Result<Matcher> matcher = Matcher::make(patterns);
  MOGURA_CHECK(matcher.has_value());
  Matcher::Scratch scratch = matcher->scratch();
  std::vector<std::size_t> matched;
  do {
    const Session session = make_session(numbers);
    std::vector<std::size_t> expected;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (testing::holds_literally(patterns[i].condition, session, detail::holds_plain))
        expected.push_back(i);
    }
    matcher->match(session, scratch, matched);
    MOGURA_CHECK(matched == expected);
  } while (!numbers.empty());
  return 0;
}
