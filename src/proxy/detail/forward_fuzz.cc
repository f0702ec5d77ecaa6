// Heads of any bytes, forwarded with any options. What goes on is read again by the strict readers (and
// llhttp inside them): the same method, target, framing and fields in the same order, but for those that
// forward.h names; no cookie of ours; nothing where the head was refused.
//
// Input: a byte of options (see options_of() and response_options_of(); bit 7: a response), then the head. A
// byte 0x01 stands for a cookie of ours.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "proxy/detail/forward.h"

namespace {

using namespace mogura;
using namespace mogura::proxy::detail;
using protocol::FieldId;
using protocol::Framing;
using protocol::HeadField;
using protocol::HeadStep;
using protocol::RequestHead;
using protocol::ResponseHead;

constexpr protocol::HeadLimits kRoomy{std::size_t{1} << 20, std::size_t{1} << 20, 1000};

struct Jar {
  challenge::Secret secret{std::array<std::uint8_t, challenge::Secret::kBytes>{7}};
  challenge::Tokens tokens{secret, std::chrono::hours(24)};
  challenge::Gate gate{{}, secret, nullptr};
  std::string value = tokens.issue(Address::v4(9), "h", Timestamp{});
};

// 1 stands for one of our cookies, 2 for a validator of ours.
std::string with_ours(const Jar& jar, const std::uint8_t* data, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == 1) {
      text += jar.gate.cookies().name() + '=' + jar.value;
    } else if (data[i] == 2) {
      text += "W/\"" + jar.value + '"';
    } else {
      text += static_cast<char>(data[i]);
    }
  }
  return text;
}

bool is_set_anew(const HeadField& field) {
  switch (field.id) {
    case FieldId::kHost:
    case FieldId::kVia:
    case FieldId::kCookie:
    case FieldId::kIfNoneMatch:
    case FieldId::kMaxForwards:
    case FieldId::kExpect:
    case FieldId::kUpgrade:
    case FieldId::kTransferEncoding:
    case FieldId::kProxyAuthorization:
    case FieldId::kProxyAuthenticate:
    case FieldId::kSetCookie:
      return true;
    default:
      return equals_ignoring_case(field.name, "x-forwarded-for");
  }
}

// The lines that nothing is done to.
template <class Head>
std::string untouched(const Head& head) {
  std::string lines;
  for (const HeadField& field : head.fields())
    if (!is_set_anew(field) && !head.is_hop_by_hop(field)) lines += field.line;
  return lines;
}

template <class Head>
std::size_t count(const Head& head, FieldId id) {
  std::size_t found = 0;
  for (const HeadField& field : head.fields()) found += field.id == id ? 1 : 0;
  return found;
}

void check_request(const Jar& jar, std::uint8_t choices, const std::string& bytes) {
  ForwardOptions options{"px", "(px 3f2a)", (choices & 1) != 0, (choices & 2) != 0, {}, &jar.gate};
  if ((choices & 4) != 0) options.forwarded_for = "192.0.2.7";
  const bool keep_alive = (choices & 8) != 0;
  RequestHead head;
  if (head.parse(bytes).kind != HeadStep::Kind::kDone) return;
  if (head.form() == protocol::TargetForm::kAuthority && !options.to_parent)
    return;  // a tunnel: nothing goes on
  std::string out = "before";
  forward_request(head, options, keep_alive, out);
  MOGURA_CHECK(out.starts_with("before"));
  out.erase(0, 6);

  RequestHead again(kRoomy);
  const HeadStep step = again.parse(out);
  MOGURA_CHECK(step.kind == HeadStep::Kind::kDone && step.head_bytes == out.size());
  MOGURA_CHECK(again.method() == head.method() && again.path_and_query() == head.path_and_query());
  MOGURA_CHECK(again.authority() == head.authority() || !options.to_parent);
  MOGURA_CHECK(again.authority().host == head.authority().host);
  MOGURA_CHECK(again.framing().kind == head.framing().kind &&
               again.framing().length == head.framing().length);
  MOGURA_CHECK(untouched(again) == untouched(head));
  MOGURA_CHECK(count(again, FieldId::kHost) == 1 &&
               count(again, FieldId::kVia) == count(head, FieldId::kVia) + 1);
  MOGURA_CHECK(count(again, FieldId::kProxyConnection) == 0 && count(again, FieldId::kKeepAlive) == 0);
  MOGURA_CHECK(is_loop(again, options.loop_mark));
  const bool is_parents = head.form() == protocol::TargetForm::kAuthority && head.minor_version() == 0;
  const bool stays = keep_alive || again.wants_upgrade();
  MOGURA_CHECK(is_parents || again.wants_keep_alive() == stays);
  for (const HeadField& field : again.fields()) {
    std::string kept;
    MOGURA_CHECK(!jar.gate.strip(field, kept));
  }
}

void check_response(std::uint8_t choices, const std::string& bytes) {
  ForwardResponseOptions options;
  options.via_name = "px";
  options.keep_alive = (choices & 1) != 0;
  options.client_minor = (choices & 2) != 0 ? 1 : 0;
  options.drops_chunked = (choices & 4) != 0;
  if ((choices & 8) != 0) options.insert = "Set-Cookie: px=1\r\n";
  const std::string_view method = (choices & 16) != 0 ? "HEAD" : "GET";
  ResponseHead head;
  if (head.parse(bytes, method).kind != HeadStep::Kind::kDone) return;
  std::string out;
  forward_response(head, options, out);

  ResponseHead again(kRoomy);
  const HeadStep step = again.parse(out, method);
  MOGURA_CHECK(step.kind == HeadStep::Kind::kDone && step.head_bytes == out.size());
  MOGURA_CHECK(again.status() == head.status() && again.minor_version() == 1);
  MOGURA_CHECK(untouched(again) == untouched(head));
  MOGURA_CHECK(count(again, FieldId::kSetCookie) ==
               count(head, FieldId::kSetCookie) + (options.insert.empty() ? 0u : 1u));
  if (!options.drops_chunked) MOGURA_CHECK(again.framing().kind == head.framing().kind);
  MOGURA_CHECK(options.drops_chunked || again.framing().length == head.framing().length);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Jar jar;
  if (size == 0) return 0;
  const std::string bytes = with_ours(jar, data + 1, size - 1);
  if ((data[0] & 0x80) == 0) {
    check_request(jar, data[0], bytes);
  } else {
    check_response(data[0], bytes);
  }
  return 0;
}
