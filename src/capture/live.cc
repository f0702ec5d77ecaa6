#include "capture/live.h"

#include "capture/detail/interface.h"
#include "capture/detail/packet_ring.h"
#include "capture/detail/pcap_live.h"

namespace mogura::capture {
namespace {

// libpcap's name for all interfaces together.
constexpr std::string_view kAllInterfaces = "any";

Result<std::vector<std::unique_ptr<LiveRing>>> open_with_libpcap(const LiveOptions& options) {
  Result<std::unique_ptr<LiveRing>> one = detail::open_pcap(options);
  if (!one) return tl::unexpected(one.error());
  std::vector<std::unique_ptr<LiveRing>> rings;
  rings.push_back(std::move(*one));
  return rings;
}

}  // namespace

Result<std::vector<std::unique_ptr<LiveRing>>> open_live(const LiveOptions& options) {
  if (options.interface == kAllInterfaces) return open_with_libpcap(options);
  const Result<detail::Interface> interface = detail::find_interface(options.interface);
  if (!interface) return tl::unexpected(interface.error());
  if (options.force_libpcap) return open_with_libpcap(options);
  Result<std::vector<std::unique_ptr<LiveRing>>> rings = detail::open_packet_rings(options, *interface);
  if (!rings && rings.error().code == ErrorCode::kUnsupported) return open_with_libpcap(options);
  return rings;
}

}  // namespace mogura::capture
