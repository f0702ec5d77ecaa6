#include "feature/tls_in_tls.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feature/features.h"

namespace mogura::feature {
namespace {

using session::Direction;
using session::MessageStart;

// Positive: from the client; negative: from the server.
std::vector<MessageStart> records(const std::vector<int>& lengths) {
  std::vector<MessageStart> made;
  for (const int length : lengths) {
    MessageStart message;
    message.direction = length > 0 ? Direction::kUp : Direction::kDown;
    message.length = static_cast<std::uint32_t>(length > 0 ? length : -length);
    made.push_back(message);
  }
  return made;
}

std::vector<int> operator+(std::vector<int> a, const std::vector<int>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const std::vector<int> kOuter13 = {512, -122, -1, -27, -898, -281, -53, 1, 53};
const std::vector<int> kOuter12 = {231, -69, -1534, -115, -4, 37, 1, 40, -202, -1, -40};

TEST(TlsInTls, IsRecognisedByTheSizesOfTheInnerHandshake) {
  struct Case {
    std::vector<int> records;
    double least, most;
    std::string why;
  };
  const Case cases[] = {
      {kOuter13 + std::vector<int>{534, -3200, 97, 122, -272, -16401}, 0.9, 0.9, "TLS 1.3 inside 1.3"},
      {kOuter12 + std::vector<int>{541, -3207, 104, 129, -279}, 0.9, 0.9, "TLS 1.3 inside 1.2"},
      {kOuter13 + std::vector<int>{-266, -266, 534, -3069, 110, -68, 129}, 0.9, 0.9,
       "TLS 1.2 inside, tickets of the outer one"},
      {kOuter13 + std::vector<int>{534, -2900, 142, -291, 400}, 0.9, 0.9, "TLS 1.2 inside with a ticket"},
      {kOuter13 + std::vector<int>{129, -56, 534, -3200, 97, 122}, 0.9, 0.9,
       "behind the CONNECT of an inner proxy"},
      {kOuter13 + std::vector<int>{1465, 400, -1465, -1465, -1300, 81, 300}, 0.9, 0.9,
       "a hello of two segments"},
      {kOuter13 + std::vector<int>{534, -772, 97, -527, 122}, 0.5, 0.9,
       "inner tickets before the first request"},
      {kOuter13 + std::vector<int>{1800, -5000, 600, -9000}, 0.1, 0.49,
       "Finished and request in one record: a guess"},
      {{512, -122, -898, 53, 534, -3200, 97, 122}, 0.9, 0.9, "an outer handshake without ChangeCipherSpec"},
  };
  for (const Case& c : cases) {
    const double likeness = tls_in_tls(records(c.records));
    EXPECT_GE(likeness, c.least) << c.why;
    EXPECT_LE(likeness, c.most) << c.why;
  }
}

TEST(TlsInTls, OrdinaryTrafficIsNot) {
  struct Case {
    std::vector<int> records;
    std::string why;
  };
  const Case cases[] = {
      {{}, "nothing"},
      {{512}, "a hello without an answer"},
      {kOuter13, "nothing behind the handshake"},
      {kOuter13 + std::vector<int>{534}, "an end after the first record"},
      {kOuter13 + std::vector<int>{534, -3200}, "an end before Finished"},
      {kOuter13 + std::vector<int>{94, 350, 33, -199, -10577, 41, 26},
       "HTTP/2: settings, request, acknowledgment"},
      {kOuter13 + std::vector<int>{222, -5676, 298, -332, 381, -16408}, "HTTP/1.1: requests of one size"},
      {kOuter13 + std::vector<int>{187, -4825, 244, -261, 921}, "HTTP/1.1 of a script"},
      {kOuter13 + std::vector<int>{58, -282, -58, 1577, -1129, 1225, -1581, 33}, "SSH"},
      {kOuter13 + std::vector<int>{208, -178, 30, -30, 30, -30}, "WebSocket"},
      {kOuter13 + std::vector<int>{800, -400, 700, 97, 122, 534, -3200, 97, 122},
       "too much has been said before"},
  };
  for (const Case& c : cases) EXPECT_LT(tls_in_tls(records(c.records)), 0.3) << c.why;
}

TEST(TlsInTls, LooksAtSoManyRecordsAndNoMore) {
  std::vector<int> late = kOuter13;
  while (late.size() < kTlsInTlsRecords - 2) late.push_back(-266);
  EXPECT_EQ(tls_in_tls(records(late + std::vector<int>{534, -3200, 97, 122})), 0);
  late.resize(kTlsInTlsRecords - 4);
  EXPECT_GE(tls_in_tls(records(late + std::vector<int>{534, -3200, 97, 122})), 0.5);
}

}  // namespace
}  // namespace mogura::feature
