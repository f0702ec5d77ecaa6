#include "app/pattern_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/read_file.h"
#include "population/groups.h"
#include "report/json_writer.h"
#include "report/text_width.h"

namespace mogura::app {
namespace {

constexpr std::size_t kLabelBytes = std::size_t{256} << 20;
constexpr std::size_t kMissing = ~std::size_t{0};

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string both(std::string_view client, std::string_view destination) {
  return std::string(client) + "\t" + std::string(destination);
}

std::string pad(std::string text, std::size_t width) {
  const std::size_t cells = report::display_width(text);
  return cells < width ? text + std::string(width - cells, ' ') : text;
}

}  // namespace

Result<Labels> Labels::read(const std::string& path) {
  const Result<std::string> text = read_file(path, kLabelBytes);
  if (!text) return tl::unexpected(text.error());
  Labels labels;
  std::optional<Columns> columns;
  std::size_t number = 0;
  for (const std::string& line : split(*text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> row = split(line, '\t');
    if (columns) {
      if (Result<void> added = labels.add(row, *columns, number); !added) {
        return fail(added.error().code, path + ":" + added.error().place, added.error().cause);
      }
      continue;
    }
    const auto place = [&](std::string_view name) {
      const auto found = std::find(row.begin(), row.end(), name);
      return found == row.end() ? kMissing : static_cast<std::size_t>(found - row.begin());
    };
    columns = {place("client_ip"), std::min(place("destination"), place("dest_host:port")), place("kind"),
               place("tool")};
    if (std::count(columns->begin(), columns->begin() + 3, kMissing) != 0) {
      return fail(ErrorCode::kFormat, path, "the heading must name client_ip, destination and kind");
    }
  }
  return labels;
}

Result<void> Labels::add(const std::vector<std::string>& row, const Columns& columns, std::size_t line) {
  const auto field = [&](std::size_t column) {
    return column < row.size() ? std::string_view(row[column]) : std::string_view();
  };
  if (by_client_and_destination_.size() >= kRows) {
    return fail(ErrorCode::kLimit, std::to_string(line), "more rows than can be held");
  }
  const std::string_view kind = field(columns[2]);
  if (kind.empty()) return fail(ErrorCode::kFormat, std::to_string(line), "has no kind");
  const std::string_view tool = field(columns[3]);
  const bool is_wanted = kind.starts_with("tunnel") || kind.starts_with("beacon");
  const Label label{std::string(tool.empty() ? kind : tool), is_wanted};
  const std::string_view client = field(columns[0]), destination = field(columns[1]);
  const bool is_anybody = client.empty() || client == "*";
  Label& known = is_anybody ? by_destination_[std::string(destination)]
                            : by_client_and_destination_[both(client, destination)];
  // What is to be found wins over an ordinary visit to the same place.
  if (known.tool.empty() || (is_wanted && !known.is_wanted)) known = label;
  return {};
}

const Labels::Label* Labels::find(const session::Session& session) const {
  const auto exact =
      by_client_and_destination_.find(both(population::client_of(session), session.destination));
  if (exact != by_client_and_destination_.end()) return &exact->second;
  const auto place = by_destination_.find(session.destination);
  return place != by_destination_.end() ? &place->second : nullptr;
}

Trial::Trial(const pattern::Matcher& matcher, const Labels* labels)
    : matcher_(matcher), labels_(labels), scratch_(matcher.scratch()) {
  result_.rows.resize(matcher.patterns().size());
}

void Trial::add(const session::Session& session) {
  ++result_.sessions;
  matcher_.match(session, scratch_, matched_);
  for (const std::size_t pattern : matched_) ++result_.rows[pattern].hits;
  if (labels_ == nullptr) return;
  const Labels::Label* label = labels_->find(session);
  const bool is_wanted = label != nullptr && label->is_wanted;
  ++(is_wanted ? result_.tools[label->tool] : result_.ordinary);
  for (const std::size_t pattern : matched_) {
    TrialResult::Row& row = result_.rows[pattern];
    ++(is_wanted ? row.tool_hits[label->tool] : row.ordinary_hits);
  }
}

std::string write_trial_table(const std::vector<pattern::Pattern>& patterns, const TrialResult& result,
                              bool has_labels) {
  std::size_t width = 7;
  for (const pattern::Pattern& pattern : patterns) width = std::max(width, pattern.id.size());
  std::string text = fmt::format("{}  {:>8}{}\n", pad("PATTERN", width), "HITS",
                                 has_labels ? "  ORDINARY  OF THE LABELLED" : "");
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const TrialResult::Row& row = result.rows[i];
    text += fmt::format("{}  {:>8}", pad(patterns[i].id, width), row.hits);
    if (has_labels) text += fmt::format("  {:>8}", row.ordinary_hits);
    std::string_view between = "  ";
    for (const auto& [tool, hits] : row.tool_hits) {
      text += fmt::format("{}{} {} of {}", between, report::escape_for_terminal(tool), hits,
                          result.tools.at(tool));
      between = ", ";
    }
    text += '\n';
  }
  text += fmt::format("{} sessions", result.sessions);
  if (has_labels) text += fmt::format(", {} of them ordinary", result.ordinary);
  return text + "\n";
}

std::string write_trial_json(const std::vector<pattern::Pattern>& patterns, const TrialResult& result,
                             bool has_labels) {
  std::string text;
  report::JsonWriter json(text, report::JsonWriter::Layout::kIndented);
  json.begin_object();
  json.field("schema", "mogura.pattern-test/1");
  json.field("sessions", result.sessions);
  if (has_labels) json.field("ordinary_sessions", result.ordinary);
  json.key("patterns");
  json.begin_array();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const TrialResult::Row& row = result.rows[i];
    json.begin_object(report::JsonWriter::Open::kOneLine);
    json.field("id", patterns[i].id);
    json.field("candidate", patterns[i].is_candidate);
    json.field("hits", row.hits);
    if (has_labels) {
      json.field("ordinary_hits", row.ordinary_hits);
      json.key("labelled");
      json.begin_array(report::JsonWriter::Open::kOneLine);
      for (const auto& [tool, sessions] : result.tools) {
        const auto hits = row.tool_hits.find(tool);
        if (hits == row.tool_hits.end()) continue;
        json.begin_object(report::JsonWriter::Open::kOneLine);
        json.field("tool", tool);
        json.field("hits", hits->second);
        json.field("sessions", sessions);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text + "\n";
}

}  // namespace mogura::app
