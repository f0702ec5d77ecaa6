// Feeds a TcpConnection with segments made from the input, under small limits. Every payload byte is a
// function of its side and sequence number, so whatever comes out can be checked: for some beginning, all
// bytes of a side must stand at the sequence number that their offset says. Also: an end exactly once and
// last, the pool within its budget and balanced, and the counters equal to what came out.
//
// Input: one byte that chooses limits, then 8 bytes per segment: side, flags and whether it continues the one
// before; 2 bytes of sequence (a place and an offset); 2 bytes of acknowledgment likewise; length; captured
// length, 0 for all; time step.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/hash.h"
#include "packet/tcp.h"

namespace {

using namespace mogura;
using namespace mogura::packet;

constexpr std::size_t kRecordSize = 8;
constexpr std::size_t kMostSegments = 512;

std::uint8_t byte_at(Side side, std::uint32_t sequence) {
  return static_cast<std::uint8_t>(hash_mix(sequence, 77 + static_cast<std::uint64_t>(side)) >> 24);
}

// What came out of one side: the bytes with their offsets, and the offset reached.
class CheckingSink : public StreamSink {
 public:
  void on_data(Side from, ByteView bytes, const Delivery&) override {
    Stream& stream = stream_of(from);
    MOGURA_CHECK(!bytes.empty() && stream.ends == 0);
    for (const std::uint8_t byte : bytes) stream.bytes.emplace_back(stream.offset++, byte);
  }
  void on_gap(Side from, std::uint64_t length, GapKind kind, const Delivery&) override {
    Stream& stream = stream_of(from);
    MOGURA_CHECK(length > 0 && stream.ends == 0);
    stream.offset += length;
    (kind == GapKind::kCutByCapture ? cut_bytes : gaps_bytes) += length;
  }
  void on_end(Side from, EndKind, Timestamp) override { MOGURA_CHECK(++stream_of(from).ends == 1); }

  // Whether all bytes of a side fit a stream whose first byte has this sequence number.
  bool fits(Side side, std::uint32_t begin) {
    const auto is_right = [&](const auto& at) {
      return byte_at(side, begin + static_cast<std::uint32_t>(at.first)) == at.second;
    };
    const Stream& stream = stream_of(side);
    return std::all_of(stream.bytes.begin(), stream.bytes.end(), is_right);
  }
  std::size_t bytes_of(Side side) { return stream_of(side).bytes.size(); }
  int ends_of(Side side) { return stream_of(side).ends; }

  std::uint64_t gaps_bytes = 0;
  std::uint64_t cut_bytes = 0;

 private:
  struct Stream {
    std::vector<std::pair<std::uint64_t, std::uint8_t>> bytes;
    std::uint64_t offset = 0;
    int ends = 0;
  };
  Stream& stream_of(Side side) { return streams_[static_cast<std::size_t>(side)]; }
  std::array<Stream, 2> streams_;
};

Limits limits_from(std::uint8_t choice) {
  Limits limits;
  if ((choice & 1) != 0) limits.out_of_order_bytes = 64;
  if ((choice & 2) != 0) limits.out_of_order_runs = 5;
  if ((choice & 4) != 0) limits.out_of_order_bytes_total = 1000;
  if ((choice & 8) != 0) limits.midstream_bytes = 32;
  if ((choice & 16) != 0) limits.midstream_patience = std::chrono::seconds{0};
  return limits;
}

// A sequence number from bytes 1 and 2, around a few places near and far from each other and from the wrap.
std::uint32_t sequence_from(const std::uint8_t* record) {
  constexpr std::uint32_t kPlaces[16] = {
      1000,       1000,       1000,       1000,       1100,       1500,       0xFFFFFFF0, 0xFFFFFFF0,
      0x10000000, 0x40000000, 0x400003E8, 0x80000000, 0x800003E8, 0xC0000000, 0x40001000, 0x30000000};
  return kPlaces[record[1] & 15] + (std::uint32_t{record[2]} << (record[1] >> 6)) - 64;
}

class Run {
 public:
  explicit Run(std::uint8_t choice) : pool_(limits_from(choice)) {}

  void feed(const std::uint8_t* record) {
    TcpSegment segment;
    segment.from = (record[0] & 0x80) != 0 ? Side::kHigh : Side::kLow;
    segment.flags = record[0] & (tcp_flag::kFin | tcp_flag::kSyn | tcp_flag::kRst | tcp_flag::kAck);
    segment.sequence = sequence_from(record);
    segment.acknowledgment = sequence_from(record + 2);
    segment.payload_length = record[5];
    const bool is_exact = (record[0] & 0x40) != 0;
    if (is_exact) segment.sequence = next_[segment.from == Side::kHigh];
    const std::uint32_t first = segment.sequence + ((segment.flags & tcp_flag::kSyn) != 0 ? 1 : 0);
    next_[segment.from == Side::kHigh] = first + segment.payload_length;
    std::vector<std::uint8_t> payload(record[6] == 0 ? record[5] : std::min(record[5], record[6]));
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = byte_at(segment.from, first + static_cast<std::uint32_t>(i));
    }
    segment.payload = payload;
    segment.time = now_ += std::chrono::milliseconds{record[7] * record[7]};
    if (connection_.is_reopened_by(segment)) finish();
    begins_[segment.from == Side::kHigh].push_back(first);
    begins_[segment.from == Side::kLow].push_back(segment.acknowledgment);
    connection_.on_segment(segment, pool_, sink_);
    MOGURA_CHECK(pool_.bytes_in_use() <= pool_.limits().out_of_order_bytes_total);
  }

  void finish() {
    connection_.finish(now_, pool_, sink_);
    MOGURA_CHECK(pool_.bytes_in_use() == 0 && connection_.is_closed());
    for (const Side side : {Side::kLow, Side::kHigh}) check(side);
    MOGURA_CHECK(pool_.counters.gaps_bytes == gaps_bytes_ + sink_.gaps_bytes);
    MOGURA_CHECK(pool_.counters.cut_bytes == cut_bytes_ + sink_.cut_bytes);
    MOGURA_CHECK(pool_.counters.overlap_conflicts == 0);
    gaps_bytes_ = pool_.counters.gaps_bytes;
    cut_bytes_ = pool_.counters.cut_bytes;
    connection_ = TcpConnection();
    sink_ = CheckingSink();
    for (auto& begins : begins_) begins.clear();
  }

 private:
  void check(Side side) {
    MOGURA_CHECK(sink_.ends_of(side) == 1);
    if (sink_.bytes_of(side) == 0) return;
    const auto& begins = begins_[static_cast<std::size_t>(side)];
    MOGURA_CHECK(
        std::any_of(begins.begin(), begins.end(), [&](std::uint32_t at) { return sink_.fits(side, at); }));
  }

  SegmentPool pool_;
  CheckingSink sink_;
  TcpConnection connection_;
  Timestamp now_{std::chrono::seconds{1000}};
  std::uint32_t next_[2] = {0, 0};
  std::uint64_t gaps_bytes_ = 0;
  std::uint64_t cut_bytes_ = 0;
  std::vector<std::uint32_t> begins_[2];  // sequence numbers that a side's stream may begin with
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Run run(data[0]);
  const std::size_t records = std::min((size - 1) / kRecordSize, kMostSegments);
  for (std::size_t i = 0; i < records; ++i) run.feed(data + 1 + i * kRecordSize);
  run.finish();
  return 0;
}
