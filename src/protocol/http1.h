#pragma once

// One direction of an HTTP/1.x connection (RFC 9112), read as it was captured: messages one after the other,
// heads as values, bodies walked through without being kept. llhttp reads the heads and the chunks; this
// class decides where bodies end, survives gaps, and enforces the limits. Lenient where the wire is odd: it
// watches, it does not relay.
//
// A head that breaks off (at a gap, at the limit, at the end) is reported too, as far as it is sure: see
// Http1Head::is_partial.
//
// It does not pair requests with responses; the caller does, and tells a response parser what only the
// request knows. Values of Cookie, Set-Cookie, Authorization and Proxy-Authorization are never kept; only
// that they were there.
//
//   feed() ──► kHead ──► feed() … ──► kMessageEnd ──► feed() ──► kHead …
//                 └─ a head that switches protocols (CONNECT 2xx, 101): the caller stops feeding; the rest is
//                 not HTTP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "protocol/authority.h"

namespace mogura::protocol {

enum class Http1Role : std::uint8_t { kRequest, kResponse };

// What is kept of a head. Strings are empty where the field was absent; `has` tells absent from empty. A
// field that repeats is joined with ", " (RFC 9110 §5.3), except Host and User-Agent where the first counts.
//
// Of a partial head, what it says is as in the whole one, but there may be more: further fields, and further
// lines of the fields that are joined. A field whose value was not seen to its end counts as absent, except
// those of which only the presence is kept.
struct Http1Head {
  enum Field : std::uint32_t {
    kHost = 1u << 0,
    kUserAgent = 1u << 1,
    kVia = 1u << 2,
    kXForwardedFor = 1u << 3,
    kForwarded = 1u << 4,
    kUpgrade = 1u << 5,
    kContentLength = 1u << 6,
    kTransferEncoding = 1u << 7,
    kCookie = 1u << 8,               // Cookie in requests, Set-Cookie in responses; value never kept
    kReferer = 1u << 9,              // value not kept
    kAuthorization = 1u << 10,       // value never kept
    kProxyAuthorization = 1u << 11,  // value never kept
    kServer = 1u << 12,
    kContentType = 1u << 13,
    kConnection = 1u << 14,  // value not kept
  };

  std::string method;  // requests: as sent
  std::string target;  // requests: as sent, cut at Limits::text_bytes; may hold secrets in a query, so it is
                       // never written out whole
  std::uint16_t status = 0;           // responses: 100 to 999
  std::uint8_t major = 1, minor = 1;  // 0.9 for a request line without version, which is a whole head; but
                                      // 1.0 for such a CONNECT, which may have fields
  std::uint32_t fields = 0;           // bits of Field
  std::uint32_t field_count = 0;
  std::uint32_t head_bytes = 0;  // start line to empty line, with both

  std::string host, user_agent, via, x_forwarded_for, forwarded, upgrade, server, content_type;
  std::uint64_t content_length = 0;  // with kContentLength, where it was one valid number
  bool chunked = false;              // the last transfer coding is chunked
  bool connection_upgrade = false;   // Connection lists "upgrade"
  bool connection_close = false;     // Connection: close, or HTTP/1.0 and older without keep-alive; of a
                                     // partial head only the former
  // The head was not read to its end: a gap came, the limit, too many lines that are not fields, or the end
  // of the stream. If that was in the first line, major and minor are 1.1, whatever came.
  bool is_partial = false;
  // And it was within the target: `target` is how it begins, if that is a path, or a URL with all of its
  // authority; otherwise empty, lest half a name be taken for a name.
  bool is_target_cut = false;

  [[nodiscard]] bool has(Field field) const { return (fields & field) != 0; }
  void clear();  // keeps the strings' memory
};

inline void Http1Head::clear() {
  for (std::string* text : {&method, &target, &host, &user_agent, &via, &x_forwarded_for, &forwarded,
                            &upgrade, &server, &content_type}) {
    text->clear();
  }
  status = 0;
  major = minor = 1;
  fields = field_count = head_bytes = 0;
  content_length = 0;
  chunked = connection_upgrade = connection_close = false;
  is_partial = is_target_cut = false;
}

// Whether bytes are the beginning of a message, as far as they go.
enum class Likeness : std::uint8_t { kNo, kNeedMore, kYes };
// A method token of RFC 9110 §9 or the IANA method registry (WebDAV and others), RPC_IN_DATA, RPC_OUT_DATA
// and others in use, in any case, followed by spaces or tabs (fewer than 2048); leading empty lines are
// tolerated. kYes needs the method, a space and a plausible target: its first byte for CONNECT and for a
// path, all of "http://" (https, ws, wss, ftp) for a URL, a word and " HTTP/1." (or another digit) behind it
// for anything else. An unknown method in capital letters needs a URL, or a path and version 0 or 1. kYes and
// kNo are final: more bytes do not change them.
Likeness looks_like_request(ByteView bytes);
// "HTTP/1." in any case and a digit, or "ICY ".
Likeness looks_like_response(ByteView bytes);

class Http1Parser {
 public:
  enum class Event : std::uint8_t {
    kNeedMore,    // all was consumed, nothing to report
    kHead,        // head() is set; consumed up to the end of the head
    kMessageEnd,  // the message's body (perhaps none) and trailers are over
    kMalformed,   // not HTTP from here on; the parser is lost and consumed the whole view. error() tells why.
                  // If it came in a head of which something is sure, that is head(), with is_partial
    kLimit,       // a head, trailer section or chunk line exceeded Limits::http_head_bytes; likewise
  };
  struct Step {
    Event event;
    std::size_t consumed;
  };
  // What a gap did.
  enum class Skip : std::uint8_t {
    kKept,         // the place in the stream is still known
    kPartialHead,  // it is lost; head() is set to what was seen of a head (Http1Head::is_partial)
    kLost,         // it is lost
  };

  struct BodyPiece {
    std::uint64_t count = 0;  // body bytes (decoded length for chunked), those skipped included
    ByteView first_run;       // the first of them that lay together in the view; as long as the view
  };

  Http1Parser(Http1Role role, const Limits& limits);
  ~Http1Parser();
  Http1Parser(Http1Parser&&) noexcept;
  Http1Parser& operator=(Http1Parser&&) noexcept;

  // Reads on, up to the next event. A kHead is always followed by a kMessageEnd (perhaps with no byte
  // between), unless a gap intervenes; a partial head never is. Once lost, bytes are consumed silently until
  // a view begins with what looks like a message (Likeness::kYes); there parsing starts again. Up to a loss,
  // the events do not depend on how the stream is cut into views.
  //
  // Where bodies end (RFC 9112 §6.3): chunked wins over a length; a response without either, or either with a
  // coding other than chunked last, or with a length that is no number or several that differ, lasts until
  // close. Codings and lengths of a CONNECT request count, since a proxy that refuses it reads that body.
  Step feed(ByteView bytes);

  // `count` bytes are missing. kKept: they lay inside a body whose end is still known (length-delimited,
  // until close, or within the data of one chunk); when the gap reached exactly the end of a length-delimited
  // body, the next feed() reports kMessageEnd with nothing consumed. Otherwise the place in the stream is
  // lost; see feed(). kPartialHead: they broke off a head that is a response's by its status and what ends
  // it, or a request's by what looks_like_request() asks for. Such a head is over: no kMessageEnd follows.
  Skip skip(std::uint64_t count);

  // The stream is over. kMessageEnd if that ends a message properly (body until close), kMalformed if it cuts
  // one (a head: as for feed()), kNeedMore if none was open.
  Event finish();

  // The message being read has a body that lasts until close. finish() ends it, and another may follow.
  [[nodiscard]] bool lasts_until_close() const;

  // After kHead of a response, before the next feed(): this response has no body whatever its fields say
  // (HEAD).
  void expect_no_body();

  // The head of the latest kHead, kPartialHead, or event that broke one off; valid until the next feed().
  [[nodiscard]] const Http1Head& head() const;
  [[nodiscard]] bool is_lost() const;
  // A static text naming what was wrong; holds none of the message's bytes.
  [[nodiscard]] std::string_view error() const;
  // Body bytes (decoded length for chunked) of the message being read, or just ended.
  [[nodiscard]] std::uint64_t body_bytes() const;
  // What the latest feed() or skip() brought of a body.
  [[nodiscard]] const BodyPiece& body_piece() const;
  // Within a head, its first bytes seen and its end not.
  [[nodiscard]] bool is_in_head() const;
  // Behind a head that announced a body, its end not seen. Not while is_lost().
  [[nodiscard]] bool is_in_body() const;

  // Forgets everything; as new. Keeps memory, so that parsers can be pooled.
  void reset(Http1Role role);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::protocol
