#include "identity/detail/random_bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace mogura::identity::detail {
namespace {

// xorshift64*: the same noise every time.
std::string noise(std::uint64_t seed, std::size_t size) {
  std::string bytes;
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  while (bytes.size() < size) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    bytes.push_back(static_cast<char>((state * 0x2545F4914F6CDD1Du) >> 56));
  }
  return bytes;
}

TEST(RandomBytes, NoiseIsAlmostAlwaysTakenForNoise) {
  unsigned taken = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) taken += looks_random(noise(seed, 128)) ? 1u : 0u;
  EXPECT_GT(taken, 950u);
}

TEST(RandomBytes, ProtocolsAreNot) {
  struct Case {
    std::string bytes;
    std::string_view why;
  };
  for (const Case& c : {
           Case{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "a line of text"},
           {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11) + std::string(53, '\0'),
            "a hello with its lengths, and zeros"},
           {"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "a request"},
           {std::string(64, '\x55'), "one byte again and again"},
           {noise(7, 31), "too few"},
           {std::string(), "nothing"},
           {noise(7, 40) + "this part can be read by everybody" + noise(8, 40), "a readable run"},
       }) {
    EXPECT_FALSE(looks_random(c.bytes)) << c.why;
  }
}

}  // namespace
}  // namespace mogura::identity::detail
