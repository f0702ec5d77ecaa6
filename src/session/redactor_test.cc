#include "session/redactor.h"

#include <gtest/gtest.h>

#include <set>

namespace mogura::session {
namespace {

std::array<std::uint8_t, Redactor::kKeyBytes> key(std::uint8_t first = 0) {
  std::array<std::uint8_t, Redactor::kKeyBytes> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

Address address(std::string_view text) {
  return *Address::parse(text);
}

Session session_of(std::string_view client) {
  Session session;
  session.client = {address(client), 40000};
  session.server = {address("10.77.0.2"), 3128};
  session.start = Timestamp{std::chrono::seconds(1'700'000'000)};
  session.destination = "edge.example:443";
  session.user_agent = "tool/1";
  return session;
}

// Made with another implementation: Python's hmac and ipaddress.
TEST(Redactor, AgreesWithAnotherImplementation) {
  const struct {
    std::string_view text, pseudonym, why;
  } cases[] = {
      {"10.77.0.13", "fd6d:6f67:7572:ceb9:2fec:f6b5:caf2:c694", "IPv4 is hashed as an IPv4-mapped address"},
      {"::ffff:10.77.0.13", "fd6d:6f67:7572:ceb9:2fec:f6b5:caf2:c694", "the same address"},
      {"2001:db8::1", "fd6d:6f67:7572:df13:4d4f:4e18:8c9f:9790", "IPv6"},
      {"2001:DB8:0::1", "fd6d:6f67:7572:df13:4d4f:4e18:8c9f:9790", "the same, written otherwise"},
      {"unknown", "fd6d:6f67:7572:b428:89dc:bedd:868d:ad7", "no address"},
      {"", "", "nothing was seen"},
  };
  const Redactor redactor(key());
  for (const auto& [text, pseudonym, why] : cases) EXPECT_EQ(redactor.pseudonym_of(text), pseudonym) << why;
}

TEST(Redactor, GivesAddressAndForwardedTextOfOneClientTheSameName) {
  const Redactor redactor(key());
  EXPECT_EQ(redactor.pseudonym_of(address("10.77.0.13")).to_string(), redactor.pseudonym_of("10.77.0.13"));
}

TEST(Redactor, DependsOnEveryBitOfTheKey) {
  std::set<Address> seen{Redactor(key()).pseudonym_of(address("10.77.0.13"))};
  for (std::size_t bit = 0; bit < 8 * Redactor::kKeyBytes; ++bit) {
    auto other = key();
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1u << bit % 8));
    EXPECT_TRUE(seen.insert(Redactor(other).pseudonym_of(address("10.77.0.13"))).second) << bit;
  }
}

TEST(Redactor, GivesEachAddressAnother) {
  const Redactor redactor(key());
  std::set<Address> seen;
  for (std::uint32_t i = 0; i < 1U << 16; ++i) {
    const Address pseudonym = redactor.pseudonym_of(Address::v4(0x0A000000 + i));
    EXPECT_TRUE(Redactor::is_pseudonym(pseudonym));
    EXPECT_TRUE(seen.insert(pseudonym).second) << i;
  }
}

TEST(Redactor, LeavesPseudonymsAndNoAddressAsTheyAre) {
  const Redactor first(key(0)), second(key(1));
  const Address pseudonym = first.pseudonym_of(address("10.77.0.13"));
  EXPECT_EQ(second.pseudonym_of(pseudonym), pseudonym);
  EXPECT_EQ(second.pseudonym_of(pseudonym.to_string()), pseudonym.to_string());
  EXPECT_EQ(first.pseudonym_of(Address{}), Address{});
  EXPECT_FALSE(Redactor::is_pseudonym(address("fd6d:6f67:7573::1"))) << "a neighbour of the prefix";
}

TEST(Redactor, TouchesTheClientAlone) {
  Session session = session_of("10.77.0.13");
  session.client_forwarded = "192.0.2.7";
  Session expected = session;
  const Redactor redactor(key());
  redactor.redact(session);
  expected.client.address = redactor.pseudonym_of(address("10.77.0.13"));
  expected.client_forwarded = redactor.pseudonym_of(address("192.0.2.7")).to_string();
  EXPECT_EQ(session, expected);
}

TEST(Redactor, ChangesIdsThatAreMadeOfTheAddress) {
  const Session plain = session_of("10.77.0.13");
  Session redacted = plain;
  Redactor(key()).redact(redacted);
  EXPECT_NE(session_id(redacted), session_id(plain));
  EXPECT_EQ(session_id(redacted), community_id(redacted.client, redacted.server) + "-1700000000000000");
}

}  // namespace
}  // namespace mogura::session
