#pragma once

// What patterns match in captures and logs (`mogura patterns test`): hits of each pattern and, where the
// truth is known, how many of the sessions that it should have found, and of those that it should not.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pattern/matcher.h"
#include "session/session.h"

namespace mogura::app {

// Who did what: a tab-separated file with a heading that names at least client_ip, destination (or
// dest_host:port) and kind, and perhaps tool. A kind that begins with "tunnel" or "beacon" is to be found;
// any other, and what is in no row, is ordinary. A client_ip that is empty or "*" stands for any.
class Labels {
 public:
  // Rows beyond this are refused.
  static constexpr std::size_t kRows = 1'000'000;

  struct Label {
    std::string tool;  // the kind where there is no such column
    bool is_wanted = false;
  };

  static Result<Labels> read(const std::string& path);
  // nullptr: no row fits.
  [[nodiscard]] const Label* find(const session::Session& session) const;

 private:
  using Columns = std::array<std::size_t, 4>;  // client, destination, kind, tool

  Result<void> add(const std::vector<std::string>& row, const Columns& columns, std::size_t line);

  std::unordered_map<std::string, Label> by_client_and_destination_;
  std::unordered_map<std::string, Label> by_destination_;  // rows for any client
};

struct TrialResult {
  struct Row {
    std::uint64_t hits = 0;
    std::map<std::string, std::uint64_t> tool_hits;  // of wanted sessions, by tool
    std::uint64_t ordinary_hits = 0;
  };
  std::vector<Row> rows;  // by pattern
  std::uint64_t sessions = 0;
  std::map<std::string, std::uint64_t> tools;  // wanted sessions by tool
  std::uint64_t ordinary = 0;
};

// Counts. The matcher must outlive it.
class Trial {
 public:
  // `labels`: nullptr where the truth is not known.
  Trial(const pattern::Matcher& matcher, const Labels* labels);

  void add(const session::Session& session);
  [[nodiscard]] const TrialResult& result() const { return result_; }

 private:
  const pattern::Matcher& matcher_;
  const Labels* labels_;
  pattern::Matcher::Scratch scratch_;
  std::vector<std::size_t> matched_;
  TrialResult result_;
};

std::string write_trial_table(const std::vector<pattern::Pattern>& patterns, const TrialResult& result,
                              bool has_labels);
// Schema mogura.pattern-test/1: docs/formats/pattern.md.
std::string write_trial_json(const std::vector<pattern::Pattern>& patterns, const TrialResult& result,
                             bool has_labels);

}  // namespace mogura::app
