#pragma once

// Who is not asked: clients that refuse cookies, updaters, checks for captive portals and the like, each
// entry with a comment, and an expiry where it has one. Read from TOML files (docs/formats/exemptions.md);
// one list is compiled in (data/exemptions.toml), with its sources. Immutable after parsing; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/network.h"
#include "base/result.h"
#include "base/time.h"
#include "challenge/detail/exemption_index.h"

namespace mogura::challenge {

// All that is given must hold; at least one of the first five is given. Empty: not given.
struct Exemption {
  std::optional<Network> client;
  std::string user_agent;            // glob with *, ignoring case; covers nobody without a User-Agent
  std::string host;                  // the whole name; glob with *. Lower case; addresses without brackets
  std::string suffix;                // the name itself and all below it. Lower case, without a dot in front
  std::string path;                  // glob with *, of path and query together; case counts
  std::string comment;               // required
  std::optional<Timestamp> expires;  // the end of that day
  std::string list;                  // where it stands: the file's name, "built-in"
  std::size_t line = 0;
};

struct Asker {
  Address client;
  std::string_view user_agent;  // empty: none
  std::string_view host;        // lower case, without port; an IPv6 address with or without brackets
  std::string_view path;        // and query
};

// Entries of all files together (built-in ones do not count), and bytes of one text in them. Beyond: the file
// is refused (kLimit).
inline constexpr std::size_t kExemptions = 10'000;
inline constexpr std::size_t kExemptionTextBytes = 1024;

class Exemptions {
 public:
  // Adds the entries of a file behind those that are there. Errors name file, line and key; unknown keys are
  // errors; then nothing of it is added.
  Result<void> add(std::string_view toml, const std::string& name);
  // The list that is compiled in.
  void add_built_in();
  [[nodiscard]] const std::vector<Exemption>& entries() const { return entries_; }

  // The first entry that covers the asker at `now`; nullptr: none. Valid while nothing is added. Entries with
  // an exact host, a suffix or a client are looked up; those with none of them (a User-Agent, a path or a
  // host with * alone) are tried one by one, a few nanoseconds each where their glob does not begin with *.
  [[nodiscard]] const Exemption* covering(const Asker& asker, Timestamp now) const;

 private:
  void append(std::vector<Exemption> added);
  void index(const Exemption& entry, std::uint32_t number);

  std::vector<Exemption> entries_;
  std::size_t built_in_ = 0;  // how many of them
  detail::ExemptionIndex index_;
};

}  // namespace mogura::challenge
