#pragma once

// What the console's pages do with patterns and whois, asked of those who can: the registry's files and the
// network belong to others. Implementations may be called from several threads at once.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "session/session.h"

namespace mogura::console {

struct PatternRow {
  std::string id{}, name{}, application{}, author{}, date{}, source_finding{}, note{};
  bool is_candidate = false;
  // The learner's figures (docs/formats/pattern.md, [rates]); absent where nobody measured.
  struct Rates {
    std::uint64_t service_sessions = 0, service_hits = 0, ordinary_sessions = 0, ordinary_hits = 0;
  };
  std::optional<Rates> rates{};
};

// A text that may be a pattern, tried on sessions.
struct Preview {
  std::string error{};  // what is wrong with the text, with line and key; empty: nothing
  std::uint64_t sessions = 0, hits = 0;
  std::uint64_t service_hits = 0, service_sessions = 0;  // among these, of the finding that it is for
  struct Hit {
    std::string line{};                  // the session line
    std::vector<std::string> reasons{};  // which conditions were met, in words
  };
  std::vector<Hit> examples{};  // at most 20
};

class Workshop {
 public:
  virtual ~Workshop() = default;

  // Whether there is a folder of patterns, and whether it can be changed.
  [[nodiscard]] virtual bool has_patterns() const = 0;
  [[nodiscard]] virtual bool can_write() const = 0;
  [[nodiscard]] virtual Result<std::vector<PatternRow>> patterns() = 0;
  [[nodiscard]] virtual Result<std::string> text(std::string_view id) = 0;
  // Tried on the latest stored sessions, up to a bound in number and time; `finding_id` may be empty.
  [[nodiscard]] virtual Result<Preview> preview(std::string_view text, std::string_view finding_id) = 0;
  // A pattern to begin with for a finding: what the learner makes of its stored sessions.
  [[nodiscard]] virtual Result<std::string> draft(std::string_view finding_id) = 0;
  // The text must be a pattern.
  virtual Result<void> save(std::string_view id, std::string_view text) = 0;
  // A candidate becomes live; `author` is kept in it.
  virtual Result<void> accept(std::string_view id, std::string_view author) = 0;
  virtual Result<void> remove(std::string_view id) = 0;
  // "suricata", "snort", "zeek", "sigma", "json". Empty `id`: all that are accepted.
  [[nodiscard]] virtual Result<std::string> exported(std::string_view format, std::string_view id) = 0;

  // Whois for a host or address (blocking, some seconds at most). Only where the user has allowed it.
  [[nodiscard]] virtual bool has_whois() const = 0;
  [[nodiscard]] virtual Result<std::string> whois(std::string_view name) = 0;
};

}  // namespace mogura::console
