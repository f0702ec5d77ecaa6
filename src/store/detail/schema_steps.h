#pragma once

// The steps of the schema, in SQL. The functions mogura_… are those of store/detail/key.h; nothing that stays
// in the file uses them.

namespace mogura::store::detail {

// Indices cost every write, least where they grow at their end. So all of sessions begin with a time; those
// by destination and client with the hour, in which their entries come in any order but close together.
inline constexpr const char* kSchema1 = R"sql(
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

// What the console asks for. Old rows are brought along: keys and sums are computed from what they have.
//
// session_keys holds numbers (store/detail/key.h) in the place of long texts, one narrow row a session:
// filters are checked there, and its indices stay small whatever clients send. As above, indices begin with
// the hour; they end with the time, so that a key of many sessions an hour can be paged through without
// sorting.
//
// A session that is deleted, by whomever, takes its keys and its share of the hour along.
inline constexpr const char* kSchema2 = R"sql(
CREATE TABLE session_keys (
  id                 INTEGER PRIMARY KEY,
  end_us             INTEGER NOT NULL,
  kind               TEXT    NOT NULL,
  destination        INTEGER NOT NULL,
  client             INTEGER NOT NULL,
  user_agent         INTEGER NOT NULL,
  cipher_suites      INTEGER,
  ja4                INTEGER,
  registrable_domain INTEGER NOT NULL
);
INSERT INTO session_keys
  SELECT id, end_us, kind, mogura_key(destination), mogura_key(client),
         CASE WHEN user_agent IS NULL THEN 0 ELSE mogura_key(user_agent) END,
         mogura_key(nullif(CASE WHEN json_valid(line) THEN json_extract(line, '$.cipher_suites') END, '')),
         mogura_key(nullif(ja4, '')), mogura_domain_key(destination)
  FROM sessions;
CREATE INDEX session_keys_by_kind       ON session_keys (end_us / 3600000000, kind, end_us);
CREATE INDEX session_keys_by_user_agent ON session_keys (end_us / 3600000000, user_agent, end_us);
CREATE INDEX session_keys_by_cipher_suites
  ON session_keys (end_us / 3600000000, cipher_suites, end_us) WHERE cipher_suites IS NOT NULL;
CREATE INDEX session_keys_by_ja4
  ON session_keys (end_us / 3600000000, ja4, end_us) WHERE ja4 IS NOT NULL;
CREATE INDEX session_keys_by_registrable_domain
  ON session_keys (end_us / 3600000000, registrable_domain, end_us);
DROP INDEX sessions_by_destination;
DROP INDEX sessions_by_client;
CREATE INDEX sessions_by_destination ON sessions (end_us / 3600000000, destination, end_us);
CREATE INDEX sessions_by_client      ON sessions (end_us / 3600000000, client, end_us);

CREATE TABLE hours (
  hour       INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  sessions   INTEGER NOT NULL,
  bytes_up   INTEGER NOT NULL,
  bytes_down INTEGER NOT NULL,
  analysed   INTEGER NOT NULL,
  PRIMARY KEY (hour, kind)
) WITHOUT ROWID;
INSERT INTO hours
  SELECT end_us / 3600000000 AS hour, kind, count(*), CAST(total(bytes_up) AS INTEGER),
         CAST(total(bytes_down) AS INTEGER),
         count(*) FILTER (WHERE kind IN ('connect', 'ssl') AND exchanges_up >= 10 AND exchanges_down >= 10)
  FROM sessions GROUP BY hour, kind;

CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions BEGIN
  UPDATE hours SET sessions = sessions - 1, bytes_up = bytes_up - old.bytes_up,
    bytes_down = bytes_down - old.bytes_down,
    analysed = analysed - (old.kind IN ('connect', 'ssl') AND old.exchanges_up >= 10
                           AND old.exchanges_down >= 10)
  WHERE hour = old.end_us / 3600000000 AND kind = old.kind
    AND EXISTS (SELECT 1 FROM session_keys WHERE id = old.id);
  DELETE FROM hours WHERE hour = old.end_us / 3600000000 AND kind = old.kind AND sessions <= 0;
  DELETE FROM session_keys WHERE id = old.id;
END;

CREATE TABLE clients (
  client_key INTEGER PRIMARY KEY,
  client     TEXT    NOT NULL,
  user_agent TEXT,
  sessions   INTEGER NOT NULL,
  bytes_up   INTEGER NOT NULL,
  bytes_down INTEGER NOT NULL,
  first_us   INTEGER NOT NULL,
  last_us    INTEGER NOT NULL,
  verdict    TEXT    NOT NULL DEFAULT '',
  score      REAL    NOT NULL DEFAULT 0,
  verdict_us INTEGER NOT NULL DEFAULT 0
);
INSERT OR IGNORE INTO clients (client_key, client, user_agent, sessions, bytes_up, bytes_down, first_us, last_us)
  SELECT mogura_client_key(client, user_agent), client, user_agent, count(*), CAST(total(bytes_up) AS INTEGER),
         CAST(total(bytes_down) AS INTEGER), min(start_us), max(end_us)
  FROM sessions GROUP BY client, user_agent;
CREATE INDEX clients_by_last    ON clients (last_us);
CREATE INDEX clients_by_client  ON clients (client, last_us);
CREATE INDEX clients_by_verdict ON clients (verdict, last_us) WHERE verdict <> '';

ALTER TABLE groups ADD COLUMN first_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN last_us  INTEGER NOT NULL DEFAULT 0;

-- Again, with what lists show and people say before the line: columns behind it cost reading all of it.
ALTER TABLE findings RENAME TO findings_1;
CREATE TABLE findings (
  finding_id          TEXT    PRIMARY KEY,
  destination         TEXT    NOT NULL,
  kind                TEXT    NOT NULL,
  score               REAL    NOT NULL,
  severity            TEXT    NOT NULL,
  status              TEXT    NOT NULL,
  decision            TEXT,
  decision_owner      TEXT    NOT NULL DEFAULT '',
  decision_reason     TEXT    NOT NULL DEFAULT '',
  decision_expires_us INTEGER,
  decided_by          TEXT    NOT NULL DEFAULT '',
  decided_us          INTEGER NOT NULL DEFAULT 0,
  own_name            TEXT    NOT NULL DEFAULT '',
  assignee            TEXT    NOT NULL DEFAULT '',
  first_seen_us       INTEGER NOT NULL,
  last_seen_us        INTEGER NOT NULL,
  is_current          INTEGER NOT NULL,
  application         TEXT    NOT NULL,
  application_class   TEXT    NOT NULL,
  sessions            INTEGER NOT NULL,
  clients             INTEGER NOT NULL,
  evidence            TEXT    NOT NULL,
  words               TEXT    NOT NULL,
  line                TEXT    NOT NULL
);
CREATE TABLE finding_clients (
  client     TEXT NOT NULL,
  finding_id TEXT NOT NULL,
  PRIMARY KEY (client, finding_id)
) WITHOUT ROWID;
CREATE INDEX finding_clients_by_finding ON finding_clients (finding_id);
CREATE TABLE finding_destinations (
  finding_id  TEXT NOT NULL,
  destination TEXT NOT NULL,
  PRIMARY KEY (finding_id, destination)
) WITHOUT ROWID;
INSERT INTO findings (finding_id, destination, kind, score, severity, status, decision, first_seen_us,
                      last_seen_us, is_current, application, application_class, sessions, clients, evidence, words,
                      line)
  SELECT finding_id, destination, kind, score, severity, status, decision, first_seen_us, last_seen_us, is_current,
         '', '', 0, 0, '', lower(destination), line
  FROM findings_1;
UPDATE findings SET
  application = coalesce(json_extract(line, '$.application.name'), ''),
  application_class = coalesce(json_extract(line, '$.application.class'), ''),
  sessions = coalesce(json_extract(line, '$.sessions'), 0),
  clients = coalesce(json_extract(line, '$.clients_count'), 0),
  evidence = coalesce(json_extract(line, '$.evidence[0].text'), ''),
  words = lower(destination || char(10) || coalesce(
    (SELECT group_concat(text.value, char(10)) FROM json_each(line) AS list, json_each(list.value) AS text
     WHERE list.type = 'array' AND list.key IN ('destinations', 'clients', 'user_agents')), ''))
  WHERE json_valid(line);
INSERT OR IGNORE INTO finding_clients
  SELECT text.value, finding_id
  FROM findings, json_each(CASE WHEN json_valid(line) THEN line END, '$.clients') AS text;
INSERT INTO finding_destinations SELECT finding_id, destination FROM findings;
INSERT OR IGNORE INTO finding_destinations
  SELECT finding_id, text.value
  FROM findings, json_each(CASE WHEN json_valid(line) THEN line END, '$.destinations') AS text;
DROP TABLE findings_1;
CREATE INDEX findings_by_score ON findings (is_current, score);

-- Again, so that an id is never given twice: who follows the alerts asks for what came after one.
ALTER TABLE alerts RENAME TO alerts_1;
DROP INDEX alerts_by_time;
CREATE TABLE alerts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
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
INSERT INTO alerts SELECT * FROM alerts_1 ORDER BY id;
DROP TABLE alerts_1;
CREATE INDEX alerts_by_time    ON alerts (time_us);
CREATE INDEX alerts_by_pattern ON alerts (pattern_id) WHERE pattern_id <> '';
CREATE INDEX alerts_by_finding ON alerts (finding_id) WHERE finding_id <> '';
-- All that a filter looks at, newest first, without the lines.
CREATE INDEX alerts_by_id      ON alerts (id, kind, severity, pattern_id, finding_id, destination);

CREATE TABLE verdicts (
  id         INTEGER PRIMARY KEY,
  time_us    INTEGER NOT NULL,
  client_key INTEGER NOT NULL,
  client     TEXT    NOT NULL,
  user_agent TEXT    NOT NULL,
  host       TEXT    NOT NULL,
  verdict    TEXT    NOT NULL,
  score      REAL    NOT NULL,
  evidence   TEXT    NOT NULL
);
CREATE INDEX verdicts_by_time   ON verdicts (time_us);
CREATE INDEX verdicts_by_key    ON verdicts (client_key, time_us);
CREATE INDEX verdicts_by_client ON verdicts (client, time_us);

CREATE TABLE challenge_hours (
  id         INTEGER PRIMARY KEY,
  hour       INTEGER NOT NULL,
  row_key    INTEGER NOT NULL,
  client_key INTEGER NOT NULL,
  client     TEXT    NOT NULL,
  user_agent TEXT    NOT NULL,
  host       TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  count      INTEGER NOT NULL,
  last_us    INTEGER NOT NULL
);
CREATE UNIQUE INDEX challenge_hours_by_hour ON challenge_hours (hour, row_key);
CREATE INDEX challenge_hours_by_key         ON challenge_hours (client_key, hour);
CREATE INDEX challenge_hours_by_client      ON challenge_hours (client, hour);

CREATE TABLE sensors (
  sensor_id  TEXT    PRIMARY KEY,
  kind       TEXT    NOT NULL,
  host       TEXT    NOT NULL,
  input      TEXT    NOT NULL,
  version    TEXT    NOT NULL,
  started_us INTEGER NOT NULL,
  seen_us    INTEGER NOT NULL,
  has_ended  INTEGER NOT NULL,
  counters   TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE notes (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  finding_id TEXT    NOT NULL,
  time_us    INTEGER NOT NULL,
  user       TEXT    NOT NULL,
  text       TEXT    NOT NULL
);
CREATE INDEX notes_by_finding ON notes (finding_id);

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  time_us INTEGER NOT NULL,
  user    TEXT    NOT NULL,
  address TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  detail  TEXT    NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN
  SELECT raise(ABORT, 'the audit log only grows');
END;

CREATE TABLE looks (
  user    TEXT    PRIMARY KEY,
  time_us INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// What was answered to the challenge, so that a new start knows it.
inline constexpr const char* kSchema3 = R"sql(
CREATE TABLE answers (
  id         INTEGER PRIMARY KEY,
  host       TEXT    NOT NULL,
  client     TEXT    NOT NULL,
  user_agent TEXT    NOT NULL,
  first_us   INTEGER NOT NULL,
  last_us    INTEGER NOT NULL,
  is_verdict INTEGER NOT NULL,
  code       TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  weight     REAL    NOT NULL,
  observed   REAL,
  expected   REAL
);
)sql";

}  // namespace mogura::store::detail
