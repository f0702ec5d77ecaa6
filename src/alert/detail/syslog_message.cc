#include "alert/detail/syslog_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json_writer.h"
#include "report/text_width.h"

namespace mogura::alert::detail {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kCutAndEnd = R"( cut="true"])";
// Of a value, before it is escaped.
constexpr std::size_t kValueBytes = 256;

// RFC 5424 table 2.
unsigned severity_of(const report::Alert& alert) {
  if (alert.severity == "high") return 2;    // critical
  if (alert.severity == "medium") return 4;  // warning
  return 5;                                  // notice
}

// PRINTUSASCII of at most `most` characters, or NILVALUE.
std::string header_field(std::string_view text, std::size_t most) {
  std::string field;
  std::copy_if(text.begin(), text.end(), std::back_inserter(field),
               [](char c) { return c > ' ' && c < 0x7F; });
  if (field.size() > most) field.resize(most);
  return field.empty() ? "-" : field;
}

std::string header_of(const report::Alert& alert, const SyslogHeader& header) {
  std::string time;
  report::append_rfc3339(time, alert.time);
  return fmt::format("<{}>1 {} {} {} {} {} ", std::min(header.facility, 23u) * 8 + severity_of(alert), time,
                     header_field(header.host, 255), header_field(header.app_name, 48),
                     header_field(header.process_id, 128), report::name_of(alert.kind));
}

// Structured data that stays below its limit.
class StructuredData {
 public:
  StructuredData(std::string& out, std::size_t limit) : out_(out), limit_(limit) { out_ += "[mogura@32473"; }
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    const std::string parameter = fmt::format(
        R"( {}="{}")", name, escape_parameter(report::escape_for_terminal(value.substr(0, kValueBytes))));
    const bool fits = out_.size() + parameter.size() + kCutAndEnd.size() <= limit_;
    is_cut_ |= !fits || value.size() > kValueBytes;
    if (fits) out_ += parameter;
  }
  void end() { out_ += is_cut_ ? kCutAndEnd : std::string_view("]"); }

 private:
  std::string& out_;
  std::size_t limit_;
  bool is_cut_ = false;
};

std::string text_of(const Endpoint& endpoint) {
  return endpoint == Endpoint{} ? "" : endpoint.to_string();
}

// The most telling first: what does not fit is left out from some point on.
void append_structured_data(std::string& out, const report::Alert& alert, std::size_t limit) {
  StructuredData data(out, limit);
  data.add("alertId", alert.alert_id);
  data.add("kind", report::name_of(alert.kind));
  data.add("severity", alert.severity);
  data.add("score", fmt::format("{:.2f}", alert.score));
  data.add("destination", alert.destination);
  data.add("client", text_of(alert.client));
  data.add("clientForwarded", alert.client_forwarded);
  data.add("server", text_of(alert.server));
  data.add("communityId", alert.community_id);
  data.add("sessionId", alert.session_id);
  data.add("findingId", alert.finding_id);
  data.add("patternId", alert.pattern_id);
  data.add("pattern", alert.pattern_name);
  data.add("application", alert.application);
  data.add("userAgent", alert.user_agent);
  data.end();
}

std::string clients_of(const report::Alert& alert) {
  if (!alert.client_forwarded.empty()) return alert.client_forwarded;
  if (alert.client != Endpoint{}) return alert.client.address.to_string();
  std::string clients;
  for (const std::string& client : alert.clients) clients += (clients.empty() ? "" : ", ") + client;
  return clients;
}

std::string words_of(const report::Alert& alert) {
  std::string words(report::name_of(alert.kind));
  if (!alert.pattern_name.empty()) words += " " + alert.pattern_name;
  if (!alert.application.empty()) words += " (" + alert.application + ")";
  const std::string clients = clients_of(alert);
  if (!clients.empty()) words += ": " + clients;
  if (!alert.destination.empty()) words += " to " + alert.destination;
  for (const std::string& sentence : alert.sentences) words += "; " + sentence;
  return words;
}

// Cut at the edge of a character.
void append_cut(std::string& out, std::string text, std::size_t room) {
  if (text.size() > room) {
    if (room < kEllipsis.size()) return;
    std::size_t end = room - kEllipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += kEllipsis;
  }
  out += text;
}

}  // namespace

std::string escape_parameter(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

std::string write_syslog_message(const report::Alert& alert, const SyslogHeader& header,
                                 std::size_t most_bytes) {
  std::string out = header_of(alert, header);
  append_structured_data(out, alert, most_bytes);
  const std::string words = report::escape_for_terminal(words_of(alert));
  const std::size_t used = out.size() + 1 + kByteOrderMark.size();
  if (used + kEllipsis.size() > most_bytes) return out;
  out += ' ';
  out += kByteOrderMark;
  append_cut(out, words, most_bytes - used);
  return out;
}

}  // namespace mogura::alert::detail
