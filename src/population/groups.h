#pragma once

// The groups of the paper (§5.4.2, figures 5 to 7): sessions put together by destination, by User-Agent and
// by cipher list, and besides by JA4 and by the destination's registrable domain, each group with its
// distinct counts; and the breakdown of all sessions (figure 3, table 1). A session counts in a table if it
// has that table's key: no User-Agent field and no ClientHello are no group, an empty User-Agent is one.
//
// Each worker fills Groups of its own; merge() puts them together. Every figure is the same whatever the
// order of adding and merging, as long as no limit is hit: counts of sessions and bytes are exact, distinct
// counts as population/distinct.h says. Where Limits::group_keys (or the bytes of text, detail/group_table.h)
// is reached, which keys are listed depends on the order; what is not listed is counted. Memory: about 190
// bytes and the key for a group with one member. Not thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "session/session.h"

namespace mogura::population {

namespace detail {
class GroupTable;
struct Member;
struct Fingerprints;
}  // namespace detail

enum class GroupBy : std::uint8_t { kDestination, kUserAgent, kCipherSuites, kJa4, kRegistrableDomain };
inline constexpr std::size_t kGroupTables = 5;

// One row of a table. A column that its table does not have (see contract in docs/formats/analysis.md) is
// zero or empty.
struct Group {
  std::string key;  // as on the wire: hostile text, to be escaped by whoever writes it
  std::uint64_t sessions = 0;
  std::uint64_t clients = 0;       // all tables. By client_of(), see below
  std::uint64_t user_agents = 0;   // all but kUserAgent; sessions without the field do not count
  std::uint64_t destinations = 0;  // all but kDestination and kRegistrableDomain
  std::uint64_t cipher_lists = 0;  // all but kCipherSuites and kJa4
  std::uint64_t bytes_up = 0;      // kDestination, kRegistrableDomain
  std::uint64_t bytes_down = 0;
  Timestamp first{};  // all tables: the earliest start and the latest end of a session
  Timestamp last{};
  std::string ja3, ja4;  // kCipherSuites: the most frequent one; empty where there are more than eight
};

struct Analysed {
  std::uint64_t min_exchanges = 10;  // messages each way after the CONNECT
  std::uint64_t total = 0;           // sessions with a CONNECT and that many messages; of any kind
  std::uint64_t connect = 0;         // of these, Kind::kConnect
  std::uint64_t ssl = 0;             // of these, Kind::kSsl
};

struct Breakdown {
  std::uint64_t total = 0;
  std::array<std::uint64_t, session::kKinds> by_kind{};  // by session::Kind
  std::vector<std::pair<std::string, std::uint64_t>>
      by_method;  // sessions that used it; most first, then by name
  Analysed analysed;
};

struct NotListed {
  std::uint64_t keys = 0;  // distinct, as population/distinct.h counts
  std::uint64_t sessions = 0;
};

// Different methods in the breakdown; later new ones are counted together as "other".
inline constexpr std::size_t kMethodNames = 64;

// The rows in which a session was counted, by GroupBy. They stay what they are for the life of the Groups.
struct Counted {
  static constexpr std::uint32_t kNoKey = 0xFFFFFFFE;  // the session does not have that table's key
  static constexpr std::uint32_t kNotListed = 0xFFFFFFFF;
  std::uint64_t client = 0;  // a hash of client_of()
  std::array<std::uint32_t, kGroupTables> rows{};
  [[nodiscard]] std::uint32_t row(GroupBy by) const { return rows[static_cast<std::size_t>(by)]; }
};

// Who is behind a session, as text: the forwarded address where there is one, else the address on the wire.
std::string client_of(const session::Session& session);
// A stable hash of it: of the address, also where that was forwarded as text.
std::uint64_t client_hash_of(const session::Session& session);

class Groups {
 public:
  explicit Groups(const Limits& limits = {}, std::uint64_t min_exchanges = 10);
  ~Groups();
  Groups(Groups&&) noexcept;
  Groups& operator=(Groups&&) noexcept;

  Counted add(const session::Session& session);
  // `other` must have been made with the same limits and min_exchanges.
  void merge(const Groups& other);

  [[nodiscard]] Breakdown breakdown() const;
  // The `count` groups with the most sessions; equal ones by key, byte by byte.
  [[nodiscard]] std::vector<Group> top(GroupBy by, std::size_t count) const;
  // Groups in the table.
  [[nodiscard]] std::size_t size(GroupBy by) const;
  [[nodiscard]] NotListed not_listed(GroupBy by) const;
  [[nodiscard]] std::size_t memory_bytes() const;

  // For the other files of this room: the rows with their keys; the row of a destination's domain, or
  // Counted::kNotListed.
  [[nodiscard]] const detail::GroupTable& table(GroupBy by) const;
  [[nodiscard]] std::uint32_t domain_of(std::uint32_t destination) const { return domains_[destination]; }

 private:
  bool is_new_combination(std::uint64_t client, const std::array<detail::Member, 4>& members);
  std::uint32_t place_domain(std::uint32_t destination, std::string_view name, std::uint64_t hash);
  std::vector<std::uint32_t> merge_table(GroupBy by, const Groups& other);
  void count_methods(const session::Session& session);
  void count_method(const std::string& name, std::uint64_t sessions);
  detail::Fingerprints& fingerprints_of(std::uint32_t row);
  [[nodiscard]] Group group_of(GroupBy by, std::size_t row) const;

  std::size_t exact_limit_;
  Breakdown breakdown_;  // by_method in order of first use
  std::array<std::unique_ptr<detail::GroupTable>, kGroupTables> tables_;
  std::vector<detail::Fingerprints> fingerprints_;  // by row of the cipher list table
  static constexpr std::size_t kRecent = 4096;
  std::vector<std::uint64_t> recent_ = std::vector<std::uint64_t>(kRecent);  // hashes of combinations
  std::vector<std::uint32_t> domains_;  // row of the domain table, by row of the destination table
};

}  // namespace mogura::population
