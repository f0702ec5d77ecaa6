#pragma once

// The pcapng file format (draft-ietf-opsawg-pcapng): sections, each in its own byte order and with its own
// interfaces, made of blocks. Packets come from Enhanced, Simple and the obsolete Packet Blocks; an
// interface's link type, snapshot length, time resolution and time offset are obeyed; every other block is
// skipped by its length. One thread.
//
//   block  type 4 | length 4 | body, a multiple of 4 | the same length 4

#include "capture/detail/parser.h"

namespace mogura::capture::detail {

// How an interface counts time.
class TimeScale {
 public:
  TimeScale() = default;
  // `resolution` as if_tsresol has it: 10^-n seconds, or 2^-n with the top bit set. `offset_seconds`:
  // if_tsoffset.
  TimeScale(std::uint8_t resolution, std::int64_t offset_seconds);

  // Cut to the range of kLatestNanoseconds.
  [[nodiscard]] Timestamp to_time(std::uint64_t ticks) const;

 private:
  [[nodiscard]] Timestamp to_time_slowly(std::uint64_t ticks) const;

  std::uint8_t resolution_ = 6;
  std::int64_t offset_seconds_ = 0;
  // For the usual resolutions, down to nanoseconds: fewer ticks than this are multiplied. 0: none are.
  std::uint64_t limit_ = static_cast<std::uint64_t>(kLatestNanoseconds) / 1000;
  std::uint64_t per_tick_ = 1000;
};

class PcapngParser final : public Parser {
 public:
  Progress parse(ByteView view, std::vector<packet::Frame>& frames, std::size_t max_frames) override;
  [[nodiscard]] Damage cut(ByteView rest) const override;

 private:
  struct Interface {
    packet::LinkType link_type = packet::LinkType::kEthernet;
    std::uint32_t snapshot_bytes = 0;  // 0: no limit
    TimeScale time_scale;
  };

  // What one block was: skipped or taken in (nothing), or damaged.
  using Outcome = std::optional<Damage>;

  // The length of the block at the front of `view`, which has at least kLeastBlockBytes; or what is wrong
  // with it.
  Outcome block_length(ByteView view, std::uint32_t& length);
  Outcome parse_block(ByteView block, std::vector<packet::Frame>& frames);
  Outcome parse_section(ByteView body);
  Outcome parse_interface(ByteView body);
  Outcome parse_options(ByteView options, Interface& interface) const;
  Outcome parse_enhanced(ByteView body, std::vector<packet::Frame>& frames);
  Outcome parse_obsolete(ByteView body, std::vector<packet::Frame>& frames);
  Outcome parse_simple(ByteView body, std::vector<packet::Frame>& frames);
  // The part of the two packet blocks that is the same: `fields` are time, lengths and bytes.
  Outcome parse_packet(std::uint32_t interface, ByteView fields, std::vector<packet::Frame>& frames);

  [[nodiscard]] std::uint32_t load(const std::uint8_t* p) const;

  bool big_endian_ = false;
  std::vector<Interface> interfaces_;
  Timestamp last_time_;
};

}  // namespace mogura::capture::detail
