#pragma once

// A workshop in memory for tests of the console: patterns are texts by their ids, and whatever else is asked
// is answered with what stands in its members.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/workshop.h"

namespace mogura::console::testing {

class FakeWorkshop : public Workshop {
 public:
  struct Entry {
    std::string text;
    PatternRow row{};
  };
  std::map<std::string, Entry, std::less<>> entries{};
  bool has_folder = true, is_writable = true, may_whois = true;
  std::optional<Error> error{};  // what every action and question of a file, a trial or the network answers
  Preview preview_now{};
  std::string asked_text{}, asked_finding{}, asked_name{}, asked_format{}, accepted_by{};
  std::string draft_text = "format = 1\n", whois_text = "OrgName: Example\n", exported_text = "alert tcp\n";

  void add(std::string_view id, bool is_candidate) {
    Entry& entry = entries[std::string(id)];
    entry.text = "format = 1\n";
    entry.row.id = id;
    entry.row.is_candidate = is_candidate;
  }

  [[nodiscard]] bool has_patterns() const override { return has_folder; }
  [[nodiscard]] bool can_write() const override { return is_writable; }
  Result<std::vector<PatternRow>> patterns() override {
    std::vector<PatternRow> rows;
    for (const auto& [id, entry] : entries) rows.push_back(entry.row);
    return rows;
  }
  Result<std::string> text(std::string_view id) override {
    const auto entry = entries.find(id);
    if (entry == entries.end()) return fail(ErrorCode::kUsage, std::string(id), "there is no such pattern");
    return entry->second.text;
  }
  Result<Preview> preview(std::string_view text, std::string_view finding_id) override {
    asked_text = text;
    asked_finding = finding_id;
    if (error) return tl::unexpected(*error);
    return preview_now;
  }
  Result<std::string> draft(std::string_view) override {
    if (error) return tl::unexpected(*error);
    return draft_text;
  }
  Result<void> save(std::string_view id, std::string_view text) override {
    if (error) return tl::unexpected(*error);
    add(id, true);
    entries.find(id)->second.text = text;
    return {};
  }
  Result<void> accept(std::string_view id, std::string_view author) override {
    if (error) return tl::unexpected(*error);
    accepted_by = author;
    entries.find(id)->second.row.is_candidate = false;
    return {};
  }
  Result<void> remove(std::string_view id) override {
    if (error) return tl::unexpected(*error);
    entries.erase(entries.find(id));
    return {};
  }
  Result<std::string> exported(std::string_view format, std::string_view id) override {
    asked_format = format;
    asked_name = id;
    if (error) return tl::unexpected(*error);
    return exported_text;
  }
  [[nodiscard]] bool has_whois() const override { return may_whois; }
  Result<std::string> whois(std::string_view name) override {
    asked_name = name;
    if (error) return tl::unexpected(*error);
    return whois_text;
  }
};

}  // namespace mogura::console::testing
