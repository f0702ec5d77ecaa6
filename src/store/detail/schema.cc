#include "store/detail/schema.h"

#include <array>
#include <string>

namespace mogura::store::detail {
namespace {

// Indices cost every write, least where they grow at their end. So all of sessions begin with a time; those
// by destination and client with the hour, in which their entries come in any order but close together.
constexpr const char* kSchema1 = R"sql(
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  id             INTEGER PRIMARY KEY,
  session_id     TEXT    NOT NULL,
  start_us       INTEGER NOT NULL,
  end_us         INTEGER NOT NULL,
  client         TEXT    NOT NULL,
  destination    TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  user_agent     TEXT,
  sni            TEXT    NOT NULL,
  ja4            TEXT    NOT NULL,
  inner_protocol TEXT    NOT NULL,
  exchanges_up   INTEGER NOT NULL,
  exchanges_down INTEGER NOT NULL,
  bytes_up       INTEGER NOT NULL,
  bytes_down     INTEGER NOT NULL,
  line           TEXT    NOT NULL
);
CREATE UNIQUE INDEX sessions_by_start ON sessions (start_us, session_id);
CREATE INDEX sessions_by_end         ON sessions (end_us);
CREATE INDEX sessions_by_destination ON sessions (end_us / 3600000000, destination);
CREATE INDEX sessions_by_client      ON sessions (end_us / 3600000000, client);

CREATE TABLE groups (
  grouped_by   TEXT    NOT NULL,
  rank         INTEGER NOT NULL,
  key          TEXT    NOT NULL,
  sessions     INTEGER NOT NULL,
  clients      INTEGER NOT NULL,
  user_agents  INTEGER NOT NULL,
  destinations INTEGER NOT NULL,
  cipher_lists INTEGER NOT NULL,
  bytes_up     INTEGER NOT NULL,
  bytes_down   INTEGER NOT NULL,
  ja3          TEXT    NOT NULL,
  ja4          TEXT    NOT NULL,
  PRIMARY KEY (grouped_by, rank)
) WITHOUT ROWID;

CREATE TABLE findings (
  finding_id    TEXT    PRIMARY KEY,
  destination   TEXT    NOT NULL,
  kind          TEXT    NOT NULL,
  score         REAL    NOT NULL,
  severity      TEXT    NOT NULL,
  status        TEXT    NOT NULL,
  decision      TEXT,
  first_seen_us INTEGER NOT NULL,
  last_seen_us  INTEGER NOT NULL,
  is_current    INTEGER NOT NULL,
  line          TEXT    NOT NULL
);

-- By itself, so that an announcement is kept even where the finding has not been stored yet.
CREATE TABLE announcements (
  finding_id   TEXT    PRIMARY KEY,
  announced_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE alerts (
  id          INTEGER PRIMARY KEY,
  alert_id    TEXT    NOT NULL UNIQUE,
  time_us     INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  severity    TEXT    NOT NULL,
  pattern_id  TEXT    NOT NULL,
  finding_id  TEXT    NOT NULL,
  session_id  TEXT    NOT NULL,
  destination TEXT    NOT NULL,
  line        TEXT    NOT NULL
);
CREATE INDEX alerts_by_time ON alerts (time_us);
)sql";

constexpr std::array<const char*, 1> kMigrations{kSchema1};

Result<void> take_step(Database& database, std::span<const char* const> steps, std::size_t& version) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  // Another process may have been faster.
  const auto found = database.integer("PRAGMA user_version");
  if (!found) return tl::unexpected(found.error());
  version = static_cast<std::size_t>(*found);
  if (version >= steps.size()) return {};
  std::string sql = steps[version];
  sql += "\nPRAGMA application_id = " + std::to_string(kApplicationId) + ";";
  sql += "\nPRAGMA user_version = " + std::to_string(version + 1) + ";";
  if (auto done = database.execute(sql.c_str()); !done) return done;
  if (auto done = transaction->commit(); !done) return done;
  ++version;
  return {};
}

}  // namespace

std::span<const char* const> migrations() {
  return kMigrations;
}

Result<void> check_schema(const Database& database, std::size_t known) {
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  const auto application = database.integer("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return tl::unexpected(objects.error());
  if (*application == 0 && *version == 0 && *objects == 0) return {};
  if (*application != kApplicationId || *version < 1) {
    return fail(ErrorCode::kFormat, database.path(), "is a database of another program");
  }
  if (std::cmp_greater(*version, known)) {
    return fail(ErrorCode::kUnsupported, database.path(),
                "was written by a newer version: its schema is " + std::to_string(*version) +
                    ", this one knows " + std::to_string(known));
  }
  return {};
}

Result<void> migrate(Database& database, std::span<const char* const> steps) {
  const auto found = database.integer("PRAGMA user_version");
  if (!found) return tl::unexpected(found.error());
  auto version = static_cast<std::size_t>(*found);
  while (version < steps.size()) {
    if (auto done = take_step(database, steps, version); !done) return done;
  }
  return {};
}

}  // namespace mogura::store::detail
