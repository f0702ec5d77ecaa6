#include "capture/detail/ring_block.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace mogura::capture::detail {
namespace {

constexpr std::size_t kMacAddresses = 2 * std::size_t{ETH_ALEN};
// TPACKET_ALIGN, which mixes signs.
constexpr std::size_t kAddressAt =
    (sizeof(tpacket3_hdr) + TPACKET_ALIGNMENT - 1) / TPACKET_ALIGNMENT * TPACKET_ALIGNMENT;
constexpr std::size_t kHeaderBytes = kAddressAt + sizeof(sockaddr_ll);

std::atomic_ref<std::uint32_t> status_of(Block block) {
  auto* header = reinterpret_cast<tpacket_block_desc*>(block.data());
  return std::atomic_ref<std::uint32_t>(header->hdr.bh1.block_status);
}

template <class Header>
Header load(const std::uint8_t* from) {
  Header header;
  std::memcpy(&header, from, sizeof header);
  return header;
}

// Moves the MAC addresses forward and writes the tag behind them.
ByteView with_tag(std::uint8_t* frame, std::size_t length, const tpacket3_hdr& header) {
  const bool has_tpid = (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  const unsigned tpid = has_tpid ? header.hv1.tp_vlan_tpid : unsigned{ETH_P_8021Q};
  const unsigned tci = header.hv1.tp_vlan_tci;
  std::uint8_t* tagged = frame - kVlanTagBytes;
  std::memmove(tagged, frame, kMacAddresses);
  tagged[kMacAddresses] = static_cast<std::uint8_t>(tpid >> 8);
  tagged[kMacAddresses + 1] = static_cast<std::uint8_t>(tpid);
  tagged[kMacAddresses + 2] = static_cast<std::uint8_t>(tci >> 8);
  tagged[kMacAddresses + 3] = static_cast<std::uint8_t>(tci);
  return {tagged, length + kVlanTagBytes};
}

bool is_outgoing(const std::uint8_t* header) {
  return load<sockaddr_ll>(header + kAddressAt).sll_pkttype == PACKET_OUTGOING;
}

Timestamp time_of(const tpacket3_hdr& header) {
  return Timestamp(std::chrono::seconds(header.tp_sec) + std::chrono::nanoseconds(header.tp_nsec));
}

}  // namespace

bool is_ready(Block block) {
  return (status_of(block).load(std::memory_order_acquire) & TP_STATUS_USER) != 0;
}

void give_back(Block block) {
  status_of(block).store(TP_STATUS_KERNEL, std::memory_order_release);
}

void read_block(Block block, const RingFormat& format, std::vector<packet::Frame>& frames) {
  const auto description = load<tpacket_block_desc>(block.data()).hdr.bh1;
  std::size_t at = description.offset_to_first_pkt;
  for (std::uint32_t i = 0; i < description.num_pkts; ++i) {
    if (at > block.size() || block.size() - at < kHeaderBytes) return;
    std::uint8_t* start = block.data() + at;
    const auto header = load<tpacket3_hdr>(start);
    const std::size_t room = block.size() - at;
    if (header.tp_mac < kHeaderBytes || header.tp_mac > room || header.tp_snaplen > room - header.tp_mac)
      return;
    at += header.tp_next_offset;
    if (format.skips_outgoing && is_outgoing(start)) continue;

    packet::Frame& frame = frames.emplace_back();
    frame.link_type = format.link_type;
    frame.time = time_of(header);
    frame.original_length = header.tp_len;
    frame.bytes = ByteView(start + header.tp_mac, header.tp_snaplen);
    const bool has_tag = (header.tp_status & TP_STATUS_VLAN_VALID) != 0 &&
                         header.tp_snaplen >= kMacAddresses && header.tp_mac >= kHeaderBytes + kVlanTagBytes;
    if (has_tag && format.link_type == packet::LinkType::kEthernet) {
      frame.bytes = with_tag(start + header.tp_mac, header.tp_snaplen, header);
      frame.original_length += kVlanTagBytes;
    }
    frame.original_length = std::max(frame.original_length, static_cast<std::uint32_t>(frame.bytes.size()));
  }
}

}  // namespace mogura::capture::detail
