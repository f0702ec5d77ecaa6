#pragma once

// Recognises a protocol by the first bytes of both directions of a stream (what follows a CONNECT, an
// Upgrade, or a bare connection). Evidence is in the bytes alone: ports are not known here. A recogniser
// answers yes only where chance is an unlikely explanation; what nobody recognises is `unknown`.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace mogura::protocol {

enum class Inner : std::uint8_t {
  kNone,  // no byte in either direction
  kTls,
  kSsh,
  kOpenVpn,
  kHttp,
  kHttp2,
  kSmtp,
  kImap,
  kPop3,
  kFtp,
  kIrc,
  kRdp,
  kVnc,
  kSocks,
  kBitTorrent,
  kSmb,
  kMySql,
  kPostgreSql,
  kTinc,
  kUnknown,
};
// "none", "tls", "ssh", "openvpn", "http", "http2", "smtp", "imap", "pop3", "ftp", "irc", "rdp", "vnc",
// "socks", "bittorrent", "smb", "mysql", "postgresql", "tinc", "unknown".
std::string_view name_of(Inner protocol);

// Of each direction no more bytes than these are looked at; a direction that has them is final.
inline constexpr std::size_t kInnerBytes = 1024;

// What has been seen of a stream from its first byte on.
struct EarlyBytes {
  ByteView up;    // from the client
  ByteView down;  // from the server
  // No more bytes will be added: the stream ended, has a gap, or the caller's limit is reached.
  bool up_is_final = false;
  bool down_is_final = false;
};

struct Recognition {
  Inner protocol = Inner::kUnknown;  // while not final: what it looks like so far
  bool is_final = false;             // false: more bytes could change the answer
};

// Where the client speaks first its bytes decide, and the server's count only where the client's were not
// seen. A final answer is never contradicted by more bytes in either direction. A header of the PROXY
// protocol before the client's bytes is looked through. Answers kNone only when both views are empty.
// Complexity: linear in kInnerBytes at worst, a few bytes as a rule.
Recognition recognise(const EarlyBytes& early);

// Bytes of the header that load balancers put before a connection's own (HAProxy's PROXY protocol, versions 1
// and 2), which recognise() looks through by itself: 0 where there is none, nothing while more bytes are
// needed to tell.
std::optional<std::size_t> proxy_protocol_bytes(ByteView bytes);

}  // namespace mogura::protocol
