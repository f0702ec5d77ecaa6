#include "proxy/detail/forward.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace mogura::proxy::detail {
namespace {

using protocol::FieldId;
using protocol::HeadField;
using protocol::RequestHead;
using protocol::ResponseHead;
using protocol::TargetForm;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBehindScheme = "://";
constexpr std::size_t kMaxProxies = 32;
constexpr std::size_t kVersionBytes = 8;  // HTTP/1.1
constexpr std::size_t kMaxForwardsDigits = 19;
constexpr unsigned kSwitchingProtocols = 101, kProxyAuthenticationRequired = 407, kUpgradeRequired = 426;

void append(std::string& out, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) out.append(part);
}

// The field with another value; name and white space stay.
void append_with_value(std::string& out, const HeadField& field, std::string_view value) {
  const auto before = static_cast<std::size_t>(field.value.data() - field.line.data());
  append(out, {field.line.substr(0, before), value, field.line.substr(before + field.value.size())});
}

std::uint16_t default_port(std::string_view scheme) {
  if (equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "ws")) return 80;
  if (equals_ignoring_case(scheme, "https") || equals_ignoring_case(scheme, "wss")) return 443;
  return 0;
}

bool is_forwarded_for(const HeadField& field) {
  return field.id == FieldId::kOther && equals_ignoring_case(field.name, "x-forwarded-for");
}

const HeadField* last_forwarded_for(const std::vector<HeadField>& fields) {
  const auto found = std::find_if(fields.rbegin(), fields.rend(), is_forwarded_for);
  return found == fields.rend() ? nullptr : &*found;
}

// Calls `visit` with each element of a list, white space around it taken off.
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
  constexpr std::string_view kBlanks = " \t";
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view element = list.substr(0, comma);
    element.remove_prefix(std::min(element.find_first_not_of(kBlanks), element.size()));
    element = element.substr(0, element.find_last_not_of(kBlanks) + 1);
    if (!element.empty()) visit(element);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Elements of a Via value; commas in comments do not count (RFC 9110 §7.6.3).
std::size_t proxies_in(std::string_view via) {
  std::size_t count = via.empty() ? 0 : 1;
  int depth = 0;
  for (const char c : via) {
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (c == ',' && depth == 0) ++count;
  }
  return count;
}

std::optional<std::uint64_t> forwards_in(std::string_view value) {
  std::uint64_t forwards = 0;
  const char* const end = value.data() + value.size();
  if (value.empty() || value.size() > kMaxForwardsDigits) return {};
  if (!std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) return {};
  std::from_chars(value.data(), end, forwards);
  return forwards;
}

bool counts_forwards(const RequestHead& head) {
  return head.method() == "TRACE" || head.method() == "OPTIONS";
}

// One request on its way: each part appends to what goes on.
class RequestWriter {
 public:
  RequestWriter(const RequestHead& head, const ForwardOptions& options, std::string& out)
      : head_(head), options_(options), out_(out) {}

  void write(bool keep_alive) {
    write_start_line();
    if (head_.find(FieldId::kHost) == nullptr) write_host();
    if (!options_.forwarded_for.empty()) forwarded_for_ = last_forwarded_for(head_.fields());
    for (const HeadField& field : head_.fields()) write_field(field);
    if (!options_.forwarded_for.empty() && forwarded_for_ == nullptr)
      append(out_, {"X-Forwarded-For: ", options_.forwarded_for, kLineEnd});
    write_via();
    write_connection(keep_alive);
    out_.append(kLineEnd);
  }

 private:
  void write_start_line();
  void write_host();
  void write_field(const HeadField& field);
  void write_known(const HeadField& field);
  void write_without_ours(const HeadField& field);
  void write_max_forwards(const HeadField& field);
  void write_via();
  void write_connection(bool keep_alive);
  [[nodiscard]] bool host_agrees(const HeadField& host) const;
  void note_te(std::string_view value);

  const RequestHead& head_;
  const ForwardOptions& options_;
  std::string& out_;
  const HeadField* forwarded_for_ = nullptr;
  bool takes_trailers_ = false;
};

void RequestWriter::write_start_line() {
  if (head_.form() == TargetForm::kAuthority) {
    out_.append(head_.start_line());
    return;
  }
  append(out_, {head_.method(), " "});
  if (!options_.to_parent) {
    out_.append(head_.path_and_query());
  } else if (head_.form() == TargetForm::kAbsolute) {
    out_.append(head_.target());
  } else {
    append(out_, {"http://", head_.find(FieldId::kHost)->value});
    if (head_.form() == TargetForm::kOrigin) out_.append(head_.target());
  }
  append(out_, {" HTTP/1.1", kLineEnd});
}

void RequestWriter::write_host() {
  append(out_, {"Host: ", head_.authority().host});
  if (head_.authority().port != 0) append(out_, {":", std::to_string(head_.authority().port)});
  out_.append(kLineEnd);
}

// Names the same as the target does; only then are its bytes kept.
bool RequestWriter::host_agrees(const HeadField& host) const {
  if (head_.form() != TargetForm::kAbsolute) return true;
  const std::string_view target = head_.target().substr(head_.scheme().size() + kBehindScheme.size());
  if (target.starts_with(host.value)) {
    const char behind = target.size() == host.value.size() ? '/' : target[host.value.size()];
    if (behind == '/' || behind == '?') return true;
  }
  const protocol::Authority& wanted = head_.authority();
  const protocol::Authority named = protocol::parse_authority(host.value);
  const std::uint16_t port = default_port(head_.scheme());
  return named.host == wanted.host &&
         (named.port == 0 ? port : named.port) == (wanted.port == 0 ? port : wanted.port);
}

void RequestWriter::write_field(const HeadField& field) {
  if (field.id != FieldId::kOther) return write_known(field);
  if (head_.is_hop_by_hop(field)) return;
  if (&field != forwarded_for_) {
    out_.append(field.line);
    return;
  }
  const std::string_view separator = field.value.empty() ? "" : ", ";
  append(out_, {field.name, ": ", field.value, separator, options_.forwarded_for, kLineEnd});
}

void RequestWriter::write_known(const HeadField& field) {
  switch (field.id) {
    case FieldId::kHost:
      return host_agrees(field) ? static_cast<void>(out_.append(field.line)) : write_host();
    case FieldId::kCookie:
    case FieldId::kIfNoneMatch:
      return write_without_ours(field);
    case FieldId::kMaxForwards:
      return write_max_forwards(field);
    case FieldId::kTe:
      return note_te(field.value);
    case FieldId::kTransferEncoding:
      break;
    case FieldId::kUpgrade:
      if (!head_.wants_upgrade()) return;
      break;
    case FieldId::kExpect:
      if (head_.minor_version() == 0) return;
      break;
    case FieldId::kProxyAuthorization:
      if (!options_.to_parent || !options_.keeps_proxy_authorization) return;
      break;
    default:
      if (head_.is_hop_by_hop(field)) return;
  }
  out_.append(field.line);
}

void RequestWriter::write_without_ours(const HeadField& field) {
  std::string kept;
  if (options_.strips == nullptr || !options_.strips->strip(field, kept)) {
    out_.append(field.line);
    return;
  }
  if (!kept.empty()) append_with_value(out_, field, kept);
}

void RequestWriter::write_max_forwards(const HeadField& field) {
  const auto forwards = counts_forwards(head_) ? forwards_in(field.value) : std::nullopt;
  if (!forwards || *forwards == 0) {
    out_.append(field.line);
    return;
  }
  append_with_value(out_, field, std::to_string(*forwards - 1));
}

void RequestWriter::note_te(std::string_view value) {
  for_each_element(value, [this](std::string_view coding) {
    if (head_.minor_version() >= 1 && equals_ignoring_case(coding, "trailers")) takes_trailers_ = true;
  });
}

void RequestWriter::write_via() {
  const std::string_view version = head_.minor_version() == 0 ? "1.0 " : "1.1 ";
  append(out_, {"Via: ", version, options_.via_name});
  if (!options_.loop_mark.empty()) append(out_, {" ", options_.loop_mark});
  out_.append(kLineEnd);
}

void RequestWriter::write_connection(bool keep_alive) {
  if (takes_trailers_) append(out_, {"TE: trailers", kLineEnd});
  std::string_view separator = "Connection: ";
  const auto list = [&](bool is_listed, std::string_view option) {
    if (!is_listed) return;
    append(out_, {separator, option});
    separator = ", ";
  };
  list(head_.wants_upgrade(), "Upgrade");
  list(takes_trailers_, "TE");
  list(!keep_alive && !head_.wants_upgrade(), "close");
  if (separator == ", ") out_.append(kLineEnd);
}

bool passes(const ResponseHead& head, const HeadField& field, const ForwardResponseOptions& options) {
  switch (field.id) {
    case FieldId::kTransferEncoding:
      return !options.drops_chunked;
    case FieldId::kUpgrade:
      return head.status() == kSwitchingProtocols || head.status() == kUpgradeRequired;
    case FieldId::kConnection:
      return head.status() == kSwitchingProtocols;
    case FieldId::kProxyAuthenticate:
      return options.keeps_proxy_authenticate && head.status() == kProxyAuthenticationRequired;
    default:
      return !head.is_hop_by_hop(field);
  }
}

void append_status_line(const ResponseHead& head, std::string& out) {
  const std::string_view rest = head.start_line().substr(kVersionBytes);
  constexpr std::size_t kStatusBytes = 4;  // with the space in front
  append(out, {"HTTP/1.1", rest.substr(0, kStatusBytes)});
  if (rest[kStatusBytes] == '\r') out += ' ';
  out.append(rest.substr(kStatusBytes));
}

void append_connection(const ResponseHead& head, const ForwardResponseOptions& options, std::string& out) {
  if (head.is_interim() || head.status() == kSwitchingProtocols) return;
  if (head.status() == kUpgradeRequired && head.find(FieldId::kUpgrade) != nullptr) {
    append(out, {"Connection: Upgrade", options.keep_alive ? "" : ", close", kLineEnd});
  } else if (!options.keep_alive) {
    append(out, {"Connection: close", kLineEnd});
  } else if (options.client_minor == 0) {
    append(out, {"Connection: keep-alive", kLineEnd});
  }
}

}  // namespace

MaxForwards max_forwards(const RequestHead& head) {
  const HeadField* const field = head.find(FieldId::kMaxForwards);
  if (field == nullptr || !counts_forwards(head)) return MaxForwards::kPass;
  const auto is_one = [](const HeadField& other) { return other.id == FieldId::kMaxForwards; };
  const auto forwards = forwards_in(field->value);
  if (!forwards || std::ranges::count_if(head.fields(), is_one) > 1) return MaxForwards::kMalformed;
  return *forwards == 0 ? MaxForwards::kAnswerHere : MaxForwards::kPass;
}

bool is_loop(const RequestHead& head, std::string_view loop_mark) {
  std::size_t proxies = 0;
  for (const HeadField& field : head.fields()) {
    if (field.id != FieldId::kVia) continue;
    if (!loop_mark.empty() && field.value.find(loop_mark) != std::string_view::npos) return true;
    proxies += proxies_in(field.value);
  }
  return proxies >= kMaxProxies;
}

void forward_request(const RequestHead& head, const ForwardOptions& options, bool keep_alive,
                     std::string& out) {
  RequestWriter(head, options, out).write(keep_alive);
}

void forward_response(const ResponseHead& head, const ForwardResponseOptions& options, std::string& out) {
  append_status_line(head, out);
  for (const HeadField& field : head.fields()) {
    if (passes(head, field, options)) out.append(field.line);
  }
  append(out,
         {options.insert, "Via: ", head.minor_version() == 0 ? "1.0 " : "1.1 ", options.via_name, kLineEnd});
  append_connection(head, options, out);
  out.append(kLineEnd);
}

}  // namespace mogura::proxy::detail
