#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"5-answered", "05 01 00", "05 00", Inner::kSocks, "greeting and method"},
    {"5-request", "05 01 00 05 01 00 01 0a000001 0050", "05 00 05 00 00 01 00000000 0000", Inner::kSocks,
     "connects"},
    {"5-password", "05 02 00 02", "05 02", Inner::kSocks, "one of the offered methods"},
    {"5-refused", "05 01 02", "05 ff", Inner::kSocks, "no acceptable method"},
    {"5-alone", "05 01 00", "", Inner::kSocks, "all there is, and nothing else"},
    {"5-impatient", "05 01 00 05 01 00 03 07 'x.test1' 01bb", "", Inner::kSocks, "a request without waiting"},
    {"5-impatient-6", "05 01 00 05 01 00 04 20010db8000000000000000000000001 01bb", "", Inner::kSocks,
     "to IPv6"},
    {"5-more", "05 01 00 aabbcc", "", Inner::kUnknown, "something else follows and nothing answers"},
    {"5-other-method", "05 01 00", "05 02", Inner::kUnknown, "was not offered"},
    {"5-other-answer", "05 01 00", "'HTTP/1.1 400'", Inner::kUnknown, "not an answer"},
    {"5-half-answer", "05 01 00", "05", Inner::kUnknown, "ends too early"},
    {"5-none", "05 00", "05 00", Inner::kUnknown, "offers nothing"},
    {"5-method", "05 01 20", "05 20", Inner::kUnknown, "not assigned"},
    {"5-twice", "05 02 00 00", "05 00", Inner::kUnknown, "offers one method twice"},
    {"5-short", "05 03 00 01", "", Inner::kUnknown, "the greeting is not whole"},
    {"4", "04 01 0050 0a000001 'bob\\0'", "00 5a 0000 00000000", Inner::kSocks, "granted"},
    {"4-refused", "04 01 0050 0a000001 00", "00 5b 0000 00000000", Inner::kSocks, "rejected"},
    {"4a", "04 01 01bb 00000001 00 'x.test\\0'", "00 5a 0000 00000000", Inner::kSocks, "with a host name"},
    {"4-alone", "04 01 0050 0a000001 00", "", Inner::kSocks, "all there is, and nothing else"},
    {"4-more", "04 01 0050 0a000001 00 16 03", "", Inner::kUnknown, "something follows and nothing answers"},
    {"4a-no-name", "04 01 01bb 00000001 00 00", "00 5a 0000 00000000", Inner::kUnknown,
     "the name is missing"},
    {"4-port", "04 01 0000 0a000001 00", "00 5a 0000 00000000", Inner::kUnknown, "no port"},
    {"4-user", "04 01 0050 0a000001 01 00", "00 5a 0000 00000000", Inner::kUnknown, "a user name is text"},
    {"4-code", "04 01 0050 0a000001 00", "00 5e 0000 00000000", Inner::kUnknown, "no such reply"},
};

TEST(InnerSocks, NeedsAnAnswerOrMoreThanAGreeting) {
  check(kCases);
}

TEST(InnerSocks, GreetingAloneIsNotFinalBeforeTheEnd) {
  const std::string greeting = bytes_of("05 01 00");
  EXPECT_FALSE(recognise_texts(greeting, "", false, false).is_final);
  EXPECT_FALSE(recognise_texts(greeting, "", true, false).is_final);
  EXPECT_FALSE(recognise_texts(greeting, "", false, true).is_final);
  EXPECT_TRUE(recognise_texts(greeting, "", true, true).is_final);
}

TEST(InnerSocks, MethodsEndAtTheirLimit) {
  const auto protocol = [](char count) {
    std::string greeting{5, count};
    for (char i = 0; i < count; ++i) greeting.push_back(static_cast<char>(0x80 + i));
    return recognise_texts(greeting, "\x05\x80", true, true).protocol;
  };
  EXPECT_EQ(protocol(15), Inner::kSocks);
  EXPECT_EQ(protocol(16), Inner::kSocks);
  EXPECT_EQ(protocol(17), Inner::kUnknown);
}

}  // namespace
}  // namespace mogura::protocol::inner
