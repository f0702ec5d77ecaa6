#include "console/detail/asked.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "console/detail/session_cookie.h"
#include "console/detail/target.h"

namespace mogura::console::detail {
namespace {

using protocol::Authority;
using protocol::FieldId;
using protocol::Framing;
using protocol::HeadField;
using protocol::RequestHead;
using MaybeRefusal = std::optional<Refusal>;

// As protocol::parse_authority() writes hosts.
std::string host_text(const Address& address) {
  return address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
}

std::uint16_t port_or(std::uint16_t port, bool is_https) {
  return port != 0 ? port : is_https ? 443 : 80;
}

bool is_known_method(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST" || method == "DELETE";
}

MaybeRefusal refuse_method(const RequestHead& head) {
  if (is_known_method(head.method())) return std::nullopt;
  return Refusal{405, "method", "only GET, HEAD, POST and DELETE are answered"};
}

MaybeRefusal refuse_host(const RequestHead& head, const Site& site, const Address& local) {
  const bool is_http = head.scheme().empty() || equals_ignoring_case(head.scheme(), "http") ||
                       equals_ignoring_case(head.scheme(), "https");
  if (is_http && site.is_named(head.authority().host, local)) return std::nullopt;
  return Refusal{421, "host", "this is not the console of that name; --host-name adds one"};
}

MaybeRefusal refuse_body(const RequestHead& head) {
  const Framing& framing = head.framing();
  if (framing.kind == Framing::Kind::kNone) return std::nullopt;
  if (framing.kind != Framing::Kind::kLength)
    return Refusal{411, "bad-request", "a body must come with its Content-Length"};
  if (framing.length > Request::kBodyBytes) return Refusal{413, "too-large", "the body is too large"};
  const bool may_have_one = head.method() == "POST" || head.method() == "DELETE";
  if (may_have_one || framing.length == 0) return std::nullopt;
  return Refusal{400, "bad-request", "a question has no body"};
}

// What browsers say about where a request comes from. Programs say nothing, and have no cookies by accident.
MaybeRefusal refuse_origin(const RequestHead& head, const Site& site, const Asked& asked) {
  if (!asked.changes_something() && !asked.is_api()) return std::nullopt;
  for (const HeadField& field : head.fields()) {
    const bool is_site = field.id == FieldId::kSecFetchSite;
    const bool is_from_here =
        is_site ? field.value == "same-origin" || (field.value == "none" && !asked.changes_something())
                : field.id != FieldId::kOrigin || site.is_own_origin(field.value, head.authority());
    if (!is_from_here) return Refusal{403, "origin", "asked by another site"};
  }
  return std::nullopt;
}

void take_fields(const RequestHead& head, bool has_tls, Asked& asked) {
  for (const HeadField& field : head.fields()) {
    if (field.id == FieldId::kCookie) {
      read_session_cookies(field.value, session_cookie_name(has_tls), asked.sessions);
    } else if (field.id == FieldId::kIfNoneMatch) {
      asked.none_match = field.value;
    } else if (equals_ignoring_case(field.name, "x-csrf-token")) {
      asked.csrf = field.value;
    } else if (equals_ignoring_case(field.name, "last-event-id")) {
      asked.last_event = field.value;
    }
  }
}

Asked taken_over(const RequestHead& head, bool has_tls) {
  Asked asked;
  asked.is_head = head.method() == "HEAD";
  asked.method = asked.is_head ? "GET" : head.method();
  asked.keeps_alive = head.wants_keep_alive() && head.minor_version() == 1;
  asked.expects_continue = head.expects_continue();
  asked.body_bytes =
      head.framing().kind == Framing::Kind::kLength ? static_cast<std::size_t>(head.framing().length) : 0;
  take_fields(head, has_tls, asked);
  return asked;
}

}  // namespace

bool Site::is_named(std::string_view host, const Address& local) const {
  if (host.empty()) return false;
  return host == "localhost" || host == host_text(local) ||
         std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

bool Site::is_own_origin(std::string_view origin, const Authority& authority) const {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  const bool is_https = origin.starts_with(kHttps);
  if (!is_https && (has_tls || !origin.starts_with(kHttp))) return false;
  origin.remove_prefix(is_https ? kHttps.size() : kHttp.size());
  if (origin.find_first_of("/@?#") != std::string_view::npos) return false;
  const Authority of_origin = protocol::parse_authority(origin);
  return of_origin.host == authority.host &&
         port_or(of_origin.port, is_https) == port_or(authority.port, is_https);
}

std::variant<Asked, Refusal> admit(const RequestHead& head, const Site& site, const Address& local) {
  for (MaybeRefusal refusal : {refuse_host(head, site, local), refuse_method(head), refuse_body(head)}) {
    if (refusal) return std::move(*refusal);
  }
  Result<Target> target = parse_target(head.path_and_query());
  if (!target) return Refusal{400, "bad-request", target.error().cause};
  Asked asked = taken_over(head, site.has_tls);
  asked.path = std::move(target->path);
  asked.query = std::move(target->query);
  if (MaybeRefusal refusal = refuse_origin(head, site, asked)) return std::move(*refusal);
  return asked;
}

}  // namespace mogura::console::detail
