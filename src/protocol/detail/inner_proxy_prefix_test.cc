#include "protocol/detail/inner_proxy_prefix.h"

#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

#define SIGNATURE "0d0a0d0a000d0a515549540a"

constexpr Case kCases[] = {
    {"1-ssh", "'PROXY TCP4 10.0.0.1 10.0.0.2 4000 22\\r\\nSSH-2.0-x\\r\\n'", "'SSH-2.0-y\\r\\n'", Inner::kSsh,
     "version 1"},
    {"1-unknown", "'PROXY UNKNOWN\\r\\nGET / HTTP/1.1\\r\\n'", "", Inner::kHttp, "no addresses"},
    {"1-smtp", "'PROXY TCP6 ::1 ::2 4000 25\\r\\n'", "'220 mx.test ESMTP\\r\\n'", Inner::kSmtp,
     "the server speaks first"},
    {"2-tls", SIGNATURE "21 11 000c 0a000001 0a000002 0fa0 01bb 16 0301 00c8 01 0000c4 0303", "", Inner::kTls,
     "version 2"},
    {"2-local", SIGNATURE "20 00 0000 'SSH-2.0-x\\r\\n'", "", Inner::kSsh, "without addresses"},
    {"1-alone", "'PROXY TCP4 10.0.0.1 10.0.0.2 4000 22\\r\\n'", "", Inner::kUnknown, "nothing follows"},
    {"1-other", "'PROXY UDP4 10.0.0.1 10.0.0.2 4000 22\\r\\nSSH-2.0-x\\r\\n'", "", Inner::kUnknown,
     "not such a header"},
    {"2-version", SIGNATURE "31 11 0000 'SSH-2.0-x\\r\\n'", "", Inner::kUnknown, "no such version"},
    {"2-cut", SIGNATURE "21 11 000c 0a000001", "", Inner::kUnknown, "the header does not end"},
};

TEST(InnerProxyPrefix, IsLookedThrough) {
  check(kCases);
}

TEST(InnerProxyPrefix, LineEndsAtItsLimit) {
  const auto match = [](std::size_t size) {
    std::string line = "PROXY TCP6 ";
    line.append(size - line.size() - 2, '1');
    line += "\r\n";
    ByteView bytes = as_bytes(line);
    return skip_proxy_prefix(bytes);
  };
  EXPECT_EQ(match(106), Match::kYes);
  EXPECT_EQ(match(107), Match::kYes);
  EXPECT_EQ(match(108), Match::kNo);
}

TEST(InnerProxyPrefix, LeavesOtherBytesAlone) {
  ByteView bytes = as_bytes("PRI * HTTP/2.0\r\n");
  EXPECT_EQ(skip_proxy_prefix(bytes), Match::kNo);
  EXPECT_EQ(bytes.size(), 16u);
}

}  // namespace
}  // namespace mogura::protocol::inner
