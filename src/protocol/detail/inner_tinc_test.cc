#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"tinc-1.0", "'0 office 17\\n1 94 64 0 0 AB12\\n'", "'0 branch_2 17\\n'", Inner::kTinc, "both identify"},
    {"tinc-1.1", "'0 office 17.7\\n'", "'0 branch 17.7\\n'", Inner::kTinc, "with a minor version"},
    {"invitation", "'0 ?abcDEF123 17.1\\n'", "'0 branch 17.7\\n'", Inner::kTinc, "a client that joins"},
    {"one-sided", "'0 office 17\\n'", "", Inner::kUnknown, "one line of text is too little"},
    {"answered-otherwise", "'0 office 17\\n'", "'ERR\\n'", Inner::kUnknown, "not by tinc"},
    {"version", "'0 office 18\\n'", "'0 branch 18\\n'", Inner::kUnknown, "no such version"},
    {"longer-number", "'0 office 171\\n'", "'0 branch 171\\n'", Inner::kUnknown, "171 is not 17"},
    {"no-minor", "'0 office 17.\\n'", "'0 branch 17.\\n'", Inner::kUnknown, "a point and nothing"},
    {"no-name", "'0  17\\n'", "'0  17\\n'", Inner::kUnknown, "no name"},
    {"name", "'0 a/b 17\\n'", "'0 c 17\\n'", Inner::kUnknown, "not a name"},
};

TEST(InnerTinc, NeedsIdLinesInBothDirections) {
  check(kCases);
}

TEST(InnerTinc, NameEndsAtItsLimit) {
  const auto protocol = [](std::size_t size) {
    return recognise_texts("0 " + std::string(size, 'n') + " 17\n", "0 x 17\n", true, true).protocol;
  };
  EXPECT_EQ(protocol(63), Inner::kTinc);
  EXPECT_EQ(protocol(64), Inner::kTinc);
  EXPECT_EQ(protocol(65), Inner::kUnknown);
}

}  // namespace
}  // namespace mogura::protocol::inner
