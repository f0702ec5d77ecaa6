#pragma once

// Tunnels that mirror ports and overlays put around frames: GRE (RFC 2784, RFC 2890) with ERSPAN in it
// (draft-foschiano-erspan), and over UDP VXLAN (RFC 7348) and GENEVE (RFC 8926). Each function takes the
// cursor past the tunnel's headers and says what is inside. No state.

#include "packet/detail/cursor.h"

namespace mogura::packet::detail {

Next gre(Cursor& cursor);

// A UDP header, and VXLAN or GENEVE behind it if port and header say so; anything else is just UDP, which
// ends the walk.
Next udp(Cursor& cursor);

}  // namespace mogura::packet::detail
