#pragma once

// Hosts whose connections are never opened: applications that know their servers' certificates, and what is
// nobody's business (docs/formats/bypass.md). Read from TOML files; one list is compiled in
// (data/bypass.toml), with its sources. Immutable after reading; any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace mogura::certificate {

// Exactly one of `host` and `suffix` is given.
struct Bypass {
  std::string host;                  // the whole name or an address; lower case, without brackets
  std::string suffix;                // the name itself and all below it; lower case, without a dot in front
  std::string comment;               // required
  std::optional<Timestamp> expires;  // the end of that day
  std::string list;                  // where it stands: the file's name, "built-in"
  std::size_t line = 0;
};

// Entries of all files together (built-in ones do not count), and bytes of one text in them. Beyond: the file
// is refused (kLimit).
inline constexpr std::size_t kBypasses = 100'000;
inline constexpr std::size_t kBypassTextBytes = 1024;

class BypassList {
 public:
  // Adds the entries of a file behind those that are there. Errors name file, line and key; unknown keys are
  // errors; then nothing of it is added.
  Result<void> add(std::string_view toml, const std::string& name);
  // The list that is compiled in.
  void add_built_in();
  [[nodiscard]] const std::vector<Bypass>& entries() const { return entries_; }

  // The first entry that covers the host (lower case, without port; an IPv6 address with or without brackets)
  // at `now`; nullptr: none. Valid while nothing is added. O(labels of the name).
  [[nodiscard]] const Bypass* covering(std::string_view host, Timestamp now) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;
  void append(std::vector<Bypass> added);
  void look(const Index& index, const std::string& name, Timestamp now, std::size_t& first) const;

  std::vector<Bypass> entries_;
  std::size_t built_in_ = 0;  // how many of them
  Index by_host_, by_suffix_;
};

}  // namespace mogura::certificate
