#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"get", "'GET / HTTP/1.1\\r\\n'", "", Inner::kHttp, "a request"},
    {"get-answered", "'GET / HTTP/1.1\\r\\n'", "'HTTP/1.1 200 OK\\r\\n'", Inner::kHttp, "both sides"},
    {"ssh-behind", "'GET / HTTP/1.1\\r\\n'", "'SSH-2.0-OpenSSH_9.6\\r\\n'", Inner::kHttp,
     "the client's bytes decide"},
    {"sip-like-path", "'GET sipping HTTP/1.0\\r\\n'", "", Inner::kHttp, "not a scheme"},
    {"response-alone", "", "'HTTP/1.1 200 OK\\r\\n'", Inner::kHttp,
     "only the server's direction was captured"},
    {"response-to-noise", "01020304 05060708", "'HTTP/1.1 400 Bad Request\\r\\n'", Inner::kUnknown,
     "the client spoke something else"},
    {"rtsp", "'OPTIONS rtsp://camera/1 RTSP/1.0\\r\\n'", "'RTSP/1.0 200 OK\\r\\n'", Inner::kUnknown,
     "another protocol"},
    {"sip", "'SUBSCRIBE sip:a@b SIP/2.0\\r\\n'", "", Inner::kUnknown, "another protocol"},
    {"prose", "'Get well soon'", "", Inner::kUnknown, "no target and no version"},
    {"preface", "'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' 000012 04 00 00000000", "", Inner::kHttp2,
     "client preface"},
    {"preface-answered", "'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n'", "000006 04 00 00000000 0003 00000064",
     Inner::kHttp2, "with the server's settings"},
    {"settings-alone", "", "000006 04 00 00000000 0003 00000064", Inner::kHttp2,
     "only the server was captured"},
    {"settings-odd", "", "000007 04 00 00000000 0003 00000064", Inner::kUnknown,
     "settings have six bytes each"},
};

TEST(InnerHttp, TellsVersionsApartAndRequestsFromLookalikes) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
