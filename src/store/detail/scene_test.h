#pragma once

// For the tests of this room: a folder that goes away, sessions and alerts that differ.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "report/alert.h"
#include "session/session.h"
#include "store/archive.h"
#include "store/detail/database.h"
#include "store/store.h"

namespace mogura::store::testing {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mogura-store-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline Timestamp at(std::int64_t microseconds) {
  return Timestamp(std::chrono::microseconds(microseconds));
}

// The n-th of many: every millisecond one starts and lasts two seconds.
inline session::Session session(std::uint32_t n) {
  session::Session session;
  session.start = at(1'795'325'000'000'000 + std::int64_t{n} * 1000);
  session.end = session.start + std::chrono::seconds(2);
  session.client = {Address::v4(0x0A000000u + n % 500), static_cast<std::uint16_t>(1024 + n % 60'000)};
  session.server = {Address::v4(0xC0000201u), 3128};
  session.kind = session::Kind::kSsl;
  session.destination = "site" + std::to_string(n % 9973) + ".example:443";
  session.methods = {{"CONNECT", 1}};
  session.status = {200};
  session.user_agent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";
  session.user_agent_seen = true;
  session.sni = "site" + std::to_string(n % 9973) + ".example";
  session.ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1";
  session.cipher_suites = "1301-1302-1303-c02b-c02f-c02c-c030-cca9-cca8-c013-c014-009c-009d-002f-0035";
  session.inner = protocol::Inner::kTls;
  session.exchanges = {12, 34};
  session.packets = {56, 78};
  session.bytes = {9000, 123'456};
  return session;
}

inline report::Alert alert(std::uint32_t n) {
  report::Alert alert;
  alert.alert_id = "pattern/" + std::to_string(n);
  alert.time = at(1'795'325'000'000'000 + n);
  alert.pattern_id = "pattern";
  alert.severity = "high";
  alert.destination = "edge.example:443";
  alert.sentences = {"it matched"};
  return alert;
}

// A file with its schema, and what a test puts into it.
class Scene {
 public:
  [[nodiscard]] const std::string& path() const { return path_; }
  Store& store() { return *store_; }
  detail::Database& database() { return *database_; }
  report::Archive& archive() { return **archive_; }
  void add(const session::Session& session) { EXPECT_TRUE(store_->add_session(session)); }
  void add(const std::vector<finding::Finding>& findings) {
    report::Analysis analysis;
    analysis.version = "1.2.3";
    analysis.findings = findings;
    EXPECT_TRUE(store_->put_analysis(analysis));
  }
  void commit() { EXPECT_TRUE(store_->commit()); }
  void execute(const std::string& sql) { EXPECT_TRUE(database_->execute(sql.c_str())) << sql; }

 private:
  Folder folder_;
  std::string path_ = folder_.file("mogura.db");
  Result<Store> store_ = Store::open(path_);
  Result<detail::Database> database_ = detail::Database::open(path_);
  Result<std::unique_ptr<report::Archive>> archive_ = open_archive(path_);
};

inline finding::Finding finding(const std::string& destination, double score = 0.8,
                                const std::string& kind = "connect") {
  finding::Finding finding;
  finding.destination = destination;
  finding.kind = kind;
  finding.finding_id = finding::finding_id_of(kind, destination);
  finding.score = score;
  finding.first = at(2'000'000);
  finding.last = at(3'000'000);
  return finding;
}

inline std::int64_t number(const detail::Database& database, std::string_view sql) {
  const auto value = database.integer(sql);
  EXPECT_TRUE(value) << value.error().message();
  return value.value_or(-1);
}

inline std::int64_t number(const std::string& path, std::string_view sql) {
  const auto database = detail::Database::open(path);
  EXPECT_TRUE(database) << database.error().message();
  return database ? number(*database, sql) : -1;
}

inline bool is_whole(const std::string& path) {
  auto database = detail::Database::open(path);
  if (!database) return false;
  auto check = database->prepare("PRAGMA integrity_check");
  return check && check->step() && check->text(0) == "ok";
}

}  // namespace mogura::store::testing
