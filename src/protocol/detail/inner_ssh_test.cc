#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"both", "'SSH-2.0-OpenSSH_9.2p1\\r\\n'", "'SSH-2.0-OpenSSH_9.2p1\\r\\n'", Inner::kSsh, "both identify"},
    {"client", "'SSH-2.0-Go\\r\\n'", "", Inner::kSsh, "only the client's direction was captured"},
    {"server", "", "'SSH-1.99-Cisco-1.25\\n'", Inner::kSsh, "only the server's direction was captured"},
    {"banner", "'SSH-2.0-PuTTY_Release_0.78\\r\\n'", "'Keep out\\r\\nof here\\r\\nSSH-2.0-dropbear\\r\\n'",
     Inner::kSsh, "lines before the server's identification"},
    {"banner-alone", "", "'Keep out\\r\\nSSH-2.0-dropbear\\r\\n'", Inner::kSsh,
     "only the server was captured"},
    {"probe", "0d0a0d0a", "'SSH-2.0-OpenSSH_9.2p1\\r\\n'", Inner::kSsh, "a prober who does not speak SSH"},
    {"binary-banner", "", "'Keep' 00 'out\\r\\nSSH-2.0-dropbear\\r\\n'", Inner::kUnknown,
     "not lines of text"},
    {"version", "'SSH-3.0-x\\r\\n'", "", Inner::kUnknown, "no such version"},
    {"mention", "'hello\\r\\n'", "'hello\\r\\nSSH-2.0-x\\r\\n'", Inner::kUnknown,
     "a server that talks about SSH to a client that does not speak it"},
};

TEST(InnerSsh, NeedsAnIdentificationString) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
