#include "capture/detail/pcap.h"

#include <algorithm>
#include <array>
#include <limits>

#include "capture/detail/byte_order.h"

namespace mogura::capture::detail {
namespace {

constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint16_t kMajorVersion = 2;
// Before 2.3 the two lengths of a record stood the other way round. Nobody has written that since 1998.
constexpr std::uint16_t kLowestMinorVersion = 3;
constexpr std::uint16_t kHighestMinorVersion = 4;
constexpr std::uint32_t kLinkTypeMask = 0xFFFF;
// Of the link type's field: above the link type, below the FCS bits. Zero.
constexpr std::uint32_t kLinkTypeReserved = 0x03FF0000;
// Nobody means more than this by a snapshot length, except all ones for "everything".
constexpr std::uint32_t kHighestSnapshot = 0x7FFFFFFF;

std::string outgrown(std::uint32_t length) {
  return "captured length " + std::to_string(length) + " exceeds " + std::to_string(kMaxRecordBytes);
}

}  // namespace

std::optional<PcapShape> pcap_shape(std::uint32_t magic) {
  switch (magic) {
    case 0xA1B2C3D4:
      return PcapShape{true, 1000, 16};
    case 0xD4C3B2A1:
      return PcapShape{false, 1000, 16};
    case 0xA1B23C4D:
      return PcapShape{true, 1, 16};
    case 0x4D3CB2A1:
      return PcapShape{false, 1, 16};
    case 0xA1B2CD34:
      return PcapShape{true, 1000, 24};
    case 0x34CDB2A1:
      return PcapShape{false, 1000, 24};
    default:
      return std::nullopt;
  }
}

bool is_next_header(ByteView rest) {
  if (rest.size() < kMagicBytes) return false;
  const std::optional<PcapShape> shape = pcap_shape(load_be32(rest.data()));
  if (!shape) return false;
  std::array<std::uint8_t, kFileHeaderBytes> header = {0, 0, 0, 0, 0, kMajorVersion, 0, kHighestMinorVersion};
  if (!shape->big_endian) header = {0, 0, 0, 0, kMajorVersion, 0, kHighestMinorVersion, 0};
  // A number that is not there yet, or only in part, is taken for good.
  std::copy_n(rest.begin(), std::min(rest.size() / 4 * 4, header.size()), header.begin());
  const auto number = [&](std::size_t at) { return load32(header.data() + at, shape->big_endian); };
  const std::uint16_t major = load16(header.data() + 4, shape->big_endian);
  const std::uint16_t minor = load16(header.data() + 6, shape->big_endian);
  const std::uint32_t snapshot = number(16);
  return major == kMajorVersion && minor >= kLowestMinorVersion && minor <= kHighestMinorVersion &&
         number(8) == 0 && number(12) == 0 &&
         (snapshot <= kHighestSnapshot || snapshot == std::numeric_limits<std::uint32_t>::max()) &&
         (number(20) & kLinkTypeReserved) == 0;
}

Progress PcapParser::parse(ByteView view, std::vector<packet::Frame>& frames, std::size_t max_frames) {
  for (std::size_t start = 0;;) {
    if (!has_header_) {
      Progress header = parse_header(view.subspan(start));
      if (!has_header_) return header;  // the first one: the others are whole and good
      start += header.consumed;
    }
    Progress records = shape_.big_endian ? parse_records<true>(view, start, frames, max_frames)
                                         : parse_records<false>(view, start, frames, max_frames);
    if (has_header_) return records;
    start = records.consumed;
  }
}

Progress PcapParser::parse_header(ByteView view) {
  if (view.size() < kFileHeaderBytes) return {.consumed = 0, .wanted = kFileHeaderBytes, .damage = {}};
  const std::optional<PcapShape> shape = pcap_shape(load_be32(view.data()));
  if (!shape) return {0, 0, Damage{ErrorCode::kFormat, "not a pcap header"}};
  shape_ = *shape;
  const std::uint16_t major = load16(view.data() + 4, shape_.big_endian);
  const std::uint16_t minor = load16(view.data() + 6, shape_.big_endian);
  if (major != kMajorVersion || minor < kLowestMinorVersion) {
    const std::string version = std::to_string(major) + "." + std::to_string(minor);
    return {0, 0, Damage{ErrorCode::kUnsupported, "pcap version " + version + ", known is 2.4"}};
  }
  link_type_ = packet::LinkType{load32(view.data() + 20, shape_.big_endian) & kLinkTypeMask};
  has_header_ = true;
  return {.consumed = kFileHeaderBytes, .wanted = 0, .damage = {}};
}

template <bool kBigEndian>
Progress PcapParser::parse_records(ByteView view, std::size_t start, std::vector<packet::Frame>& frames,
                                   std::size_t max_frames) {
  const std::size_t header_bytes = shape_.record_header_bytes;
  const std::int64_t per_tick = shape_.nanoseconds_per_tick;
  const std::uint8_t* p = view.data() + start;
  const std::uint8_t* const end = view.data() + view.size();
  const auto consumed = [&] { return static_cast<std::size_t>(p - view.data()); };
  while (frames.size() < max_frames) {
    const auto left = static_cast<std::size_t>(end - p);
    if (left < header_bytes) return {.consumed = consumed(), .wanted = header_bytes, .damage = {}};
    if (is_cold_) look_ahead_.at<kBigEndian>(p, end, shape_.record_header_bytes);
    const std::uint32_t captured = load32<kBigEndian>(p + 8);
    if (captured - 1 >= kMaxRecordBytes) [[unlikely]] {  // none, or too many
      if (captured != 0) return {consumed(), 0, Damage{ErrorCode::kLimit, outgrown(captured)}};
      if (is_next_header({p, left})) {
        // Number by number, as any may show that it is none.
        const std::size_t next = left / 4 * 4 + 4;
        if (left < kFileHeaderBytes) return {.consumed = consumed(), .wanted = next, .damage = {}};
        has_header_ = false;
        break;
      }
    }
    const std::size_t record_bytes = header_bytes + captured;
    if (left < record_bytes) return {.consumed = consumed(), .wanted = record_bytes, .damage = {}};
    const std::int64_t seconds = load32<kBigEndian>(p);
    const std::int64_t ticks = load32<kBigEndian>(p + 4);
    frames.push_back({.bytes = ByteView(p + header_bytes, captured),
                      .original_length = std::max(load32<kBigEndian>(p + 12), captured),
                      .link_type = link_type_,
                      .time = Timestamp(Duration(seconds * 1'000'000'000 + ticks * per_tick))});
    p += record_bytes;
  }
  return {.consumed = consumed(), .wanted = 0, .damage = {}};
}

Damage PcapParser::cut(ByteView rest) const {
  const auto of = [](std::size_t have, std::size_t all) {
    return std::to_string(have) + " of " + std::to_string(all) + " bytes";
  };
  const std::size_t header_bytes = shape_.record_header_bytes;
  if (!has_header_)
    return {ErrorCode::kTruncated, "the file ends inside its header: " + of(rest.size(), kFileHeaderBytes)};
  if (is_next_header(rest)) {
    return {ErrorCode::kTruncated,
            "the file ends inside the header of another one: " + of(rest.size(), kFileHeaderBytes)};
  }
  if (rest.size() < header_bytes) {
    return {ErrorCode::kTruncated,
            "the file ends inside a packet record's header: " + of(rest.size(), header_bytes)};
  }
  const std::uint32_t captured = load32(rest.data() + 8, shape_.big_endian);
  return {ErrorCode::kTruncated,
          "the file ends inside a packet record: " + of(rest.size() - header_bytes, captured)};
}

}  // namespace mogura::capture::detail
