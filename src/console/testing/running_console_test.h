#pragma once

// For tests: a server on loopback, on a port of the system's choice, over archives and a workshop in memory.

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "console/detail/server.h"
#include "console/testing/client_test.h"
#include "console/testing/fake_archive.h"
#include "console/testing/fake_workshop.h"

namespace mogura::console::testing {

// What all archives of a server were told, and what they find.
struct Records {
  std::mutex mutex{};  // guards the rest
  std::condition_variable changed{};
  std::vector<report::AuditEntry> audit{};
  std::vector<report::AlertRow> alerts{};  // newest first
  std::vector<std::string> notes{};

  void note(const std::string& line) {
    const std::scoped_lock lock(mutex);
    notes.push_back(line);
    changed.notify_all();
  }
  bool wait_for_note(const std::string& words) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const std::string& note : notes) {
        if (note.find(words) != std::string::npos) return true;
      }
      return false;
    });
  }
  std::vector<std::string> actions() {
    const std::scoped_lock lock(mutex);
    std::vector<std::string> found;
    for (const report::AuditEntry& each : audit) found.push_back(each.action + " " + each.user);
    return found;
  }
};

class RecordingArchive : public FakeArchive {
 public:
  explicit RecordingArchive(Records& records) : records_(records) {}
  Result<void> add_audit(const report::AuditEntry& entry) override {
    const std::scoped_lock lock(records_.mutex);
    records_.audit.push_back(entry);
    return {};
  }
  Result<std::vector<report::AlertRow>> alerts_after(std::int64_t id) override {
    take_alerts();
    return FakeArchive::alerts_after(id);
  }
  Result<std::int64_t> last_alert() override {
    take_alerts();
    return FakeArchive::last_alert();
  }

 private:
  void take_alerts() {
    const std::scoped_lock lock(records_.mutex);
    alert_rows = records_.alerts;
  }
  Records& records_;
};

// Looks something up for as long as the test wants.
class SlowWorkshop : public FakeWorkshop {
 public:
  Result<std::string> whois(std::string_view name) override {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holds_; });
    return std::string(name);
  }
  void hold(bool holds) {
    const std::scoped_lock lock(mutex_);
    holds_ = holds;
    changed_.notify_all();
  }
  void wait_until_asked(unsigned times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, times] { return asked_ >= times; });
  }

 private:
  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  unsigned asked_ = 0;
  bool holds_ = false;
};

inline Options test_options() {
  Options options;
  options.listen.port = 0;
  return options;
}

struct RunningConsole {
  explicit RunningConsole(const Options& options = test_options(), const detail::Tuning& tuning = {}) {
    auto opened = detail::Server::open(options, surroundings(), tuning);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message());
    server = std::move(*opened);
    server->start();
  }
  ~RunningConsole() {
    workshop.hold(false);
    if (server != nullptr) server->stop();
  }
  Surroundings surroundings() {
    return {.open_archive = [this]() -> Result<std::unique_ptr<report::Archive>> {
              return std::make_unique<RecordingArchive>(records);
            },
            .workshop = &workshop,
            .version = "1.2.3",
            .note = [this](const std::string& line) { records.note(line); }};
  }
  [[nodiscard]] Endpoint endpoint() const { return server->endpoint(); }

  Records records;
  SlowWorkshop workshop;
  std::unique_ptr<detail::Server> server;
};

// A request with what every one has. `more`: fields, each with its CRLF.
inline std::string request(const std::string& line, const std::string& more = "",
                           const std::string& body = "") {
  std::string text = line + " HTTP/1.1\r\nHost: localhost\r\n" + more;
  if (!body.empty() || line.starts_with("POST"))
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

// Of `"key":"value"` in JSON; empty where there is none.
inline std::string text_of(const std::string& json, const std::string& key) {
  const std::string before = "\"" + key + "\":\"";
  const std::size_t begin = json.find(before);
  if (begin == std::string::npos) return {};
  return json.substr(begin + before.size(), json.find('"', begin + before.size()) - begin - before.size());
}

// A session begun by `client`: the fields that go with whatever changes something.
struct Ticket {
  std::string cookie, csrf;
  [[nodiscard]] std::string fields() const {
    return "Cookie: " + cookie + "\r\nX-CSRF-Token: " + csrf + "\r\n";
  }
};
inline Ticket ticket_of(const Answered& answered) {
  const std::string cookie = answered.field("set-cookie");
  return {cookie.substr(0, cookie.find(';')), text_of(answered.body, "csrf")};
}
inline Ticket begin_session(Client& client) {
  return ticket_of(client.ask(request("GET /api/session")));
}
inline Answered log_in(Client& client, const std::string& user, const std::string& password,
                       const std::string& more = "") {
  return client.ask(
      request("POST /api/login", more, R"({"user":")" + user + R"(","password":")" + password + R"("})"));
}

}  // namespace mogura::console::testing
