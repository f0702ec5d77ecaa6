#pragma once

// What the console's pages do with patterns and whois: the registry's folder, the sessions of the database,
// the network. Any thread.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "console/workshop.h"
#include "pattern/pattern.h"
#include "report/archive.h"
#include "session/session.h"

namespace mogura::app {

struct WorkshopOptions {
  std::string patterns{};      // the registry's folder; empty: none
  bool with_whois = false;     // whois servers may be asked
  std::string whois_server{};  // to begin with; empty: the default one
};

class ConsoleWorkshop final : public console::Workshop {
 public:
  using OpenArchive = std::function<Result<std::unique_ptr<report::Archive>>()>;

  // What a preview tries a pattern on: the latest sessions of all, and of the finding it is for.
  static constexpr std::size_t kPreviewSessions = 20'000;
  static constexpr std::size_t kServiceSessions = 2'000;
  static constexpr std::size_t kExamples = 20;
  // What a draft is learned from, besides the finding's.
  static constexpr std::size_t kOrdinarySessions = 5'000;
  // Both end when they have taken this long, with what there is.
  static constexpr std::chrono::seconds kLongest{3};
  // Files of the folder; further ones are not listed.
  static constexpr std::size_t kListed = 10'000;

  // `open_archive` is called by those who ask for sessions, on their threads.
  ConsoleWorkshop(WorkshopOptions options, OpenArchive open_archive);
  ~ConsoleWorkshop() override;

  [[nodiscard]] bool has_patterns() const override;
  [[nodiscard]] bool can_write() const override;
  // A file that is no pattern is listed, with what is wrong with it as its note.
  Result<std::vector<console::PatternRow>> patterns() override;
  Result<std::string> text(std::string_view id) override;
  Result<console::Preview> preview(std::string_view text, std::string_view finding_id) override;
  // Error kUnsupported: nothing tells the finding's sessions from others.
  Result<std::string> draft(std::string_view finding_id) override;
  Result<void> save(std::string_view id, std::string_view text) override;
  Result<void> accept(std::string_view id, std::string_view author) override;
  Result<void> remove(std::string_view id) override;
  Result<std::string> exported(std::string_view format, std::string_view id) override;

  [[nodiscard]] bool has_whois() const override { return options_.with_whois; }
  // One question at a time; error kLimit where another is being asked, or the server has had enough.
  Result<std::string> whois(std::string_view name) override;

 private:
  struct Whois;

  [[nodiscard]] Result<pattern::Pattern> known_pattern(std::string_view id) const;

  const WorkshopOptions options_;
  const OpenArchive open_archive_;
  std::mutex whois_mutex_;
  std::unique_ptr<Whois> whois_;  // made by the first question
};

}  // namespace mogura::app
