#pragma once

// The head that goes on, made from the head that came (RFC 9110 §7.6, RFC 9112 §3.2): origin-form for an
// origin, absolute-form for a parent proxy; hop-by-hop fields and those Connection lists are left out, Via is
// added; everything else passes byte for byte, in its order. Values in, bytes out; no I/O. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "challenge/gate.h"
#include "protocol/strict_head.h"

namespace mogura::proxy::detail {

struct ForwardOptions {
  std::string_view via_name;   // pseudonym: "mogura"
  std::string_view loop_mark;  // a comment in Via by which this proxy knows itself: "(mogura 3f2a…)"
  bool to_parent = false;      // absolute-form
  bool keeps_proxy_authorization = false;   // to a parent, where this proxy does not ask for it itself
  std::string_view forwarded_for;           // client address to append to X-Forwarded-For; empty: none
  const challenge::Gate* strips = nullptr;  // takes what is ours out of fields
};

enum class MaxForwards : std::uint8_t { kPass, kAnswerHere, kMalformed };
// RFC 9110 §7.6.2: of TRACE and OPTIONS only. kAnswerHere: it was 0.
MaxForwards max_forwards(const protocol::RequestHead& head);
// Via names us already: a loop, or at least 32 proxies were passed.
bool is_loop(const protocol::RequestHead& head, std::string_view loop_mark);

// Appended to `out`. The version is 1.1, whatever came (RFC 9112 §2.3). Connection is written anew, behind
// the other fields: "close" where `keep_alive` is false; with wants_upgrade(), "Upgrade", and Upgrade passes;
// TE: trailers passes (RFC 9110 §10.1.4) as "TE: trailers" and Connection: TE. Host is made to agree with an
// absolute-form target, in its place, or put first where there was none. Max-Forwards of TRACE and OPTIONS is
// one less. An HTTP/1.0 client's Expect is left out: it would not wait for 100. Of CONNECT to a parent, the
// start line is passed unchanged.
void forward_request(const protocol::RequestHead& head, const ForwardOptions& options, bool keep_alive,
                     std::string& out);
// `insert`: field lines to put behind the last field. `keep_alive`: what the client's connection will be;
// written as Connection (and for HTTP/1.0 clients, keep-alive). The version in the status line is 1.1
// (RFC 9112 §2.3), status and reason phrase pass; the space behind the status is put in where it is missing.
// 101 keeps Connection and Upgrade; 426 keeps Upgrade (RFC 9110 §15.5.22). `client_minor`: an HTTP/1.0 client
// gets no chunked coding and no 1xx: the caller sees to that; Transfer-Encoding is left out where
// `drops_chunked`. An interim response says nothing about the connection.
struct ForwardResponseOptions {
  std::string_view via_name;
  bool keep_alive = true;
  unsigned client_minor = 1;
  bool drops_chunked = false;
  std::string_view insert;
  // The parent proxy asks for credentials, not this one: its 407 and Proxy-Authenticate are for the client.
  bool keeps_proxy_authenticate = false;
};
void forward_response(const protocol::ResponseHead& head, const ForwardResponseOptions& options,
                      std::string& out);

}  // namespace mogura::proxy::detail
