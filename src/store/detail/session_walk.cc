#include "store/detail/session_walk.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "store/archive.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
// How the entries of several values are compared: those of this many hours, up to so many each.
constexpr std::size_t kHoursTried = 8;
constexpr std::uint64_t kEntriesTried = 500;

bool is_before(const Place& one, const Place& other) {
  return std::pair(one.order, one.id) > std::pair(other.order, other.id);
}

// The earliest and the latest microsecond of an hour, as hour_of() divides.
std::pair<std::int64_t, std::int64_t> range_of(std::int64_t hour) {
  constexpr std::int64_t kMost = kLast / kHourUs - 1;
  const std::int64_t start = std::clamp(hour, -kMost, kMost) * kHourUs;
  return {hour > 0 ? start : start - kHourUs + 1, hour < 0 ? start : start + kHourUs - 1};
}

std::optional<Key> key_if(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(key_of(text));
}

SessionKeys keys_of(const report::SessionFilter& filter) {
  SessionKeys keys{key_if(filter.destination),
                   key_if(filter.client),
                   key_if(filter.user_agent),
                   key_if(filter.cipher_suites),
                   key_if(filter.ja4),
                   key_if(filter.registrable_domain),
                   filter.kind};
  if (filter.has_no_user_agent) keys.user_agent = kNoKey;
  return keys;
}

bool fits(const Statement& row, int column, const std::optional<Key>& key) {
  return !key || (!row.is_null(column) && row.integer(column) == *key);
}

// Destination and client have their indices where the texts are.
std::string entries_sql(std::string_view column, bool is_text) {
  std::string sql = "SELECT end_us, id FROM ";
  sql += is_text ? "sessions" : "session_keys";
  sql += " WHERE end_us / 3600000000 = ?1 AND ";
  sql += column;
  return sql + " = ?2 AND (end_us, id) < (?3, ?4) AND end_us >= ?5 ORDER BY end_us DESC, id DESC";
}

constexpr std::string_view kAllEntries =
    "SELECT end_us, id FROM sessions WHERE end_us >= max(?1, ?5) AND end_us <= ?2"
    " AND (end_us, id) < (?3, ?4) ORDER BY end_us DESC, id DESC";

std::int64_t bound_of(const std::optional<Timestamp>& time, std::int64_t otherwise) {
  return time ? to_microseconds(*time) : otherwise;
}

}  // namespace

Result<void> SessionWalk::prepare(std::int64_t from_us, std::int64_t to_us) {
  from_us_ = from_us;
  to_us_ = to_us;
  auto hours = database_->prepare(
      "SELECT DISTINCT hour FROM hours WHERE hour <= ?1 AND hour >= ?2 AND (?3 = '' OR kind = ?3)"
      " ORDER BY hour DESC");
  if (!hours) return tl::unexpected(hours.error());
  hours_ = *std::move(hours);
  auto look_up = database_->prepare(
      "SELECT destination, client, user_agent, cipher_suites, ja4, registrable_domain, kind"
      " FROM session_keys WHERE id = ?");
  if (!look_up) return tl::unexpected(look_up.error());
  look_up_ = *std::move(look_up);
  return {};
}

Result<void> SessionWalk::lead_by(std::string_view column, std::string_view text, std::optional<Key> key) {
  const bool is_of_sessions = column == "destination" || column == "client";
  auto statement = database_->prepare(entries_sql(column, is_of_sessions));
  if (!statement) return tl::unexpected(statement.error());
  streams_.push_back({*std::move(statement), std::string(text), key});
  return {};
}

Result<void> SessionWalk::lead_by_all() {
  auto statement = database_->prepare(kAllEntries);
  if (!statement) return tl::unexpected(statement.error());
  streams_.push_back({*std::move(statement)});
  return {};
}

// Of all values that are asked for, the one with the fewest entries in the latest hours leads.
Result<void> SessionWalk::choose_lead(const report::SessionFilter& filter) {
  const struct {
    std::string_view column, text;
    std::optional<Key> key;
  } values[] = {
      {"client", filter.client, {}},
      {"destination", filter.destination, {}},
      {"ja4", {}, keys_.ja4},
      {"cipher_suites", {}, keys_.cipher_suites},
      {"registrable_domain", {}, keys_.domain},
      {"user_agent", {}, keys_.user_agent},
      {"kind", filter.kind, {}},
  };
  for (const auto& value : values) {
    if (value.text.empty() && !value.key) continue;
    if (auto done = lead_by(value.column, value.text, value.key); !done) return done;
  }
  if (streams_.empty()) return lead_by_all();
  if (streams_.size() == 1) return {};
  std::size_t best = 0;
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const auto entries = entries_near(streams_[i]);
    if (!entries) return tl::unexpected(entries.error());
    if (*entries >= fewest) continue;
    fewest = *entries;
    best = i;
  }
  std::swap(streams_.front(), streams_[best]);
  streams_.resize(1);
  return {};
}

Result<std::uint64_t> SessionWalk::entries_near(Stream& stream) {
  hours_.bind(1, hour_of(to_us_)).bind(2, hour_of(from_us_)).bind(3, keys_.kind);
  std::uint64_t entries = 0;
  for (std::size_t hour = 0; hour < kHoursTried; ++hour) {
    const auto row = hours_.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (auto done = enter_hour(stream, hours_.integer(0), {to_us_, kFirst}); !done)
      return tl::unexpected(done.error());
    for (std::uint64_t n = 0; stream.has_entry && n < kEntriesTried; ++n, ++entries) {
      if (auto done = step(stream); !done) return tl::unexpected(done.error());
    }
    stream.statement.reset();
  }
  hours_.reset();
  return entries;
}

Result<SessionWalk> SessionWalk::of_filter(const Database& database, const report::SessionFilter& filter) {
  SessionWalk walk(database);
  walk.keys_ = keys_of(filter);
  if (auto done = walk.prepare(bound_of(filter.from, kFirst), bound_of(filter.to, kLast)); !done)
    return tl::unexpected(done.error());
  if (auto done = walk.choose_lead(filter); !done) return tl::unexpected(done.error());
  return walk;
}

Result<SessionWalk> SessionWalk::of_destinations(const Database& database,
                                                 const std::vector<std::string>& destinations,
                                                 std::string_view kind, std::int64_t from_us,
                                                 std::int64_t to_us) {
  SessionWalk walk(database);
  walk.keys_.kind = kind;
  if (auto done = walk.prepare(from_us, to_us); !done) return tl::unexpected(done.error());
  for (const std::string& destination : destinations) {
    if (auto done = walk.lead_by("destination", destination, {}); !done) return tl::unexpected(done.error());
  }
  return walk;
}

Result<void> SessionWalk::step(Stream& stream) {
  const auto row = stream.statement.step();
  if (!row) return tl::unexpected(row.error());
  stream.has_entry = *row;
  ++looked_at_;
  if (*row) stream.at = {stream.statement.integer(0), stream.statement.integer(1)};
  return {};
}

Result<void> SessionWalk::enter_hour(Stream& stream, std::int64_t hour, const Place& place) {
  stream.statement.reset();
  if (stream.key) {
    stream.statement.bind(1, hour).bind(2, *stream.key);
  } else if (!stream.text.empty()) {
    stream.statement.bind(1, hour).bind(2, stream.text);
  } else {
    const auto [earliest, latest] = range_of(hour);
    stream.statement.bind(1, earliest).bind(2, latest);
  }
  stream.statement.bind(3, place.order).bind(4, place.id).bind(5, from_us_);
  return step(stream);
}

SessionWalk::Stream* SessionWalk::latest() {
  Stream* latest = nullptr;
  for (Stream& stream : streams_) {
    if (stream.has_entry && (latest == nullptr || is_before(stream.at, latest->at))) latest = &stream;
  }
  return latest;
}

// Nothing: another value is not what is asked for.
Result<std::optional<SessionWalk::Found>> SessionWalk::look_up(const Place& place) {
  const auto row = look_up_.bind(1, place.id).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  const bool is_fit = fits(look_up_, 0, keys_.destination) && fits(look_up_, 1, keys_.client) &&
                      fits(look_up_, 2, keys_.user_agent) && fits(look_up_, 3, keys_.cipher_suites) &&
                      fits(look_up_, 4, keys_.ja4) && fits(look_up_, 5, keys_.domain) &&
                      (keys_.kind.empty() || look_up_.text(6) == keys_.kind);
  const Found found{place, look_up_.integer(1)};
  look_up_.reset();
  return is_fit ? std::optional(found) : std::nullopt;
}

Result<SessionWalk::Hour> SessionWalk::run_hour(std::int64_t hour, Place& place, const OnFound& on_found) {
  for (Stream& stream : streams_) {
    if (auto done = enter_hour(stream, hour, place); !done) return tl::unexpected(done.error());
  }
  while (Stream* const stream = latest()) {
    if (looked_at_ >= kLookedAt) return Hour::kSpent;
    const auto found = look_up(stream->at);
    if (!found) return tl::unexpected(found.error());
    if (*found) {
      const auto goes_on = on_found(**found);
      if (!goes_on) return tl::unexpected(goes_on.error());
      if (!*goes_on) return Hour::kStopped;
    }
    place = stream->at;
    if (auto done = step(*stream); !done) return tl::unexpected(done.error());
  }
  place = {range_of(hour).first, kFirst};
  return Hour::kDone;
}

Result<std::optional<Place>> SessionWalk::run(Place place, const OnFound& on_found) {
  if (const Place end{to_us_, kFirst}; is_before(place, end)) place = end;
  looked_at_ = 0;
  hours_.reset();
  hours_.bind(1, hour_of(place.order)).bind(2, hour_of(from_us_)).bind(3, keys_.kind);
  for (;;) {
    const auto row = hours_.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return std::nullopt;
    if (looked_at_ >= kLookedAt) return place;
    const auto ended = run_hour(hours_.integer(0), place, on_found);
    if (!ended) return tl::unexpected(ended.error());
    if (*ended != Hour::kDone) return place;
  }
}

Result<Statement> prepare_session_row(const Database& database) {
  return database.prepare(
      "SELECT session_id, start_us, end_us, client, destination, kind, user_agent, inner_protocol, ja4,"
      " exchanges_up, exchanges_down, bytes_up, bytes_down, line FROM sessions WHERE id = ?");
}

Result<std::optional<report::SessionRow>> session_row(Statement& select, std::int64_t id) {
  const auto found = select.bind(1, id).step();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  report::SessionRow row;
  row.session_id = select.text(0);
  row.start = from_microseconds(select.integer(1));
  row.end = from_microseconds(select.integer(2));
  row.client = select.text(3);
  row.destination = select.text(4);
  row.kind = select.text(5);
  row.user_agent = select.text(6);
  row.inner_protocol = select.text(7);
  row.ja4 = select.text(8);
  row.exchanges_up = select.count(9);
  row.exchanges_down = select.count(10);
  row.bytes_up = select.count(11);
  row.bytes_down = select.count(12);
  row.line = select.text(13);
  select.reset();
  return row;
}

Result<report::Rows<report::SessionRow>> session_page(const Database& database, SessionWalk walk,
                                                      const report::Page& page) {
  const auto after = read_place('s', page.after);
  if (!after) return tl::unexpected(after.error());
  auto select = prepare_session_row(database);
  if (!select) return tl::unexpected(select.error());
  report::Rows<report::SessionRow> rows;
  std::size_t bytes = 0;
  const auto next = walk.run(*after, [&](const SessionWalk::Found& found) -> Result<bool> {
    if (rows.rows.size() == limit_of(page) || bytes >= kPageBytes) return false;
    auto row = session_row(*select, found.place.id);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return true;
    bytes += (*row)->line.size() + (*row)->user_agent.size() + (*row)->destination.size();
    rows.rows.push_back(**std::move(row));
    return true;
  });
  if (!next) return tl::unexpected(next.error());
  if (*next) rows.next = write_place('s', **next);
  return rows;
}

}  // namespace mogura::store::detail
