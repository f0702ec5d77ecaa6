// The whole of a connection under hostile input: a list of segments of both directions, made from the
// fuzzer's bytes, through the flow table. Holds that nothing waits for ever, and that a session comes out
// with sane counts.
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(ByteView(data, size));
  Limits limits;
  if (reader.u8() % 2 == 0) {
    limits.held_bytes = 64;
    limits.http_head_bytes = 128;
    limits.out_of_order_bytes = 256;
    limits.early_bytes = 32;
  }
  session::Table table(limits, 1);
  const std::vector<packet::TcpSegment> segments = segments_of(reader);
  for (const packet::TcpSegment& segment : segments) table.on_segment(segment, table.hash(segment.key));
  table.finish();
  MOGURA_CHECK(table.connections() == 0);

  std::vector<session::FinishedPtr> finished;
  table.take_finished(finished);
  std::uint64_t packets = 0;
  for (const session::FinishedPtr& one : finished) {
    const session::Session& session = one->session;
    packets += session.packets[0] + session.packets[1];
    MOGURA_CHECK(session.status.size() <= limits.status_codes && session.methods.size() <= limits.methods);
    MOGURA_CHECK(session.start <= session.end);
  }
  MOGURA_CHECK(packets <= segments.size());
  return 0;
}
