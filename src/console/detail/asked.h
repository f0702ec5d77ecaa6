#pragma once

// Who may ask at all, and for what: the head of a request, checked against everything that needs no session
// (docs/formats/console-api.md), and taken over into values. Values in, values out. Any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "console/message.h"
#include "protocol/strict_head.h"

namespace mogura::console::detail {

// By which names the console is asked for.
struct Site {
  bool has_tls = false;
  std::vector<std::string> hosts{};  // as protocol::Authority has them; besides localhost and the address

  // `local`: the address that the connection came to. The port is not looked at: a tunnel has another.
  [[nodiscard]] bool is_named(std::string_view host, const Address& local) const;
  // `origin`: an Origin field (RFC 6454 §7) of a request that asked for `authority`. Only https under TLS;
  // without, also https, which somebody in front may speak.
  [[nodiscard]] bool is_own_origin(std::string_view origin, const protocol::Authority& authority) const;
};

struct Asked {
  std::string method{};  // GET (also for HEAD), POST, DELETE
  bool is_head = false, keeps_alive = false, expects_continue = false;
  std::string path{};
  std::vector<Field> query{};
  std::vector<std::string> sessions{};  // ids in its cookies
  std::string csrf{}, last_event{}, none_match{};
  std::size_t body_bytes = 0;  // at most Request::kBodyBytes

  [[nodiscard]] bool is_api() const { return path.starts_with("/api/"); }
  [[nodiscard]] bool changes_something() const { return method != "GET"; }
};

struct Refusal {
  unsigned status = 400;
  std::string code{};  // docs/formats/console-api.md, Errors
  std::string message{};
};

// `head` has been read (HeadStep::Kind::kDone). Refused, with the first that applies:
//   421 host         a name that is not ours (RFC 9110 §7.4): what DNS rebinding brings
//   405 method       none of GET, HEAD, POST, DELETE
//   411, 413         a body without a length; one that is too long
//   400 bad-request  a target that is not well-formed; a body where none belongs
//   403 origin       from another site: Origin or Sec-Fetch-Site say so, on whatever is under /api/
std::variant<Asked, Refusal> admit(const protocol::RequestHead& head, const Site& site, const Address& local);

}  // namespace mogura::console::detail
