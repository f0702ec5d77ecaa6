#pragma once

// What a batch of sessions adds to the sums of hours and clients: put together in memory, so that a row is
// written once a batch and not once a session. One thread; the database must outlive it.

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/detail/database.h"
#include "store/detail/key.h"
#include "store/detail/session_row.h"

namespace mogura::store::detail {

// Messages each way from which a session counts as analysed (population::Analysed::min_exchanges).
inline constexpr std::uint64_t kAnalysedExchanges = 10;

class Rollup {
 public:
  static Result<Rollup> make(Database& database);

  // `row` must live until clear(); it has been inserted just now.
  void add(const SessionRow& row);
  // Inside the transaction that inserts the sessions.
  Result<void> write();
  void clear();

 private:
  struct Hour {
    std::uint64_t sessions = 0, analysed = 0;
    std::array<std::uint64_t, 2> bytes{};
  };
  struct Client {
    const SessionRow* row = nullptr;  // of which the names are
    std::uint64_t sessions = 0;
    std::array<std::uint64_t, 2> bytes{};
    std::int64_t first_us = 0, last_us = 0;
  };

  Statement put_hour_, put_client_;
  std::map<std::pair<std::int64_t, std::string_view>, Hour> hours_;  // by hour and kind
  std::unordered_map<Key, Client> clients_;
};

}  // namespace mogura::store::detail
