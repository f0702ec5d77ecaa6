#pragma once

// An HTTP exchange as a session, as far as two heads tell: what a line of the gateway's own log would give
// (docs/formats/logs.md), and more. One exchange is one session: the gateway does not say which of them
// shared a connection. Bodies do not come through here; their sizes are what Content-Length says. Values; any
// thread.

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "protocol/strict_head.h"
#include "session/session.h"

namespace mogura::icap::detail {

// Of a request, what is kept until its response comes.
struct AskedFigures {
  Timestamp began{};
  Endpoint client{};       // port 0: not told
  std::uint16_t port = 0;  // of the authority, or of its scheme
  std::uint32_t head_bytes = 0, target_bytes = 0;
  std::uint64_t body_bytes = 0;  // 0 where no length was told, too
  double target_entropy_bits = 0;
  bool has_body = false, has_referer = false, has_cookie = false, has_user_agent = false;
};
AskedFigures figures_of(const protocol::RequestHead& head, const Endpoint& client, Timestamp began);

struct AskedTexts {
  std::string_view method, url, host, user_agent;
};

// What came back.
struct Answered {
  unsigned status = 0;  // 0: nothing came, or not this way
  std::uint64_t head_bytes = 0, body_bytes = 0;
  std::string_view content_type{};
  Timestamp time{};  // of the head; not before the request
};
Answered answer_of(const protocol::ResponseHead& head, std::size_t head_bytes, Timestamp time);

session::Session session_of(const AskedFigures& asked, const AskedTexts& texts, const Answered& answered);

}  // namespace mogura::icap::detail
