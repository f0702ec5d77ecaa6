#pragma once

// IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers, AH (RFC 4302) and fragments, up to the
// header of what they carry. Each function takes the cursor past one IP header, notes its addresses and
// length, and says what follows; a fragment stops the walk unless it completes its datagram, in which case
// the cursor moves on in the fragment store.

#include "packet/detail/cursor.h"
#include "packet/detail/fragments.h"

namespace mogura::packet::detail {

// Extension headers looked through in one packet; beyond, the frame counts as too deep. RFC 8200 §4.1 knows
// seven.
inline constexpr unsigned kExtensionHeaders = 16;

Next ip(Cursor& cursor);  // either version, by its first four bits. Moves nothing.
Next ipv4(Cursor& cursor, Fragments& fragments);
Next ipv6(Cursor& cursor, Fragments& fragments);

}  // namespace mogura::packet::detail
