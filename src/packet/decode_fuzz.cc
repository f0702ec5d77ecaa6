// Feeds frames of one link type to a decoder with narrow limits.
//
//   | link type, index | { length: 2 | seconds: 1 | cut off: 1 | bytes: length } ...
//
// A last frame shorter than its length is taken as it is.

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"
#include "packet/decode.h"

namespace {

using namespace mogura;
using namespace mogura::packet;

constexpr std::array kLinkTypes{
    LinkType::kEthernet,  LinkType::kNull, LinkType::kPpp,        LinkType::kRawBsd,   LinkType::kPppHdlc,
    LinkType::kPppEther,  LinkType::kRaw,  LinkType::kLoop,       LinkType::kLinuxSll, LinkType::kIpv4,
    LinkType::kLinuxSll2, LinkType::kIpv6, LinkType::kRawOpenBsd, LinkType{147}};

Limits narrow_limits() {
  Limits limits;
  limits.encapsulation_depth = 4;
  limits.fragment_datagrams = 3;
  limits.fragment_bytes = 512;
  return limits;
}

bool lies_within(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_segment(const Decoder& decoder, const Frame& frame, const TcpSegment& segment) {
  MOGURA_CHECK(segment.payload.size() <= segment.payload_length);
  MOGURA_CHECK(segment.payload_length < segment.wire_length);
  MOGURA_CHECK(segment.key.low <= segment.key.high);
  MOGURA_CHECK(segment.key.vlan < 4096);
  MOGURA_CHECK(segment.time == frame.time);
  MOGURA_CHECK(decoder.is_reassembled() || lies_within(segment.payload, frame.bytes));
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : segment.payload) sum ^= byte;  // so that a dangling view is touched
  volatile std::uint8_t sink = sum;
  (void)sink;
}

void check_counters(const DecodeCounters& counters) {
  std::uint64_t sum = counters.segments;
  for (const std::uint64_t count : counters.not_decoded) sum += count;
  MOGURA_CHECK(counters.frames == sum);
  MOGURA_CHECK(counters.fragments_evicted <= counters.of(NotDecoded::kFragmentHeld));
}

// The long way through the layers must come to the same as the short cut for common frames.
void check_same_without_ethernet(const Frame& frame) {
  Frame packet = frame;
  packet.bytes = frame.bytes.subspan(14);
  packet.original_length -= 14;
  packet.link_type = LinkType::kIpv4;
  Decoder short_cut(narrow_limits());
  Decoder long_way(narrow_limits());
  TcpSegment one;
  TcpSegment other;
  const bool is_segment = short_cut.decode(frame, one);
  MOGURA_CHECK(long_way.decode(packet, other) == is_segment);
  MOGURA_CHECK(long_way.counters().not_decoded == short_cut.counters().not_decoded);
  if (!is_segment) return;
  MOGURA_CHECK(other.key == one.key && other.from == one.from && other.flags == one.flags);
  MOGURA_CHECK(other.sequence == one.sequence && other.acknowledgment == one.acknowledgment);
  MOGURA_CHECK(other.payload_length == one.payload_length && other.wire_length == one.wire_length);
  MOGURA_CHECK(std::ranges::equal(other.payload, one.payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(ByteView(data, size));
  const LinkType link_type = kLinkTypes[input.u8() % kLinkTypes.size()];
  Decoder decoder(narrow_limits());
  while (!input.empty()) {
    const std::size_t wanted = input.u16();
    const Timestamp time{std::chrono::seconds(input.u8())};
    const std::uint32_t cut_off = input.u8();
    const ByteView bytes = input.take(std::min(wanted, input.remaining()));
    const auto exact = std::make_unique<std::uint8_t[]>(bytes.size());
    std::ranges::copy(bytes, exact.get());
    const auto length = static_cast<std::uint32_t>(bytes.size());
    const Frame frame{ByteView(exact.get(), bytes.size()), length + cut_off, link_type, time};
    TcpSegment segment;
    if (decoder.decode(frame, segment)) check_segment(decoder, frame, segment);
    if (link_type == LinkType::kEthernet && length >= 14 && load_be16(exact.get() + 12) == 0x0800) {
      check_same_without_ethernet(frame);
    }
    check_counters(decoder.counters());
  }
  return 0;
}
