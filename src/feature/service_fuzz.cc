// Sessions made of the input, 24 bytes and some messages each. One service sees them all, two see every other
// one; merged, these must say what the one says. extract() runs on each.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "feature/features.h"
#include "feature/service.h"

using namespace mogura;
using feature::Service;
using session::Direction;
using session::Session;

namespace {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(data, data + size) {}
  [[nodiscard]] bool empty() const { return at_ >= left_.size(); }
  std::uint32_t byte() { return empty() ? 0 : left_[at_++]; }
  std::uint32_t word() {
    const std::uint32_t high = byte();
    return high << 8 | byte();
  }
  std::string bytes(std::size_t count) {
    std::string taken;
    while (taken.size() < count && !empty()) taken += static_cast<char>(byte());
    return taken;
  }

 private:
  std::vector<std::uint8_t> left_;
  std::size_t at_ = 0;
};

void add_messages(Input& input, Session& session) {
  for (std::uint32_t n = input.byte() % 49; n > 0 && !input.empty(); --n) {
    const std::uint32_t head = input.byte();
    const std::string bytes = input.bytes(head & 63u);
    session::MessageStart message;
    message.direction = (head & 128u) != 0 ? Direction::kDown : Direction::kUp;
    message.length = input.word();
    message.bytes_at = static_cast<std::uint32_t>(session.message_bytes.size());
    message.bytes_count = static_cast<std::uint32_t>(bytes.size());
    session.messages.push_back(message);
    session.message_bytes += bytes;
  }
}

Session next(Input& input) {
  Session s;
  s.start = Timestamp{} + std::chrono::milliseconds(std::int64_t{input.word()} * 37);
  s.end = s.start + std::chrono::milliseconds(input.word());
  s.client = {Address::v4(input.byte()), static_cast<std::uint16_t>(input.word())};
  if (input.byte() % 8 == 0) s.client_forwarded = input.bytes(3);
  s.kind = static_cast<session::Kind>(input.byte() % session::kKinds);
  s.status = {static_cast<std::uint16_t>(input.byte() * 2)};
  if (input.byte() % 2 == 0) s.cipher_suites = "1301";
  s.exchanges = {input.byte(), input.byte()};
  s.small_messages = {input.byte(), input.byte()};
  s.turns = input.byte();
  s.has_interval = input.byte() % 2 == 0;
  s.interval_median_s = input.byte() / 4.0;
  s.interval_mad_s = input.byte() / 8.0;
  s.lengths = {{Direction::kUp, input.byte() % 32, input.byte()}, {Direction::kDown, 7, 6}};
  add_messages(input, s);
  return s;
}

void check_same(const Service& a, const Service& b) {
  MOGURA_CHECK(a.lengths() == b.lengths());
  MOGURA_CHECK(a.strings() == b.strings());
  MOGURA_CHECK(a.sampled_sessions() == b.sampled_sessions());
  const auto arrivals_a = a.arrivals();
  const auto arrivals_b = b.arrivals();
  MOGURA_CHECK(arrivals_a.has_value() == arrivals_b.has_value());
  if (arrivals_a) {
    MOGURA_CHECK(arrivals_a->client == arrivals_b->client && arrivals_a->rhythm == arrivals_b->rhythm);
  }
  MOGURA_CHECK(a.inside() == b.inside());
  MOGURA_CHECK(a.totals().sessions == b.totals().sessions);
  MOGURA_CHECK(a.totals().tls_in_tls == b.totals().tls_in_tls);
}

void check_features(const Session& session) {
  const feature::SessionFeatures features = feature::extract(session);
  MOGURA_CHECK(features.strings.size() <= feature::SessionFeatures::kStrings);
  MOGURA_CHECK(features.shape.turns_per_message >= 0 && features.shape.turns_per_message <= 1);
  MOGURA_CHECK(features.shape.tls_in_tls >= 0 && features.shape.tls_in_tls <= 1);
  if (features.rhythm) MOGURA_CHECK(features.rhythm->regularity >= 0 && features.rhythm->regularity <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  Input input(data, size);
  Service whole;
  Service even;
  Service odd;
  for (std::size_t i = 0; !input.empty(); ++i) {
    const Session session = next(input);
    check_features(session);
    whole.add(session);
    (i % 2 == 0 ? even : odd).add(session);
  }
  odd.merge(even);
  check_same(whole, odd);
  MOGURA_CHECK(whole.memory_bytes() < 200'000);
  return 0;
}
