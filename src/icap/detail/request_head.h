#pragma once

// The head of an ICAP request (RFC 3507 §4.3): what is asked, what is encapsulated where, and what the
// gateway tells of the client. Strict: CRLF only, no folding, tokens for names, and what decides about
// framing (Encapsulated, Preview) exactly once and exactly in its grammar. The HTTP heads inside are not
// looked at here.
//
//   REQMOD icap://127.0.0.1:1344/reqmod ICAP/1.0        ─► method, service
//   Encapsulated: req-hdr=0, req-body=137               ─► layout
//   Preview: 0    Allow: 204, 206    X-Client-IP: …     ─► the rest
//
// Any thread; an object is used for one head after the other.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace mogura::icap::detail {

enum class Method : std::uint8_t { kOptions, kReqmod, kRespmod };

// What stands behind the head, in bytes from there (RFC 3507 §4.4.1).
struct Layout {
  bool has_request = false, has_response = false;  // heads
  std::size_t request = 0, response = 0;           // where they begin
  std::size_t heads_end = 0;                       // where the body begins, if there is one
  bool has_body = false;
};

struct HeadLimits {
  std::size_t bytes = std::size_t{64} << 10;
  std::size_t fields = 256;
};

struct HeadStep {
  enum class Kind : std::uint8_t { kNeedMore, kDone, kRefused };
  Kind kind = Kind::kNeedMore;
  std::size_t bytes = 0;  // kDone: of the head, with the empty line
  unsigned status = 400;  // kRefused: 400, 405, 501 or 505
};

class RequestHead {
 public:
  // A longer preview than this is refused; none was asked for.
  static constexpr std::size_t kPreviewBytes = std::size_t{64} << 10;
  // Heads together have at most so many bytes: a larger offset is no layout.
  static constexpr std::size_t kOffset = std::size_t{4} << 20;

  explicit RequestHead(const HeadLimits& limits = {}) : limits_(limits) {}

  // `bytes` begins where a request is expected. kNeedMore: call again with more, from the same beginning.
  HeadStep parse(std::string_view bytes);

  // Valid after kDone, as long as the bytes.
  [[nodiscard]] Method method() const { return method_; }
  // The path of the URI, without its query: "/reqmod". Of a URI without one, "/".
  [[nodiscard]] std::string_view service() const { return service_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] const std::optional<std::size_t>& preview() const { return preview_; }
  [[nodiscard]] bool allows_204() const { return allows_204_; }
  [[nodiscard]] bool allows_206() const { return allows_206_; }
  [[nodiscard]] bool closes() const { return closes_; }
  // X-Client-IP; nothing where absent or no address.
  [[nodiscard]] const std::optional<Address>& client() const { return client_; }
  [[nodiscard]] std::uint16_t client_port() const { return client_port_; }  // X-Client-Port; 0: not told
  // X-Authenticated-User (base64 of it, draft-stecher-icap-subid-00 §3.4) or Squid's X-Client-Username.
  [[nodiscard]] const std::string& user() const { return user_; }
  // X-Mogura: what this service has given with the answer to the request before.
  [[nodiscard]] std::string_view pairing() const { return pairing_; }

 private:
  bool take_start_line(std::string_view line, unsigned& status);
  bool take_field(std::string_view line);
  bool take_known(std::string_view name, std::string_view value);
  bool take_layout(std::string_view value);
  bool take_preview(std::string_view value);
  void take_allow(std::string_view value);
  [[nodiscard]] bool is_complete() const;
  void forget();

  HeadLimits limits_;
  Method method_ = Method::kOptions;
  std::string_view service_, pairing_;
  Layout layout_;
  std::optional<std::size_t> preview_;
  std::optional<Address> client_;
  std::string user_;
  std::uint16_t client_port_ = 0;
  bool has_layout_ = false, allows_204_ = false, allows_206_ = false, closes_ = false;
};

// The bytes that base64 (RFC 4648 §4) stands for; nothing where it is none.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace mogura::icap::detail
