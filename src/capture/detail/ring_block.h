#pragma once

// The frames in one block of a TPACKET_V3 ring (linux/if_packet.h; Documentation/networking/packet_mmap.rst).
// Knows nothing of sockets.
//
//   block:  tpacket_block_desc │ … │ tpacket3_hdr, sockaddr_ll, …, frame │ tpacket3_hdr, … │ free
//                                └ offset_to_first_pkt  └ tp_mac            └ tp_next_offset from the header
//                                before
//
// The kernel owns a block until it sets TP_STATUS_USER in it, and again from give_back() on. One thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "packet/frame.h"

namespace mogura::capture::detail {

// Room in front of each frame for the VLAN tag that the kernel took out of it (PACKET_RESERVE).
inline constexpr std::size_t kVlanTagBytes = 4;

struct RingFormat {
  packet::LinkType link_type = packet::LinkType::kEthernet;
  bool skips_outgoing = false;  // the loopback interface shows each packet on its way out and on its way in
};

using Block = std::span<std::uint8_t>;

// Whether the kernel has filled the block and handed it over.
bool is_ready(Block block);
// Appends its frames. VLAN tags that came beside a frame are put back into it, in place; so a block is read
// once. What does not lie within the block is left out.
void read_block(Block block, const RingFormat& format, std::vector<packet::Frame>& frames);
void give_back(Block block);

}  // namespace mogura::capture::detail
