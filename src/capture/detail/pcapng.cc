#include "capture/detail/pcapng.h"

#include <algorithm>
#include <limits>

#include "capture/detail/byte_order.h"

namespace mogura::capture::detail {
namespace {

enum BlockType : std::uint32_t {
  kInterface = 1,
  kObsoletePacket = 2,
  kSimplePacket = 3,
  kEnhancedPacket = 6,
  kSection = 0x0A0D0D0A,
};

enum OptionCode : std::uint16_t { kEndOfOptions = 0, kTimeResolution = 9, kTimeOffset = 14 };

constexpr std::uint32_t kBlockHeaderBytes = 8;
constexpr std::uint32_t kLeastBlockBytes = 12;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kMajorVersion = 1;
constexpr std::uint8_t kBinaryResolution = 0x80;

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

constexpr std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

Damage malformed(std::string cause) {
  return {ErrorCode::kFormat, std::move(cause)};
}

std::string count_of(std::size_t have, std::size_t all) {
  return std::to_string(have) + " of " + std::to_string(all) + " bytes";
}

}  // namespace

TimeScale::TimeScale(std::uint8_t resolution, std::int64_t offset_seconds)
    : resolution_(resolution), offset_seconds_(offset_seconds), limit_(0), per_tick_(0) {
  if (resolution > 9 || offset_seconds != 0) return;
  per_tick_ = power_of_ten(9u - resolution);
  limit_ = static_cast<std::uint64_t>(kLatestNanoseconds) / per_tick_;
}

Timestamp TimeScale::to_time(std::uint64_t ticks) const {
  if (ticks >= limit_) return to_time_slowly(ticks);
  return Timestamp(Duration(static_cast<std::int64_t>(ticks * per_tick_)));
}

Timestamp TimeScale::to_time_slowly(std::uint64_t ticks) const {
  const unsigned exponent = resolution_ & ~unsigned{kBinaryResolution};
  Wide nanoseconds = 0;
  if ((resolution_ & kBinaryResolution) != 0) {
    nanoseconds = (Wide{ticks} * kNanoseconds) >> exponent;  // below 2^94; the exponent is at most 127
  } else if (exponent <= 9) {
    nanoseconds = Wide{ticks} * power_of_ten(9 - exponent);
  } else if (exponent - 9 <= std::numeric_limits<std::uint64_t>::digits10) {
    nanoseconds = ticks / power_of_ten(exponent - 9);
  }
  const SignedWide sum =
      static_cast<SignedWide>(nanoseconds) + SignedWide{offset_seconds_} * SignedWide{kNanoseconds};
  const SignedWide kept = std::clamp<SignedWide>(sum, 0, kLatestNanoseconds);
  return Timestamp(Duration(static_cast<std::int64_t>(kept)));
}

std::uint32_t PcapngParser::load(const std::uint8_t* p) const {
  return load32(p, big_endian_);
}

Progress PcapngParser::parse(ByteView view, std::vector<packet::Frame>& frames, std::size_t max_frames) {
  std::size_t at = 0;
  while (frames.size() < max_frames) {
    const ByteView rest = view.subspan(at);
    if (rest.size() < kLeastBlockBytes) return {.consumed = at, .wanted = kLeastBlockBytes, .damage = {}};
    std::uint32_t length = 0;
    if (Outcome damage = block_length(rest, length)) return {at, 0, std::move(damage)};
    if (rest.size() < length) return {.consumed = at, .wanted = length, .damage = {}};
    if (Outcome damage = parse_block(rest.first(length), frames)) return {at, 0, std::move(damage)};
    at += length;
  }
  return {.consumed = at, .wanted = 0, .damage = {}};
}

// A section header says itself in which order it is written, and so how its length is to be read.
PcapngParser::Outcome PcapngParser::block_length(ByteView view, std::uint32_t& length) {
  if (load(view.data()) == kSection) {
    const std::uint32_t magic = load_be32(view.data() + 8);
    if (magic != kByteOrderMagic && magic != __builtin_bswap32(kByteOrderMagic)) {
      return malformed("section header without the pcapng byte-order magic");
    }
    big_endian_ = magic == kByteOrderMagic;
  }
  length = load(view.data() + 4);
  if (length < kLeastBlockBytes || length % 4 != 0) {
    return malformed("block length " + std::to_string(length) + " is not a multiple of 4 that is 12 or more");
  }
  if (length > kMaxBlockBytes) {
    return Damage{ErrorCode::kLimit,
                  "block length " + std::to_string(length) + " exceeds " + std::to_string(kMaxBlockBytes)};
  }
  return std::nullopt;
}

PcapngParser::Outcome PcapngParser::parse_block(ByteView block, std::vector<packet::Frame>& frames) {
  const std::uint32_t length = load(block.data() + 4);
  const std::uint32_t trailer = load(block.data() + block.size() - 4);
  if (length != trailer) {
    return malformed("block length " + std::to_string(length) + " in front, " + std::to_string(trailer) +
                     " behind");
  }
  const ByteView body = block.subspan(kBlockHeaderBytes, block.size() - kLeastBlockBytes);
  switch (load(block.data())) {
    case kEnhancedPacket:
      return parse_enhanced(body, frames);
    case kSimplePacket:
      return parse_simple(body, frames);
    case kObsoletePacket:
      return parse_obsolete(body, frames);
    case kInterface:
      return parse_interface(body);
    case kSection:
      return parse_section(body);
    default:  // names, statistics, comments, secrets, and whatever is yet to come
      return std::nullopt;
  }
}

// byte-order magic 4 | major 2 | minor 2 | section length 8 | options
PcapngParser::Outcome PcapngParser::parse_section(ByteView body) {
  if (body.size() < 16) return malformed("section header too short: " + count_of(body.size(), 16));
  const std::uint16_t major = load16(body.data() + 4, big_endian_);
  if (major != kMajorVersion) {
    return Damage{ErrorCode::kUnsupported, "pcapng version " + std::to_string(major) + ", known is 1"};
  }
  interfaces_.clear();
  return std::nullopt;
}

// link type 2 | reserved 2 | snapshot length 4 | options
PcapngParser::Outcome PcapngParser::parse_interface(ByteView body) {
  if (body.size() < 8) return malformed("interface description too short: " + count_of(body.size(), 8));
  if (interfaces_.size() >= kMaxInterfaces) {
    return Damage{ErrorCode::kLimit,
                  "more than " + std::to_string(kMaxInterfaces) + " interfaces in a section"};
  }
  Interface interface;
  interface.link_type = packet::LinkType{load16(body.data(), big_endian_)};
  interface.snapshot_bytes = load(body.data() + 4);
  if (Outcome damage = parse_options(body.subspan(8), interface)) return damage;
  interfaces_.push_back(interface);
  return std::nullopt;
}

// Options: code 2 | length 2 | value, padded to a multiple of 4.
PcapngParser::Outcome PcapngParser::parse_options(ByteView options, Interface& interface) const {
  std::uint8_t resolution = 6;
  std::int64_t offset_seconds = 0;
  while (options.size() >= 4) {
    const std::uint16_t code = load16(options.data(), big_endian_);
    const std::size_t length = load16(options.data() + 2, big_endian_);
    if (code == kEndOfOptions) break;
    const std::size_t padded = (length + 3) / 4 * 4;
    if (padded > options.size() - 4) return malformed("an option runs past the end of its block");
    const std::uint8_t* value = options.data() + 4;
    if (code == kTimeResolution && length == 1) resolution = *value;
    if (code == kTimeOffset && length == 8)
      offset_seconds = static_cast<std::int64_t>(load64(value, big_endian_));
    options = options.subspan(4 + padded);
  }
  interface.time_scale = TimeScale(resolution, offset_seconds);
  return std::nullopt;
}

// interface 4 | time 8 | captured length 4 | original length 4 | bytes | options
PcapngParser::Outcome PcapngParser::parse_enhanced(ByteView body, std::vector<packet::Frame>& frames) {
  if (body.size() < 20) return malformed("packet block too short: " + count_of(body.size(), 20));
  return parse_packet(load(body.data()), body.subspan(4), frames);
}

// interface 2 | drops 2 | the rest as above
PcapngParser::Outcome PcapngParser::parse_obsolete(ByteView body, std::vector<packet::Frame>& frames) {
  if (body.size() < 20) return malformed("packet block too short: " + count_of(body.size(), 20));
  return parse_packet(load16(body.data(), big_endian_), body.subspan(4), frames);
}

PcapngParser::Outcome PcapngParser::parse_packet(std::uint32_t interface, ByteView fields,
                                                 std::vector<packet::Frame>& frames) {
  if (interface >= interfaces_.size()) {
    return malformed("packet of interface " + std::to_string(interface) + ", of " +
                     std::to_string(interfaces_.size()) + " described");
  }
  const std::uint8_t* p = fields.data();
  const std::uint64_t ticks = (std::uint64_t{load(p)} << 32) | load(p + 4);
  const std::uint32_t captured = load(p + 8);
  if (captured > kMaxRecordBytes) {
    return Damage{ErrorCode::kLimit, "captured length " + std::to_string(captured) + " exceeds " +
                                         std::to_string(kMaxRecordBytes)};
  }
  if (captured > fields.size() - 16) {
    return malformed("captured length " + std::to_string(captured) + " exceeds the block's " +
                     std::to_string(fields.size() - 16));
  }
  last_time_ = interfaces_[interface].time_scale.to_time(ticks);
  frames.push_back({.bytes = fields.subspan(16, captured),
                    .original_length = std::max(load(p + 12), captured),
                    .link_type = interfaces_[interface].link_type,
                    .time = last_time_});
  return std::nullopt;
}

// original length 4 | bytes, padded. Of interface 0, cut at its snapshot length, and without a time: it gets
// the time of the packet before it.
PcapngParser::Outcome PcapngParser::parse_simple(ByteView body, std::vector<packet::Frame>& frames) {
  if (body.size() < 4) return malformed("packet block too short: " + count_of(body.size(), 4));
  if (interfaces_.empty()) return malformed("packet of interface 0, of 0 described");
  const std::uint32_t original = load(body.data());
  const std::uint32_t snapshot = interfaces_[0].snapshot_bytes;
  const std::uint32_t captured = snapshot == 0 ? original : std::min(original, snapshot);
  // Some writers cut at a length other than the one they declared: what the block holds is what there is.
  const std::size_t kept = std::min<std::size_t>(captured, body.size() - 4);
  if (kept > kMaxRecordBytes) {
    return Damage{ErrorCode::kLimit,
                  "captured length " + std::to_string(kept) + " exceeds " + std::to_string(kMaxRecordBytes)};
  }
  frames.push_back({.bytes = body.subspan(4, kept),
                    .original_length = original,
                    .link_type = interfaces_[0].link_type,
                    .time = last_time_});
  return std::nullopt;
}

Damage PcapngParser::cut(ByteView rest) const {
  if (rest.size() < kLeastBlockBytes) {
    return {ErrorCode::kTruncated,
            "the file ends inside a block's header: " + count_of(rest.size(), kLeastBlockBytes)};
  }
  return {ErrorCode::kTruncated,
          "the file ends inside a block: " + count_of(rest.size(), load(rest.data() + 4))};
}

}  // namespace mogura::capture::detail
