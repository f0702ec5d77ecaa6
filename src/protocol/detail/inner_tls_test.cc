#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"client-hello", "16 0301 00c8 01 0000c4 0303 aabbccdd", "", Inner::kTls,
     "record, type, lengths and version agree"},
    {"both", "16 0301 00c8 01 0000c4 0303 aabbccdd", "16 0303 007a 02 000076 0303 01020304", Inner::kTls,
     "hello and answer"},
    {"ssl3", "16 0300 0041 01 00003d 0300 aabb", "15 0300 0002 02 28", Inner::kTls, "answered with an alert"},
    {"server-alone", "", "16 0303 007a 02 000076 0303 0102", Inner::kTls,
     "only the server's direction was captured"},
    {"swapped", "16 0303 007a 02 000076 0303 0102", "16 0301 00c8 01 0000c4 0303 aa", Inner::kTls,
     "who connected is the TLS server"},
    {"cut", "16 0301 00c8 01", "", Inner::kTls, "the capture ends behind the type"},
    {"tiny-record", "16 0301 0001 01 16 0301 0003 0000c4", "", Inner::kTls, "a hello spread over records"},
    {"answered-by-http", "16 0301 00c8 01 0000c4 0303 aabbccdd", "'HTTP/1.1 400 Bad Request\\r\\n'",
     Inner::kTls, "what the client speaks counts"},
    {"no-length", "16 0300 0000 00000000000000", "", Inner::kUnknown, "a handshake record cannot be empty"},
    {"not-hello", "16 0303 0028 0b 000024 0303 0102", "", Inner::kUnknown,
     "a certificate does not come first"},
    {"short-hello", "16 0303 0028 01 000024 0303 0102", "", Inner::kUnknown,
     "36 bytes are too few for any hello"},
    {"long-record", "16 0303 4801 01 0000c4 0303", "", Inner::kUnknown, "longer than a record may be"},
    {"version", "16 0401 00c8 01 0000c4 0303", "", Inner::kUnknown, "no such version"},
    {"application-data", "17 0303 0028 0000000000000001", "", Inner::kUnknown,
     "no hello, so it might be anything"},
};

TEST(InnerTls, NeedsAHelloInAPlausibleRecord) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
