#pragma once

// The link layers: what capture files begin their frames with, Ethernet with its VLAN tags and LLC, PPP and
// PPPoE, and MPLS label stacks. Each function takes the cursor past one header and says what follows. No
// state.

#include <cstdint>

#include "packet/detail/cursor.h"
#include "packet/frame.h"

namespace mogura::packet::detail {

// The first layer of a frame, by its LINKTYPE_ (tcpdump.org/linktypes.html).
Next link_layer(Cursor& cursor, LinkType type);

// What an EtherType (IANA "IEEE 802 Numbers") announces. Moves nothing.
Next ether_type(std::uint16_t type);

Next ethernet(Cursor& cursor);  // IEEE 802.3 §3: Ethernet II, or a length with LLC behind it
Next vlan(Cursor& cursor);      // IEEE 802.1Q §9: the tag's contents, from the tag control information on
Next llc(Cursor& cursor);       // IEEE 802.2, and SNAP; only IP in it
Next ppp(Cursor& cursor);       // RFC 1661, with or without RFC 1662 address and control, or Cisco HDLC
Next pppoe(Cursor& cursor);     // RFC 2516 session stage
// RFC 3032 label stack. What is below says no one; by custom it is the first four bits: an IP version, or
// zero for a pseudowire's control word (RFC 4385), here of Ethernet (RFC 4448). Ethernet without control word
// is recognised by a known EtherType in its place.
Next mpls(Cursor& cursor);

}  // namespace mogura::packet::detail
