#include "service/log_lines.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "report/json_writer.h"

namespace mogura::service {
namespace {

using report::JsonWriter;
using namespace std::chrono;

constexpr std::size_t kElapsedWidth = 6;  // Squid's %6tr

// Which bytes stand as they are. A space would end a word, a control or a byte beyond ASCII could do anything
// to a terminal.
using Plain = std::array<bool, 256>;
constexpr Plain printable_without(std::string_view excepted) {
  Plain plain{};
  for (unsigned c = 0x21; c < 0x7F; ++c) {
    plain[c] = excepted.find(static_cast<char>(c)) == std::string_view::npos;
  }
  return plain;
}
constexpr Plain kUrl = printable_without("\"\\");     // its % are its own
constexpr Plain kWord = printable_without("\"\\%/");  // can be read back

void append_escaped(std::string& out, std::string_view text, const Plain& plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  text = text.substr(0, kLoggedText);
  const auto is_plain = [&](char c) { return plain[static_cast<std::uint8_t>(c)]; };
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), is_plain);
    out.append(at, end);
    if (end == text.end()) return;
    const auto byte = static_cast<std::uint8_t>(*end);
    const std::array<char, 3> escape{'%', kHex[byte >> 4], kHex[byte & 0xF]};
    out.append(escape.data(), escape.size());
    at = end + 1;
  }
}

void append_number(std::string& out, std::uint64_t number, std::size_t width, char fill) {
  std::array<char, 20> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const auto size = static_cast<std::size_t>(end - digits.data());
  if (size < width) out.append(width - size, fill);
  out.append(digits.data(), size);
}

std::uint64_t whole_milliseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration_cast<milliseconds>(duration).count()));
}

// Seconds since 1970 and thousandths.
void append_time(std::string& out, Timestamp time) {
  const std::uint64_t since = whole_milliseconds(time.time_since_epoch());
  append_number(out, since / 1000, 0, '0');
  out += '.';
  append_number(out, since % 1000, 3, '0');
}

// "-" stands for nothing, so that something that is just that looks otherwise.
void append_word(std::string& out, std::string_view text, const Plain& plain) {
  if (text.empty()) {
    out += '-';
  } else if (text == "-") {
    out += "%2D";
  } else {
    append_escaped(out, text, plain);
  }
}

// As Address::to_string(), without its cost for IPv4.
class AddressText {
 public:
  explicit AddressText(const Address& address) {
    if (address.is_v4()) {
      write_v4(address.v4_bits());
    } else {
      const std::string text = address.to_string();
      size_ = text.copy(text_.data(), text_.size());
    }
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  void write_v4(std::uint32_t bits) {
    char* at = text_.data();
    for (int shift = 24; shift >= 0; shift -= 8) {
      at = std::to_chars(at, text_.data() + text_.size(), bits >> shift & 0xFF).ptr;
      if (shift != 0) *at++ = '.';
    }
    size_ = static_cast<std::size_t>(at - text_.data());
  }

  std::array<char, 48> text_;
  std::size_t size_ = 0;
};

bool is_known(const Endpoint& endpoint) {
  return endpoint.address != Address();
}

void append_hierarchy(std::string& out, const AccessRecord& record) {
  if (!is_known(record.server)) {
    out += "HIER_NONE/-";
    return;
  }
  out += record.via_parent ? "FIRSTUP_PARENT/" : "HIER_DIRECT/";
  out += AddressText(record.server.address).view();
}

// Not in the middle of a character: that would be written as a damaged one.
std::string_view cut(std::string_view text) {
  if (text.size() <= kLoggedText) return text;
  std::size_t size = kLoggedText;
  while (size > kLoggedText - 4 && (static_cast<std::uint8_t>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

void write_endpoints(JsonWriter& json, const AccessRecord& record) {
  json.field("client_ip", AddressText(record.client.address).view());
  json.field("client_port", record.client.port);
  if (!is_known(record.server)) return;
  json.field("server_ip", AddressText(record.server.address).view());
  json.field("server_port", record.server.port);
  if (record.via_parent) json.field("via_parent", true);
}

void begin_event(JsonWriter& json, std::string_view event, const EventContext& context) {
  json.begin_object();
  json.field("time", context.time);
  json.field("event", event);
  json.field("client_ip", AddressText(context.client).view());
  json.field_if("user_agent", cut(context.user_agent));
  json.field_if("host", cut(context.host));
}

void end_event(JsonWriter& json, const EventContext& context, std::string& out) {
  json.field_if("user", cut(context.user));
  json.end_object();
  out += '\n';
}

}  // namespace

void write_squid_line(const AccessRecord& record, std::string& out) {
  append_time(out, record.time);
  out += ' ';
  append_number(out, whole_milliseconds(record.elapsed), kElapsedWidth, ' ');
  out += ' ';
  out += AddressText(record.client.address).view();
  out += ' ';
  out += record.result;
  out += '/';
  append_number(out, record.status, 3, '0');
  out += ' ';
  append_number(out, record.bytes_down, 0, ' ');
  out += ' ';
  // Squid's words for a head that could not be read.
  append_escaped(out, record.method.empty() ? "NONE" : record.method, kWord);
  out += ' ';
  append_escaped(out, record.url.empty() ? "error:invalid-request" : record.url, kUrl);
  out += ' ';
  append_word(out, record.user, kWord);
  out += ' ';
  append_hierarchy(out, record);
  out += ' ';
  append_word(out, record.content_type.substr(0, record.content_type.find_first_of("; \t")), kUrl);
  out += '\n';
}

void write_access_json(const AccessRecord& record, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("time", record.time);
  json.field("elapsed_s", to_seconds(record.elapsed));
  write_endpoints(json, record);
  json.field("result", record.result);
  if (record.status != 0) json.field("status", record.status);
  json.field("bytes_down", record.bytes_down);
  json.field("bytes_up", record.bytes_up);
  json.field_if("method", cut(record.method));
  json.field_if("url", cut(record.url));
  json.field_if("host", cut(record.host));
  json.field_if("user", cut(record.user));
  json.field_if("user_agent", cut(record.user_agent));
  json.field_if("content_type", cut(record.content_type));
  json.field_if("refusal", record.refusal);
  json.end_object();
  out += '\n';
}

void write_event(const EventContext& context, const challenge::ChallengeEvent& event, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  begin_event(json, "challenge", context);
  json.field_if("url", cut(context.url));
  json.field("state", challenge::name_of(event.state));
  json.field("misses", event.misses);
  json.field("issued", event.issued);
  json.field_if("reason", event.reason);
  end_event(json, context, out);
}

void write_event(const EventContext& context, const challenge::VerdictEvent& event, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  begin_event(json, "verdict", context);
  json.field("verdict", challenge::name_of(event.verdict));
  json.key("evidence");
  json.begin_array();
  for (const std::string& sentence : event.evidence) json.value(cut(sentence));
  json.end_array();
  json.field("score", event.score);
  end_event(json, context, out);
}

void write_event(const EventContext& context, const challenge::PassiveEvent& event, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  begin_event(json, "passive", context);
  json.key("evidence");
  json.begin_array();
  for (const challenge::Evidence& evidence : event.evidence) json.value(cut(evidence.text));
  json.end_array();
  json.key("codes");
  json.begin_array();
  for (const challenge::Evidence& evidence : event.evidence) json.value(evidence.code);
  json.end_array();
  json.field("score", event.score);
  end_event(json, context, out);
}

void write_event(const EventContext& context, const TunnelEvent& event, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  begin_event(json, "tunnel", context);
  json.field_if("url", cut(context.url));
  json.field("reason", event.patterns.empty() ? "not-tls" : "pattern");
  json.field("action", event.is_blocked ? "blocked" : "observed");
  json.field("inner_protocol", protocol::name_of(event.protocol));
  if (!event.patterns.empty()) {
    json.key("patterns");
    json.begin_array();
    for (const std::size_t pattern : event.patterns) json.value(event.matcher->patterns()[pattern].id);
    json.end_array();
  }
  end_event(json, context, out);
}

void write_event(const EventContext& context, const BypassEvent& event, std::string& out) {
  JsonWriter json(out, JsonWriter::Layout::kLine);
  begin_event(json, "bypass", context);
  json.field("reason", cut(event.reason));
  json.field("until", event.until);
  end_event(json, context, out);
}

}  // namespace mogura::service
