#include "capture/detail/parser.h"

#include "capture/detail/pcap.h"
#include "capture/detail/pcapng.h"

namespace mogura::capture::detail {
namespace {

constexpr std::uint32_t kPcapngMagic = 0x0A0D0D0A;  // the same in both byte orders
constexpr std::uint32_t kZstdMagic = 0x28B52FFD;    // RFC 8878 §3.1.1, as it stands in the file
// RFC 8878 §3.1.2: skippable frames begin with 0x50 to 0x5F, then these.
constexpr std::uint32_t kZstdSkippable = 0x2A4D18;

}  // namespace

Content recognise(ByteView first) {
  if (first.size() < kMagicBytes) return Content::kUnknown;
  const std::uint32_t magic = load_be32(first.data());
  if (magic == kPcapngMagic) return Content::kPcapng;
  if (pcap_shape(magic)) return Content::kPcap;
  if ((magic >> 16) == 0x1F8B) return Content::kGzip;  // RFC 1952 §2.3.1
  if (magic == kZstdMagic || ((magic & 0xFFFFFF) == kZstdSkippable && (magic >> 28) == 5))
    return Content::kZstd;
  return Content::kUnknown;
}

std::unique_ptr<Parser> make_parser(Content content, bool is_cold) {
  switch (content) {
    case Content::kPcap:
      return std::make_unique<PcapParser>(is_cold);
    case Content::kPcapng:
      return std::make_unique<PcapngParser>();
    case Content::kUnknown:
    case Content::kGzip:
    case Content::kZstd:
      break;
  }
  return nullptr;
}

}  // namespace mogura::capture::detail
