#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"rdp-cookie", "0300 002a 25 e0 0000 0000 00 'Cookie: mstshash=a\\r\\n' 0d0a0d 01 00 0800 03000000",
     "0300 0013 0e d0 0000 1234 00 02 1f 0800 02000000", Inner::kRdp, "the usual dialogue; then comes TLS"},
    {"rdp-negotiation", "0300 0013 0e e0 0000 0000 00 01 00 0800 0b000000", "", Inner::kRdp, "no cookie"},
    {"rdp-bare", "0300 000b 06 e0 0000 0000 00", "0300 000b 06 d0 0000 1234 00", Inner::kRdp,
     "before RDP 5.2"},
    {"rdp-routing", "0300 0026 21 e0 0000 0000 00 'Cookie: msts=1.2.3.4.5.\\r\\n'", "", Inner::kRdp,
     "a load balancer's token"},
    {"rdp-server", "", "0300 0013 0e d0 0000 1234 00 02 1f 0800 02000000", Inner::kRdp,
     "only the server was captured"},
    {"rdp-then-tls", "0300 0013 0e e0 0000 0000 00 01 00 0800 01000000 16 0301 00c8 01 0000c4 0303",
     "0300 0013 0e d0 0000 1234 00 02 1f 0800 01000000", Inner::kRdp, "it stays RDP"},
    {"s7", "0300 0016 11 e0 0000 0001 00 c0 01 0a c1 02 0100 c2 02 0102", "", Inner::kUnknown,
     "X.224 of an industrial controller: options of another kind"},
    {"rdp-length", "0300 0013 0d e0 0000 0000 00 01 00 0800 0b000000", "", Inner::kUnknown,
     "the two lengths disagree"},
    {"rdp-data", "0300 0013 0e f0 0000 0000 00 01 00 0800 0b000000", "", Inner::kUnknown,
     "not a connection request"},
    {"rdp-options", "0300 000f 0a e0 0000 0000 00 01 00 0800", "", Inner::kUnknown,
     "no room for a negotiation"},
    {"vnc", "'RFB 003.008\\n'", "'RFB 003.008\\n'", Inner::kVnc, "both sides"},
    {"vnc-server", "", "'RFB 003.889\\n'", Inner::kVnc, "the server speaks first"},
    {"vnc-reverse", "'RFB 003.003\\n'", "", Inner::kVnc, "a server that calls its viewer"},
    {"vnc-cut", "", "'RFB 003.00'", Inner::kUnknown, "ends too early"},
    {"vnc-letters", "", "'RFB 003.0x8\\n'", Inner::kUnknown, "not a number"},
};

TEST(InnerDesktop, RecognisesRdpAndVncByTheirOpening) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
