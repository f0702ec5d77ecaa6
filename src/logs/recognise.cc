#include <algorithm>

#include "capture/input_bytes.h"
#include "logs/log_source.h"
#include "logs/squid.h"

namespace mogura::logs {
namespace {

// Lines looked at before giving up: logs begin with an odd line now and then.
constexpr int kLines = 5;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::optional<Format> recognise_json(std::string_view line) {
  if (contains(line, "\"session_id\"") && contains(line, "\"kind\"")) return Format::kSessions;
  if (contains(line, "\"event_type\"")) return Format::kEve;
  if (contains(line, "\"id.orig_h\"")) return Format::kZeek;
  return std::nullopt;
}

std::optional<Format> recognise_line(std::string_view line) {
  if (line.starts_with("#separator ") || line.starts_with("#fields\t")) return Format::kZeek;
  if (line.starts_with('{')) return recognise_json(line);
  session::Session session;
  if (parse_squid_line(line, Limits{}, session)) return Format::kSquid;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Format format) {
  switch (format) {
    case Format::kSessions:
      return "sessions";
    case Format::kZeek:
      return "zeek";
    case Format::kSquid:
      return "squid";
    case Format::kEve:
      return "eve";
  }
  return "sessions";
}

std::optional<Format> recognise(std::string_view beginning) {
  for (int i = 0; i < kLines && !beginning.empty(); ++i) {
    const std::size_t size = std::min(beginning.find('\n'), beginning.size());
    std::string_view line = beginning.substr(0, size);
    beginning.remove_prefix(std::min(size + 1, beginning.size()));
    if (contains(line, std::string_view("\0", 1))) return std::nullopt;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const auto format = recognise_line(line)) return format;
  }
  return std::nullopt;
}

std::optional<Format> recognise_file(const std::string& path) {
  const Result<std::string> beginning = capture::beginning_of(path, kBeginningBytes);
  return beginning ? recognise(*beginning) : std::nullopt;
}

}  // namespace mogura::logs
