#pragma once

// The list of sanctioned services: what the organisation knows and allows (`--allow FILE`). A finding that an
// entry covers is kept, marked and scored zero, with the entry's owner and comment as evidence. Applies to
// findings, so to stored ones too. The format is docs/formats/allow.md. Immutable after parsing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/network.h"
#include "base/result.h"
#include "base/time.h"
#include "finding/finding.h"

namespace mogura::finding {

// All that is given must hold; at least one of the first five is given.
struct Allowed {
  std::string host;                // exactly, without regard to case; with ":port" that port only
  std::string suffix;              // the name itself and all below it
  std::optional<Network> network;  // all clients are in it, or the destination is an address in it
  std::string user_agent;          // glob with *; all User-Agents of the finding fit
  std::string cipher_suites;       // all cipher lists of the finding are this one, or their JA4
  std::string comment, owner;
  std::optional<Timestamp> expires;  // the end of that day; afterwards the entry does not apply
  std::size_t line = 0;
};

class AllowList {
 public:
  // Errors name file, line and key. Unknown keys are errors.
  static Result<AllowList> parse(std::string_view toml, std::string name);

  // The first entry that covers the finding at `now`; nullptr: none.
  [[nodiscard]] const Allowed* covering(const Finding& finding, Timestamp now) const;
  // Marks the finding and settles it anew, or takes the mark off where no entry covers it any more.
  void apply(Finding& finding, Timestamp now) const;
  [[nodiscard]] const std::vector<Allowed>& entries() const { return entries_; }
  [[nodiscard]] std::size_t expired(Timestamp now) const;

 private:
  std::string name_;
  std::vector<Allowed> entries_;
};

}  // namespace mogura::finding
