#pragma once

// Sessions of a database by what they have, latest first, without looking at all of them: hour by hour along
// the indices of each hour (schema_steps.h), one stream of entries for each value that leads to them. What an
// index cannot decide is looked up in the narrow rows of session_keys.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/cursor.h"
#include "store/detail/database.h"
#include "store/detail/key.h"

namespace mogura::store::detail {

// What must hold of a session, as session_keys says it.
struct SessionKeys {
  std::optional<Key> destination{}, client{}, user_agent{}, cipher_suites{}, ja4{}, domain{};
  std::string kind{};
};

class SessionWalk {
 public:
  // Which sessions: all that the filter fits; or those of a kind at any of some destinations. The end of each
  // is in [from_us, to_us).
  static Result<SessionWalk> of_filter(const Database& database, const report::SessionFilter& filter);
  static Result<SessionWalk> of_destinations(const Database& database,
                                             const std::vector<std::string>& destinations,
                                             std::string_view kind, std::int64_t from_us, std::int64_t to_us);

  struct Found {
    Place place;  // end and id
    Key client = kNoKey;
  };
  using OnFound = std::function<Result<bool>(const Found&)>;
  // The next one after `place`, and so on: calls `on_found` until that answers false, there are no more, or
  // kLookedAt entries have been looked at. Answers where to go on; nothing: there are no more.
  Result<std::optional<Place>> run(Place place, const OnFound& on_found);

 private:
  // Entries of one hour that have one value, latest first.
  struct Stream {
    Statement statement{};
    std::string text{};  // either this
    std::optional<Key> key{};
    Place at{};
    bool has_entry = false;
  };
  enum class Hour : std::uint8_t { kDone, kStopped, kSpent };

  explicit SessionWalk(const Database& database) : database_(&database) {}
  Result<void> prepare(std::int64_t from_us, std::int64_t to_us);
  Result<void> lead_by(std::string_view column, std::string_view text, std::optional<Key> key);
  Result<void> lead_by_all();
  Result<void> choose_lead(const report::SessionFilter& filter);
  Result<std::uint64_t> entries_near(Stream& stream);
  Result<void> enter_hour(Stream& stream, std::int64_t hour, const Place& place);
  Result<void> step(Stream& stream);
  Result<Hour> run_hour(std::int64_t hour, Place& place, const OnFound& on_found);
  Result<std::optional<Found>> look_up(const Place& place);
  Stream* latest();

  const Database* database_;
  SessionKeys keys_;
  std::int64_t from_us_ = 0, to_us_ = 0;
  std::vector<Stream> streams_;
  Statement hours_, look_up_;
  std::size_t looked_at_ = 0;
};

// The row of sessions; nothing: it has been deleted.
Result<Statement> prepare_session_row(const Database& database);
Result<std::optional<report::SessionRow>> session_row(Statement& select, std::int64_t id);

// A page of what a walk finds.
Result<report::Rows<report::SessionRow>> session_page(const Database& database, SessionWalk walk,
                                                      const report::Page& page);

}  // namespace mogura::store::detail
