// Requests of any bytes, taken as the server takes them: read strictly, admitted, decoded. What is admitted
// has a clean path, a bounded query and body, ids of the right form, and comes from here; what is decoded
// comes out the same when it is encoded and decoded again; a login form that is read is one.
//
// Input: a byte of options (bit 0: TLS), a request's head, and behind it a body for the login.

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "console/detail/asked.h"
#include "console/detail/login_form.h"
#include "console/detail/session_cookie.h"
#include "console/detail/target.h"

namespace {

using namespace mogura;
using namespace mogura::console;
using namespace mogura::console::detail;

const Address kLocal = Address::v4(0x7F000001);

std::string encoded(std::string_view text, bool keeps_slashes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '/' && keeps_slashes) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

void check_path(std::string_view path) {
  MOGURA_CHECK(path.starts_with('/'));
  MOGURA_CHECK(path.find("//") == std::string_view::npos);
  MOGURA_CHECK(path.find_first_of(std::string_view("\0\r\n\\", 4)) == std::string_view::npos);
  const std::string closed = std::string(path) + "/";
  MOGURA_CHECK(closed.find("/../") == std::string::npos && closed.find("/./") == std::string::npos);
  MOGURA_CHECK(is_clean_text(path, false));
}

void check_target(const std::string& path, const std::vector<Field>& query) {
  check_path(path);
  MOGURA_CHECK(query.size() <= Request::kQueryFields);
  std::string again = encoded(path, true);
  char sign = '?';
  for (const auto& [name, value] : query) {
    MOGURA_CHECK(!name.empty() && is_clean_text(name, false) && is_clean_text(value, true));
    again += sign + encoded(name, false) + '=' + encoded(value, false);
    sign = '&';
  }
  const Result<Target> target = parse_target(again);
  MOGURA_CHECK(target && target->path == path && target->query == query);
}

void check_fields(const protocol::RequestHead& head, const Asked& asked, const Site& site) {
  for (const protocol::HeadField& field : head.fields()) {
    if (field.id == protocol::FieldId::kOrigin && (asked.changes_something() || asked.is_api()))
      MOGURA_CHECK(field.value.starts_with(site.has_tls ? "https://" : "http"));
    if (field.id == protocol::FieldId::kSecFetchSite && asked.changes_something())
      MOGURA_CHECK(field.value == "same-origin");
  }
  MOGURA_CHECK(site.is_named(head.authority().host, kLocal));
}

void check_asked(const protocol::RequestHead& head, const Asked& asked, const Site& site) {
  MOGURA_CHECK(asked.method == "GET" || asked.method == "POST" || asked.method == "DELETE");
  MOGURA_CHECK(asked.body_bytes <= Request::kBodyBytes);
  MOGURA_CHECK(asked.body_bytes == 0 || asked.changes_something());
  MOGURA_CHECK(asked.sessions.size() <= kSessionCookies);
  for (const std::string& id : asked.sessions) MOGURA_CHECK(id.size() == kSessionIdLetters);
  check_target(asked.path, asked.query);
  check_fields(head, asked, site);
}

void check_form(std::string_view body) {
  const std::optional<LoginForm> form = parse_login_form(body);
  if (!form) return;
  MOGURA_CHECK(form->has_token == form->user.empty());
  MOGURA_CHECK(form->user.size() <= kLoginUserBytes && is_clean_text(form->user, false));
  MOGURA_CHECK(is_clean_text(form->secret, true));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Site site{.has_tls = (data[0] & 1) != 0, .hosts = {"console.example"}};
  const std::string bytes(data + 1, data + size);
  protocol::RequestHead head({std::size_t{16} << 10, std::size_t{8} << 10, 100});
  const protocol::HeadStep step = head.parse(bytes);
  if (step.kind != protocol::HeadStep::Kind::kDone) {
    // Not a request; as a target or a form it may still be something.
    const Result<Target> target = parse_target(bytes);
    if (target) check_target(target->path, target->query);
    check_form(bytes);
    return 0;
  }
  const auto admitted = admit(head, site, kLocal);
  if (const auto* asked = std::get_if<Asked>(&admitted)) {
    check_asked(head, *asked, site);
  } else {
    const auto& refusal = std::get<Refusal>(admitted);
    MOGURA_CHECK(refusal.status >= 400 && refusal.status < 500 && !refusal.code.empty());
  }
  check_form(std::string_view(bytes).substr(step.head_bytes));
  return 0;
}
