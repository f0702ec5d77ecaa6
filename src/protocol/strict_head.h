#pragma once

// The head of a message that is to be relayed (RFC 9112 §2): read so that no two parsers can disagree about
// what it says. Where Http1Parser (protocol/http1.h) watches and is lenient, this refuses: a proxy that
// forwards what its neighbour reads differently is how requests are smuggled (RFC 9112 §11.2).
//
// The bytes stay the caller's, in one piece and in place; every view here points into them. Nothing is
// changed, so that order, case and white space of what is kept can be passed on. One object is used for one
// head after the other and keeps its memory.
//
//   bytes ──► refusals of ours (line ends, controls, folding, names, framing) ──► llhttp ──► fields, framing

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/authority.h"

namespace mogura::protocol {

// Fields that somebody on the way looks at; everything else is kOther. Compared without regard to case.
enum class FieldId : std::uint8_t {
  kOther,
  kAccept,
  kAcceptEncoding,
  kAcceptLanguage,
  kAuthorization,
  kCacheControl,
  kConnection,
  kContentLength,
  kContentType,
  kCookie,
  kDate,
  kExpect,
  kHost,
  kIfModifiedSince,
  kIfNoneMatch,
  kKeepAlive,
  kLocation,
  kMaxForwards,
  kOrigin,
  kPragma,
  kProxyAuthenticate,
  kProxyAuthorization,
  kProxyConnection,
  kPurpose,  // Purpose, Sec-Purpose, X-Moz, X-Purpose: prefetching
  kReferer,
  kSecFetchDest,
  kSecFetchMode,
  kSecFetchSite,
  kSetCookie,
  kTe,
  kTrailer,
  kTransferEncoding,
  kUpgrade,
  kUpgradeInsecureRequests,
  kUserAgent,
  kVia,
};
FieldId field_id(std::string_view name);  // a token (RFC 9110 §5.6.2)

struct HeadField {
  FieldId id = FieldId::kOther;
  std::string_view name;
  std::string_view value;  // without white space around it
  std::string_view line;   // as it came, with its CRLF
};

// How the end of a body is found (RFC 9112 §6.3).
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // kLength
};

// Why a head is refused; name_of() is what logs, metrics and the error page say.
enum class HeadRefusal : std::uint8_t {
  kNone,
  kBareCr,
  kBareLf,
  kNul,
  kControlByte,       // in a value: all but HTAB; in the start line: all
  kFoldedLine,        // obs-fold (RFC 9112 §5.2)
  kSpaceBeforeColon,  // RFC 9112 §5.1
  // Empty, no token, no colon at all, or a framing field's with "_" for "-", which some servers take for it.
  kFieldName,
  kStartLine,       // not three parts with one space between (RFC 9112 §3)
  kMethod,          // no token, too long, or HEAD or CONNECT in other letters: they decide about bodies
  kTarget,          // of no form of RFC 9112 §3.2, or not the one for its method
  kVersion,         // not HTTP/1.0 or HTTP/1.1; a request gets 505
  kHost,            // absent in HTTP/1.1 or where it is needed, several, or not an authority
  kHeadTooLarge,    // 431
  kTargetTooLong,   // 414
  kTooManyFields,   // 431; also more than kMaxConnectionOptions
  kSeveralLengths,  // also when they agree, also as a list in one field
  kLength,          // not 1 to 19 digits, or with tabs around them
  kLengthAndCoding,
  kCoding,  // Transfer-Encoding is not exactly one "chunked", or with tabs around it
  kCodingInHttp10,
  kConnectBody,  // a CONNECT that declares a body
  kStatus,       // of a response
  // A response that has no body (1xx, 204) with Transfer-Encoding (RFC 9112 §6.1) or a length other than 0.
  kBodyWithoutBody,
  kParser,  // llhttp refused what we let through
};
std::string_view name_of(HeadRefusal refusal);  // "bare-cr", …
// The status for a request that is refused: 400, 414, 431 or 505.
unsigned status_for(HeadRefusal refusal);

// Names that Connection may list, "close" and "keep-alive" not counted.
inline constexpr std::size_t kMaxConnectionOptions = 32;

struct HeadLimits {
  std::size_t head_bytes = std::size_t{64} << 10;
  std::size_t target_bytes = std::size_t{16} << 10;
  std::size_t fields = 256;
};

enum class TargetForm : std::uint8_t { kOrigin, kAbsolute, kAuthority, kAsterisk };

namespace detail {

// Where the parts of a target are, counted from its beginning. What is not there has no length.
struct TargetMarks {
  TargetForm form = TargetForm::kOrigin;
  std::uint32_t scheme_end = 0, authority = 0, authority_end = 0, path = 0;
};

// A field found so far; offsets, since the bytes may lie elsewhere at the next call.
struct FieldMark {
  FieldId id = FieldId::kOther;
  std::uint32_t line = 0, name_end = 0, value = 0, value_end = 0, line_end = 0;
};

// What the fields read so far say together, for framing and persistence.
struct FieldFacts {
  bool has_length = false, has_coding = false, has_host = false;
  bool says_close = false, says_keep_alive = false, lists_upgrade = false;
  bool has_upgrade = false, has_other_http = false;  // Upgrade, and to what is HTTP itself (h2c)
  bool expects_continue = false;
  std::uint32_t host_index = 0;
  std::uint64_t length = 0;
};

// How far a head was read.
struct HeadProgress {
  enum class Place : std::uint8_t {
    kEmptyLines,
    kMethod,
    kTarget,
    kVersion,
    kStatus,
    kName,
    kValue,
    kEnd,
    kDone,
    kRefused
  };
  Place place = Place::kEmptyLines;
  HeadRefusal refusal = HeadRefusal::kNone;
  unsigned empty_lines = 0, minor = 1, status = 0;
  std::uint32_t at = 0;  // nothing before this is looked at again
  std::uint32_t begin = 0, method_end = 0, target = 0, target_end = 0,
                fields = 0;              // fields: behind the start line
  std::uint32_t line = 0, name_end = 0;  // of the line under way
  TargetMarks target_marks;
  FieldFacts facts;
  std::vector<FieldMark> marks;
  struct Option {
    std::uint32_t begin = 0, end = 0;
  };
  std::vector<Option> options;  // what Connection lists

  void forget();
};

}  // namespace detail

struct HeadStep {
  enum class Kind : std::uint8_t { kNeedMore, kDone, kRefused };
  Kind kind = Kind::kNeedMore;
  std::size_t head_bytes = 0;  // kDone: the head's, with the empty line, and skipped bytes in front
  HeadRefusal refusal = HeadRefusal::kNone;
};

class RequestHead {
 public:
  explicit RequestHead(const HeadLimits& limits = {}) : limits_(limits) {}

  // `bytes` begins where a message is expected, and is everything received of it so far. Empty lines (CRLF
  // only, at most two) in front are skipped (RFC 9112 §2.2). Refuses as early as what is there suffices.
  // kNeedMore: call again with more, from the same beginning, after forget() or not: what was looked at
  // before is not looked at again. Whatever the cutting, the outcome is the same.
  HeadStep parse(std::string_view bytes);
  // Ready for the next message.
  void forget();

  // Valid after kDone, as long as the bytes.
  [[nodiscard]] std::string_view method() const { return method_; }
  [[nodiscard]] std::string_view target() const { return target_; }
  [[nodiscard]] std::string_view start_line() const { return start_line_; }  // with CRLF
  [[nodiscard]] unsigned minor_version() const { return minor_; }            // 0 or 1
  [[nodiscard]] TargetForm form() const { return form_; }
  // Where it wants to go: of an absolute-form target, else of a CONNECT's, else of Host. Normalised; the port
  // is 0 where none was given. An absolute-form target overrules Host (RFC 9112 §3.2.2).
  [[nodiscard]] const Authority& authority() const { return authority_; }
  // "http", "https", "ws"…, as sent; empty but for absolute-form.
  [[nodiscard]] std::string_view scheme() const { return scheme_; }
  // Path and query: what origin-form would have. "/" for an absolute-form target without a path, "*" for
  // OPTIONS without one; empty for CONNECT.
  [[nodiscard]] std::string_view path_and_query() const { return path_; }
  [[nodiscard]] const std::vector<HeadField>& fields() const { return fields_; }
  // The first with that id, or nullptr.
  [[nodiscard]] const HeadField* find(FieldId id) const;
  [[nodiscard]] const Framing& framing() const { return framing_; }
  // RFC 9112 §9.3: Connection (or Proxy-Connection) and version together.
  [[nodiscard]] bool wants_keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }  // HTTP/1.1 only
  // Upgrade present and listed in Connection; HTTP/1.1 only. Not where a version of HTTP is offered (h2c):
  // what follows such an upgrade are requests that nobody here could read.
  [[nodiscard]] bool wants_upgrade() const { return upgrade_; }
  // A field of this name is hop-by-hop: by RFC 9110 §7.6.1, by tradition (Keep-Alive, Proxy-Connection,
  // Proxy-Authenticate, Proxy-Authorization, TE), or because Connection lists it. Upgrade and
  // Transfer-Encoding are, too; the caller decides. Those that FieldId knows as meant for the origin or the
  // client cannot be listed away: who could take out Content-Length or Host would decide about framing.
  [[nodiscard]] bool is_hop_by_hop(const HeadField& field) const;

 private:
  HeadLimits limits_;
  std::string_view method_, target_, start_line_, scheme_, path_;
  unsigned minor_ = 1;
  TargetForm form_ = TargetForm::kOrigin;
  Authority authority_;
  HeadRefusal finish(std::string_view head);
  void read_target();

  std::string path_made_;  // where the target has a query, but no path
  std::vector<HeadField> fields_;
  std::vector<std::string_view> connection_;  // what Connection lists
  Framing framing_;
  bool keep_alive_ = true, expects_continue_ = false, upgrade_ = false;
  detail::HeadProgress progress_;
};

class ResponseHead {
 public:
  explicit ResponseHead(const HeadLimits& limits = {}) : limits_(limits) {}

  // As RequestHead::parse(). What a response refused here gets the client is 502. `request_method`: of the
  // request it answers, for framing (HEAD, CONNECT). Lenient in two things that real servers do: a missing
  // reason phrase with or without its space, and Content-Length in a 304.
  HeadStep parse(std::string_view bytes, std::string_view request_method);
  void forget();

  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] unsigned minor_version() const { return minor_; }
  [[nodiscard]] std::string_view start_line() const { return start_line_; }
  [[nodiscard]] const std::vector<HeadField>& fields() const { return fields_; }
  [[nodiscard]] const HeadField* find(FieldId id) const;
  [[nodiscard]] const Framing& framing() const { return framing_; }
  [[nodiscard]] bool wants_keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool is_interim() const { return status_ >= 100 && status_ < 200 && status_ != 101; }
  [[nodiscard]] bool is_hop_by_hop(const HeadField& field) const;

 private:
  HeadLimits limits_;
  std::string_view start_line_;
  unsigned status_ = 0, minor_ = 1;
  std::vector<HeadField> fields_;
  std::vector<std::string_view> connection_;
  Framing framing_;
  bool keep_alive_ = true;
  detail::HeadProgress progress_;

  HeadRefusal finish(std::string_view head, std::string_view request_method);
};

}  // namespace mogura::protocol
