#include "http2/message.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "base/text.h"
#include "http2/reason_phrase.h"
#include "protocol/authority.h"

namespace mogura::http2 {

using protocol::FieldId;
using protocol::HeadField;

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr unsigned kSwitching = 101, kNoContent = 204, kNotModified = 304, kProxyAuthentication = 407;

void append(std::string& out, std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) out.append(piece);
}

bool is_token(std::string_view text) {
  return is_field_name(lower(text));
}

// One authority: no path, no user, no list.
bool is_authority(std::string_view text) {
  return is_start_line_part(text) && text.find_first_of("/?#@,\\") == std::string_view::npos;
}

// The pseudo-header fields, and of the others what decides about the message.
struct Parts {
  std::string_view method, scheme, authority, path, status, host;
  bool has_length = false, has_trailer = false, is_good = true;
};

bool note_pseudo(const Field& field, Parts& parts) {
  const struct {
    std::string_view name;
    std::string_view& value;
  } known[] = {{":method", parts.method},
               {":scheme", parts.scheme},
               {":authority", parts.authority},
               {":path", parts.path},
               {":status", parts.status}};
  for (const auto& each : known) {
    if (field.name != each.name) continue;
    each.value = field.value;
    return is_field_value(field.value);
  }
  return false;
}

Parts parts_of(const Fields& fields) {
  Parts parts;
  for (const Field& field : fields) {
    if (field.name.starts_with(':')) {
      parts.is_good = parts.is_good && note_pseudo(field, parts);
      continue;
    }
    parts.is_good = parts.is_good && is_field_name(field.name) && is_field_value(field.value) &&
                    !is_connection_specific(field.name);
    if (field.name == "te" && !equals_ignoring_case(field.value, "trailers")) parts.is_good = false;
    if (field.name == "content-length") parts.has_length = true;
    if (field.name == "trailer") parts.has_trailer = true;
    if (field.name != "host") continue;
    if (!parts.host.empty()) parts.is_good = false;
    parts.host = field.value;
  }
  return parts;
}

Refusal judge_request(Parts& parts) {
  if (!parts.is_good) return Refusal::kField;
  if (!is_token(parts.method)) return Refusal::kMethod;
  if (parts.method == "CONNECT") return Refusal::kConnect;
  if (parts.scheme != "http" && parts.scheme != "https") return Refusal::kScheme;
  const bool is_asterisk = parts.path == "*" && parts.method == "OPTIONS";
  if (!is_asterisk && (!is_start_line_part(parts.path) || !parts.path.starts_with('/')))
    return Refusal::kPath;
  if (parts.authority.empty()) parts.authority = parts.host;
  if (!is_authority(parts.authority)) return Refusal::kAuthority;
  if (!parts.host.empty() && !equals_ignoring_case(parts.host, lower(parts.authority)))
    return Refusal::kAuthority;
  return Refusal::kNone;
}

// All crumbs in one line.
void append_cookies(const Fields& fields, std::string& out) {
  std::string_view separator = "cookie: ";
  for (const Field& field : fields) {
    if (field.name != "cookie") continue;
    append(out, {separator, field.value});
    separator = "; ";
  }
  out.append(kLineEnd);
}

void append_fields(const Fields& fields, bool keeps_length, std::string& out) {
  bool has_cookies = false;
  for (const Field& field : fields) {
    if (field.name.starts_with(':') || field.name == "host") continue;
    if (field.name == "content-length" && !keeps_length) continue;
    if (field.name == "cookie") {
      if (!has_cookies) append_cookies(fields, out);
      has_cookies = true;
      continue;
    }
    append(out, {field.name, ": ", field.value, kLineEnd});
  }
}

// These say that nothing comes, where nothing comes (RFC 9110 §8.6).
bool announces_nothing(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

// 0: none.
unsigned status_in(std::string_view text) {
  unsigned status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool is_good = error == std::errc() && end == text.data() + text.size() && text.size() == 3;
  return is_good && status >= 100 && status <= 999 ? status : 0;
}

bool takes_trailers(const protocol::RequestHead& head) {
  for (const HeadField& field : head.fields()) {
    if (field.id != FieldId::kTe) continue;
    std::string_view value = field.value;
    while (!value.empty()) {
      const std::size_t comma = std::min(value.find(','), value.size());
      std::string_view coding = value.substr(0, comma);
      value.remove_prefix(std::min(comma + 1, value.size()));
      const std::size_t first = std::min(coding.find_first_not_of(" \t"), coding.size());
      coding = coding.substr(first, coding.find_last_not_of(" \t") + 1 - first);
      if (equals_ignoring_case(coding, "trailers")) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kMethod:
      return "method";
    case Refusal::kPath:
      return "path";
    case Refusal::kScheme:
      return "scheme";
    case Refusal::kAuthority:
      return "authority";
    case Refusal::kStatus:
      return "status";
    case Refusal::kField:
      return "field";
    case Refusal::kConnect:
      return "connect";
  }
  return "none";
}

bool is_bodyless(unsigned status, std::string_view request_method) {
  return request_method == "HEAD" || status < 200 || status == kNoContent || status == kNotModified;
}

Translated to_http1_request(const Fields& fields, bool is_whole, bool absolute_form, std::string& out) {
  Parts parts = parts_of(fields);
  if (parts.status.data() != nullptr) return {.refusal = Refusal::kField};
  if (const Refusal refusal = judge_request(parts); refusal != Refusal::kNone) return {.refusal = refusal};
  // HTTP/1.1 has no place for trailers behind a body of a given length.
  const bool keeps_length = parts.has_length && (is_whole || !parts.has_trailer);
  append(out, {parts.method, " "});
  if (absolute_form) append(out, {parts.scheme, "://", parts.authority});
  if (!absolute_form || parts.path != "*") out.append(parts.path);
  append(out, {" HTTP/1.1", kLineEnd, "host: ", parts.authority, kLineEnd});
  append_fields(fields, keeps_length, out);
  Translated translated;
  if (!is_whole) translated.body = keeps_length ? Body::kLength : Body::kChunked;
  if (translated.body == Body::kChunked) append(out, {"transfer-encoding: chunked", kLineEnd});
  if (is_whole && !parts.has_length && announces_nothing(parts.method))
    append(out, {"content-length: 0", kLineEnd});
  out.append(kLineEnd);
  return translated;
}

Translated to_http1_response(const Fields& fields, bool is_whole, std::string_view request_method,
                             std::string& out) {
  const Parts parts = parts_of(fields);
  if (!parts.is_good || parts.method.data() != nullptr || parts.path.data() != nullptr)
    return {.refusal = Refusal::kField};
  const unsigned status = status_in(parts.status);
  if (status == 0 || status == kSwitching) return {.refusal = Refusal::kStatus};
  const bool has_body = !is_bodyless(status, request_method);
  const bool keeps_length = parts.has_length && (is_whole || !has_body || !parts.has_trailer);
  append(out, {"HTTP/1.1 ", parts.status, " ", reason_phrase(status), kLineEnd});
  append_fields(fields, keeps_length && status >= 200 && status != kNoContent, out);
  Translated translated;
  if (has_body && !is_whole) translated.body = keeps_length ? Body::kLength : Body::kChunked;
  if (translated.body == Body::kChunked) append(out, {"transfer-encoding: chunked", kLineEnd});
  if (has_body && is_whole && !parts.has_length) append(out, {"content-length: 0", kLineEnd});
  out.append(kLineEnd);
  return translated;
}

Fields from_http1_request(const protocol::RequestHead& head, std::string_view scheme) {
  const HeadField* const host = head.find(FieldId::kHost);
  Fields fields;
  fields.reserve(head.fields().size() + 4);
  fields.push_back({":method", std::string(head.method())});
  fields.push_back({":scheme", std::string(scheme)});
  fields.push_back({":authority", host != nullptr ? std::string(host->value) : head.authority().to_string()});
  fields.push_back({":path", std::string(head.path_and_query())});
  for (const HeadField& field : head.fields()) {
    if (field.id == FieldId::kHost || field.id == FieldId::kTe || head.is_hop_by_hop(field)) continue;
    std::string name = lower(field.name);
    if (!is_connection_specific(name)) fields.push_back({std::move(name), std::string(field.value)});
  }
  if (takes_trailers(head)) fields.push_back({"te", "trailers"});
  return fields;
}

Fields from_http1_response(const protocol::ResponseHead& head) {
  Fields fields;
  fields.reserve(head.fields().size() + 1);
  fields.push_back({":status", std::to_string(head.status())});
  for (const HeadField& field : head.fields()) {
    const bool asks = field.id == FieldId::kProxyAuthenticate && head.status() == kProxyAuthentication;
    if (head.is_hop_by_hop(field) && !asks) continue;
    std::string name = lower(field.name);
    if (!is_connection_specific(name) && name != "te")
      fields.push_back({std::move(name), std::string(field.value)});
  }
  return fields;
}

}  // namespace mogura::http2
