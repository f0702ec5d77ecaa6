#pragma once

// The front desk: knows who is asking (sessions, logins, tokens), and what is to be done for a request that
// has been admitted (asked.h). It does nothing slow itself: what takes time is planned as a job for the
// workers. No sockets. Not thread-safe: the loop's, but for the jobs.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "console/console.h"
#include "console/detail/answer.h"
#include "console/detail/asked.h"
#include "console/detail/credentials.h"
#include "console/detail/login_brake.h"
#include "console/detail/session_table.h"
#include "console/detail/tuning.h"
#include "console/detail/workers.h"

namespace mogura::console::detail {

// Who asks. Without a login: "local", with or without a session.
struct Visitor {
  std::string user{};
  std::string session{};  // its id; empty: none
  Address client{};
};

// A wish for live events.
struct LiveWish {
  std::optional<SessionTable::Key> session{};
  std::int64_t cursor = -1;  // Last-Event-ID; below zero: from now on
};

// What is to be done: an answer that is there already; or a job, and what makes the answer of it afterwards,
// on the loop; or live events.
struct Plan {
  Answer answer{};
  Lane lane = Lane::kQuick;
  Workers::Job job{};  // not empty: to be run first; on another thread
  std::function<Answer()> then{};
  std::function<void()> otherwise{};  // may be empty: where it could not be run
  std::optional<LiveWish> live{};
};

class Desk {
 public:
  Desk(const Options& options, const Surroundings& surroundings,
       std::shared_ptr<const Credentials> credentials);

  // Before the body is read. An answer: refused, for want of a login, of a token, of a method.
  std::variant<Visitor, Answer> recognise(const Asked& asked, const Address& client, Moment now);
  Plan plan(Asked asked, Visitor visitor, std::string body, Moment now);

  // Sessions of users who are gone, or whose password has changed, are over with this.
  void set_credentials(std::shared_ptr<const Credentials> credentials);
  [[nodiscard]] bool is_alive(const LiveWish& live, Moment now) const;

 private:
  [[nodiscard]] bool is_current(const SessionTable::Session& session) const;
  [[nodiscard]] Visitor visitor_of(const Asked& asked, const Address& client, Moment now);
  [[nodiscard]] bool has_token(const Asked& asked, const Visitor& visitor) const;
  [[nodiscard]] Answer session_answer(const Visitor& visitor) const;
  Plan plan_session(const Visitor& visitor, Moment now);
  Plan plan_login(const Visitor& visitor, std::string body, Moment now);
  Plan plan_logout(const Visitor& visitor);
  Plan plan_question(Asked asked, const Visitor& visitor, std::string body) const;
  Answer welcome(Visitor visitor, std::string_view user, Moment now);
  Answer turn_away(const Visitor& visitor, const std::string& user, bool is_written);
  void note(const std::string& line) const;

  const Options& options_;
  const Surroundings& surroundings_;
  std::shared_ptr<const Credentials> credentials_;
  SessionTable sessions_;
  LoginBrake brake_;
};

}  // namespace mogura::console::detail
