// The whole of a connection under hostile input: a list of segments of both directions, made from the
// fuzzer's bytes, through the flow table. Holds that nothing waits for ever, that a session comes out with
// sane counts and no more kept of its messages than the limits say, and that what was told of it while it
// lived is a beginning of what it was at its end.
//
// Input: records of [flags][sequence step][time step][length], each followed by that many payload bytes.

#include <vector>

#include "base/check.h"
#include "session/table.h"

namespace {

using namespace mogura;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kMostSegments = 512;

std::vector<packet::TcpSegment> segments_of(ByteReader& reader) {
  std::vector<packet::TcpSegment> segments;
  std::uint32_t next[2] = {1000, 4294967000u};
  Timestamp now{std::chrono::seconds(1'700'000'000)};
  while (reader.remaining() >= 4 && segments.size() < kMostSegments) {
    const std::uint8_t control = reader.u8();
    const std::size_t from = control & 1;
    packet::TcpSegment segment;
    segment.key = {{Address::v4(0x0A000001), 40000}, {Address::v4(0x0A000002), 3128}, 0};
    segment.from = from == 0 ? packet::Side::kLow : packet::Side::kHigh;
    segment.flags = static_cast<std::uint8_t>(packet::tcp_flag::kAck | (control >> 1 & 7));
    const auto jump = static_cast<std::int8_t>(reader.u8());
    now += std::chrono::milliseconds(100) * static_cast<std::int8_t>(reader.u8());
    const std::size_t length = std::min<std::size_t>(reader.u8(), reader.remaining());
    segment.payload = reader.take(length);
    segment.payload_length = static_cast<std::uint32_t>(length) + ((control & 0x40) != 0 ? 700u : 0u);
    segment.wire_length = segment.payload_length + 40;
    segment.sequence = next[from] + ((control & 0x80) != 0 ? static_cast<std::uint32_t>(jump) : 0u);
    segment.acknowledgment = next[1 - from];
    segment.time = now;
    next[from] = segment.sequence + segment.payload_length;
    segments.push_back(segment);
  }
  return segments;
}

using session::MessageStart;
using session::Session;

void check_messages(const Session& session, const Limits& limits) {
  std::size_t of[2] = {0, 0};
  std::size_t bytes = 0;
  for (const MessageStart& message : session.messages) {
    ++of[static_cast<std::size_t>(message.direction)];
    MOGURA_CHECK(message.bytes_at == bytes && message.bytes_count <= limits.kept_bytes_per_message);
    MOGURA_CHECK(message.bytes_count <= message.length);
    bytes += message.bytes_count;
  }
  MOGURA_CHECK(bytes == session.message_bytes.size());
  MOGURA_CHECK(session.messages.size() <= limits.kept_messages);
  const std::size_t most_of_one = limits.kept_messages - limits.kept_messages / 4;
  MOGURA_CHECK(of[0] <= most_of_one && of[1] <= most_of_one);
  if (session.inner == protocol::Inner::kTls) MOGURA_CHECK(bytes == 0);
  // Of HTTP inside something no more than a method or a first line.
  if (session.inner == protocol::Inner::kHttp) {
    MOGURA_CHECK(session.message_bytes.find_first_of("\r\n") == std::string::npos);
  }
  for (const std::size_t i : {0u, 1u}) MOGURA_CHECK(session.small_messages[i] <= session.exchanges[i]);
  MOGURA_CHECK(session.turns <= session.exchanges[0] + session.exchanges[1]);
  MOGURA_CHECK(session.longest_silence_s >= 0);
}

// HTTP may turn into something else, and learn more of its requests.
bool may_turn(const Session& session) {
  return session.kind == session::Kind::kGetPost || session.inner == protocol::Inner::kHttp;
}

void check_beginning(const Session& earlier, const Session& end) {
  if (may_turn(earlier)) return;
  MOGURA_CHECK(earlier.kind == end.kind && earlier.inner == end.inner);
  MOGURA_CHECK(earlier.destination == end.destination && earlier.user_agent == end.user_agent);
  MOGURA_CHECK(earlier.sni == end.sni && earlier.cipher_suites == end.cipher_suites);
  MOGURA_CHECK(earlier.client == end.client && earlier.server == end.server);
  MOGURA_CHECK(earlier.exchanges[0] <= end.exchanges[0] && earlier.exchanges[1] <= end.exchanges[1]);
  MOGURA_CHECK(earlier.turns <= end.turns && earlier.messages.size() <= end.messages.size());
  for (std::size_t i = 0; i < earlier.messages.size(); ++i) {
    MOGURA_CHECK(earlier.messages[i].length <= end.messages[i].length);
    MOGURA_CHECK(earlier.bytes_of(earlier.messages[i]) == end.bytes_of(end.messages[i]));
  }
}

// What was told of the connection that is followed now.
class Steps final : public session::ProgressObserver {
 public:
  void on_progress(const session::Finished& so_far) override { fresh_.push_back(so_far.session); }

  // After each segment, with the session that it ended, if it did: a segment opens its own connection after
  // it ended another.
  void check(const std::vector<session::FinishedPtr>& ended, const Limits& limits) {
    for (const session::FinishedPtr& one : ended) {
      for (const Session& step : steps_) check_beginning(step, one->session);
      steps_.clear();
    }
    for (Session& step : fresh_) {
      check_messages(step, limits);
      steps_.push_back(std::move(step));
    }
    fresh_.clear();
  }

 private:
  std::vector<Session> steps_, fresh_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  Limits limits;
  if (reader.u8() % 2 == 0) {
    limits.held_bytes = 64;
    limits.http_head_bytes = 128;
    limits.out_of_order_bytes = 256;
    limits.early_bytes = 32;
    limits.kept_messages = 7;
    limits.kept_bytes_per_message = 9;
  }
  session::Table table(limits, 1);
  Steps steps;
  table.observe(&steps);
  const std::vector<packet::TcpSegment> segments = segments_of(reader);
  std::vector<session::FinishedPtr> all, ended;
  const auto collect = [&] {
    table.take_finished(ended);
    steps.check(ended, limits);
    for (session::FinishedPtr& one : ended) all.push_back(std::move(one));
  };
  for (const packet::TcpSegment& segment : segments) {
    table.on_segment(segment, table.hash(segment.key));
    collect();
  }
  table.finish();
  collect();
  MOGURA_CHECK(table.connections() == 0);

  std::uint64_t packets = 0;
  for (const session::FinishedPtr& one : all) {
    const Session& session = one->session;
    check_messages(session, limits);
    packets += session.packets[0] + session.packets[1];
    MOGURA_CHECK(session.status.size() <= limits.status_codes && session.methods.size() <= limits.methods);
    MOGURA_CHECK(session.start <= session.end);
  }
  MOGURA_CHECK(packets <= segments.size());
  return 0;
}
