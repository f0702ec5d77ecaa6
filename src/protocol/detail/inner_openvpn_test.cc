#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

#define SESSION_A "0a1b2c3d4e5f6071"
#define SESSION_B "8192a3b4c5d6e7f8"
#define HMAC_16 "00112233445566778899aabbccddeeff"
#define HMAC_20 HMAC_16 "a0a1a2a3"
#define HMAC_32 HMAC_16 HMAC_16
#define FIRST_PACKET "00000001 5f000000"
#define EARLY_PACKET "0f000001 5f000000"
#define WRAPPED_KEY_290 HMAC_32 HMAC_32 HMAC_32 HMAC_32 HMAC_32 HMAC_32 HMAC_32 HMAC_32 HMAC_32 "0122"

constexpr Case kCases[] = {
    {"plain", "000e 38" SESSION_A "00 00000000", "", Inner::kOpenVpn, "a reset without HMAC"},
    {"plain-answered", "000e 38" SESSION_A "00 00000000",
     "001a 40" SESSION_B "01 00000000" SESSION_A "00000000", Inner::kOpenVpn,
     "acknowledged with the client's session id"},
    {"v1", "000e 08" SESSION_A "00 00000000", "001a 10" SESSION_B "01 00000000" SESSION_A "00000000",
     Inner::kOpenVpn, "the first key method"},
    {"server-alone", "", "001a 40" SESSION_B "01 00000000" SESSION_A "00000000", Inner::kOpenVpn,
     "only the server's direction was captured"},
    {"md5", "0026 38" SESSION_A HMAC_16 FIRST_PACKET "00 00000000", "", Inner::kOpenVpn, "tls-auth with MD5"},
    {"sha1", "002a 38" SESSION_A HMAC_20 FIRST_PACKET "00 00000000",
     "0036 40" SESSION_B HMAC_20 FIRST_PACKET "01 00000000" SESSION_A "00000000", Inner::kOpenVpn,
     "tls-auth with SHA-1"},
    {"sha256", "0036 38" SESSION_A HMAC_32 FIRST_PACKET "00 00000000", "", Inner::kOpenVpn,
     "as long as tls-crypt"},
    {"sha512", "0056 38" SESSION_A HMAC_32 HMAC_32 FIRST_PACKET "00 00000000", "", Inner::kOpenVpn,
     "the longest HMAC"},
    {"sha1-server-alone", "", "0036 40" SESSION_B HMAC_20 FIRST_PACKET "01 00000000" SESSION_A "00000000",
     Inner::kOpenVpn, "only the server's direction was captured"},
    {"tls-crypt", "0036 38" SESSION_A FIRST_PACKET HMAC_32 "a1a2a3a4a5",
     "0042 40" SESSION_B FIRST_PACKET HMAC_32 HMAC_16 "b1", Inner::kOpenVpn, "encrypted behind the HMAC"},
    {"tls-crypt-early", "0036 38" SESSION_A EARLY_PACKET HMAC_32 "a1a2a3a4a5", "", Inner::kOpenVpn,
     "early negotiation"},
    {"tls-crypt-v2", "0158 50" SESSION_A EARLY_PACKET HMAC_32 "a1a2a3a4a5" WRAPPED_KEY_290, "",
     Inner::kOpenVpn, "reset V3 with a wrapped client key"},
    {"odd-hmac", "0019 38" SESSION_A "aabbccddeeff0102030405 00 00000000",
     "0025 40" SESSION_B "a0a1a2a3a4a5a6a7a8a9aa 01 00000000" SESSION_A "00000000", Inner::kOpenVpn,
     "wrapping of unknown size, but the server answers with the client's session id"},
    {"odd-hmac-alone", "0019 38" SESSION_A "aabbccddeeff0102030405 00 00000000", "", Inner::kUnknown,
     "nothing confirms the odd size"},
    {"other-session", "0019 38" SESSION_A "aabbccddeeff0102030405 00 00000000",
     "0025 40" SESSION_B "a0a1a2a3a4a5a6a7a8a9aa 01 00000000" SESSION_B "00000000", Inner::kUnknown,
     "another's session id"},
    {"key-id", "000e 39" SESSION_A "00 00000000", "", Inner::kUnknown, "the first key is number 0"},
    {"acknowledging", "000e 38" SESSION_A "01 00000000", "", Inner::kUnknown,
     "there is nothing yet to acknowledge"},
    {"message-id", "000e 38" SESSION_A "00 00000001", "", Inner::kUnknown, "the first message is number 0"},
    {"packet-id", "002a 38" SESSION_A HMAC_20 "00000002 5f000000 00 00000000", "", Inner::kUnknown,
     "not the first packet"},
    {"length", "000f 38" SESSION_A "00 00000000", "", Inner::kUnknown, "one byte too long for any form"},
    {"control", "000e 20" SESSION_A "00 00000000", "", Inner::kUnknown, "not a reset"},
};

TEST(InnerOpenVpn, NeedsAWellFormedHardReset) {
  check(kCases);
}

TEST(InnerOpenVpn, IsFinalWithTheClientsPlainResetAlone) {
  const std::string up = bytes_of("000e 38" SESSION_A "00 00000000");
  EXPECT_FALSE(recognise_texts(up.substr(0, 15), "", false, false).is_final);
  EXPECT_TRUE(recognise_texts(up, "", false, false).is_final);
}

}  // namespace
}  // namespace mogura::protocol::inner
