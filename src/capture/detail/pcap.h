#pragma once

// The pcap file format: one header, then records (draft-ietf-opsawg-pcap). Both byte orders, times in micro-
// or nanoseconds, and the "modified" variant with eight more bytes in each record header. One thread.
//
//   file    magic 4 | version 2+2 | reserved 4+4 | snapshot length 4 | link type 4 (low 16 bits; FCS bits
//   above) record  seconds 4 | fraction 4 | captured length 4 | original length 4 | [8 more] | captured bytes

// Files put one behind the other (cat, or the same of compressed ones) are read as such: a file header where
// a record could begin starts anew, with its own byte order, time unit and link type.

#include "capture/detail/look_ahead.h"
#include "capture/detail/parser.h"

namespace mogura::capture::detail {

// How the records of a pcap file are written, by its magic number.
struct PcapShape {
  bool big_endian = false;
  std::uint32_t nanoseconds_per_tick = 1000;
  std::uint32_t record_header_bytes = 16;
};

// `magic`: the first four bytes of the file, read as a big-endian number.
std::optional<PcapShape> pcap_shape(std::uint32_t magic);

// Whether `rest`, at a place where a record may begin, is the header of another file, or what there is of
// one; less than kMagicBytes is none. Stricter than what is asked of the first header: version 2.3 or 2.4,
// nothing in the reserved fields, a likely snapshot length, a link type. Taken for a record, it would be of a
// packet of no bytes at all, with the magic for its time and a next one decades away.
bool is_next_header(ByteView rest);

class PcapParser final : public Parser {
 public:
  explicit PcapParser(bool is_cold) : is_cold_(is_cold) {}

  Progress parse(ByteView view, std::vector<packet::Frame>& frames, std::size_t max_frames) override;
  [[nodiscard]] Damage cut(ByteView rest) const override;

 private:
  [[nodiscard]] Progress parse_header(ByteView view);
  // Up to where no more fits, or to the header of another file, which has_header_ tells.
  template <bool kBigEndian>
  Progress parse_records(ByteView view, std::size_t start, std::vector<packet::Frame>& frames,
                         std::size_t max_frames);

  bool is_cold_;
  bool has_header_ = false;
  PcapShape shape_;
  packet::LinkType link_type_ = packet::LinkType::kEthernet;
  LookAhead look_ahead_;
};

}  // namespace mogura::capture::detail
