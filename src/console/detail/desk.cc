#include "console/detail/desk.h"

#include <fmt/format.h>
#include <string.h>

#include <array>
#include <charconv>

#include "console/detail/front_end.h"
#include "console/detail/login_form.h"
#include "console/detail/session_cookie.h"
#include "report/json_writer.h"

namespace mogura::console::detail {
namespace {

constexpr std::string_view kNobody = "local";  // who asks where nobody has to log in

// What the server itself answers under /api/, and how it is asked for.
struct Own {
  std::string_view path, allow;
};
constexpr std::array<Own, 4> kOwn{
    {{"/api/session", "GET, HEAD"}, {"/api/login", "POST"}, {"/api/logout", "POST"}, {"/api/live", "GET"}}};

bool is_page(const Asked& asked) {
  return !asked.is_api() && asked.path != "/api";
}

bool needs_no_session(const Asked& asked) {
  return is_page(asked) || asked.path == "/api/session" || asked.path == "/api/login";
}

Answer method_answer(std::string_view allow) {
  Answer answer = error_answer(405, "method", fmt::format("only {}", allow));
  answer.allow = allow;
  return answer;
}

// Empty: any method may be asked with.
std::string_view allowed_for(const Asked& asked) {
  if (is_page(asked)) return "GET, HEAD";
  for (const Own& own : kOwn) {
    if (own.path == asked.path) return own.allow;
  }
  return {};
}

bool is_allowed(const Asked& asked, std::string_view allow) {
  return allow.empty() || allow.find(asked.is_head ? "HEAD" : asked.method) != std::string_view::npos;
}

// What may take seconds: lookups elsewhere, trying a pattern, making one, long lists.
Lane lane_of(const Asked& asked) {
  const std::string_view path = asked.path;
  for (const std::string_view end : {"/whois", "/preview", "/draft", "/export"}) {
    if (path.ends_with(end)) return Lane::kSlow;
  }
  for (const auto& [name, value] : asked.query) {
    if (name == "format") return Lane::kSlow;
  }
  return Lane::kQuick;
}

std::int64_t cursor_of(std::string_view last_event) {
  std::int64_t cursor = -1;
  const auto [end, error] = std::from_chars(last_event.data(), last_event.data() + last_event.size(), cursor);
  return error == std::errc() && end == last_event.data() + last_event.size() ? cursor : -1;
}

Answer json_answer(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return answer_of(std::move(reply));
}

std::string_view patterns_of(const Options& options, const Workshop& workshop) {
  if (!workshop.has_patterns()) return "none";
  return workshop.can_write() && !options.is_read_only ? "write" : "read";
}

report::AuditEntry audit_entry(const Visitor& visitor, std::string user, std::string action) {
  return {.time = wall_clock(),
          .user = std::move(user),
          .address = visitor.client.to_string(),
          .action = std::move(action)};
}

Plan answered(Answer answer) {
  Plan plan;
  plan.answer = std::move(answer);
  return plan;
}

}  // namespace

Desk::Desk(const Options& options, const Surroundings& surroundings,
           std::shared_ptr<const Credentials> credentials)
    : options_(options),
      surroundings_(surroundings),
      credentials_(std::move(credentials)),
      // Without a login, all sessions are of one user.
      sessions_({.idle = options.session_idle,
                 .longest = options.session_longest,
                 .most_of_user = options.has_login() ? SessionLimits{}.most_of_user : SessionLimits{}.most}) {
}

void Desk::note(const std::string& line) const {
  if (surroundings_.note) surroundings_.note(line);
}

void Desk::set_credentials(std::shared_ptr<const Credentials> credentials) {
  credentials_ = std::move(credentials);
}

bool Desk::is_current(const SessionTable::Session& session) const {
  return !options_.has_login() || credentials_->stamp_of(session.user) == session.stamp;
}

bool Desk::is_alive(const LiveWish& live, Moment now) const {
  if (!live.session) return !options_.has_login();
  const SessionTable::Session* const session = sessions_.find(*live.session, now);
  return session != nullptr && is_current(*session);
}

Visitor Desk::visitor_of(const Asked& asked, const Address& client, Moment now) {
  for (const std::string& id : asked.sessions) {
    const SessionTable::Session* const session = sessions_.use(id, now);
    if (session != nullptr && is_current(*session)) return {session->user, id, client};
  }
  return {options_.has_login() ? std::string() : std::string(kNobody), {}, client};
}

bool Desk::has_token(const Asked& asked, const Visitor& visitor) const {
  return !visitor.session.empty() && sessions_.is_csrf_token(visitor.session, asked.csrf);
}

std::variant<Visitor, Answer> Desk::recognise(const Asked& asked, const Address& client, Moment now) {
  const std::string_view allow = allowed_for(asked);
  if (!is_allowed(asked, allow)) return method_answer(allow);
  Visitor visitor = visitor_of(asked, client, now);
  if (asked.path == "/api/login" && asked.body_bytes > Tuning::kLoginBodyBytes)
    return error_answer(413, "too-large", "no name and password are so long");
  if (needs_no_session(asked)) return visitor;
  if (visitor.user.empty()) return error_answer(401, "login", "log in first");
  if (asked.changes_something() && !has_token(asked, visitor))
    return error_answer(403, "csrf", "X-CSRF-Token must have the value of GET /api/session");
  return visitor;
}

Plan Desk::plan(Asked asked, Visitor visitor, std::string body, Moment now) {
  if (is_page(asked)) return answered(front_end_answer(asked.path, asked.none_match));
  if (asked.path == "/api/session") return plan_session(visitor, now);
  if (asked.path == "/api/login") return plan_login(visitor, std::move(body), now);
  if (asked.path == "/api/logout") return plan_logout(visitor);
  if (asked.path == "/api/live") {
    Plan plan;
    plan.live = LiveWish{.cursor = cursor_of(asked.last_event)};
    if (!visitor.session.empty()) plan.live->session = SessionTable::key_of(visitor.session);
    return plan;
  }
  if (!asked.is_api()) return answered(error_answer(404, "not-found", "there is nothing of that name"));
  return plan_question(std::move(asked), visitor, std::move(body));
}

Answer Desk::session_answer(const Visitor& visitor) const {
  std::string body;
  report::JsonWriter json(body, report::JsonWriter::Layout::kLine);
  const Workshop& workshop = *surroundings_.workshop;
  json.begin_object();
  if (visitor.session.empty()) {
    json.field("needs_login", true);
    json.field("has_users", credentials_->has_users());
    json.field("has_token", credentials_->has_token());
  } else {
    json.field("user", visitor.user);
    json.field("csrf", sessions_.csrf_token(visitor.session));
    json.field("version", surroundings_.version);
    json.field("needs_login", options_.has_login());
    json.field("read_only", options_.is_read_only);
    json.field("patterns", patterns_of(options_, workshop));
    json.field("whois", workshop.has_whois());
  }
  json.end_object();
  return json_answer(std::move(body));
}

// Where nobody has to log in, asking begins a session: its token keeps other sites from doing anything.
Plan Desk::plan_session(const Visitor& visitor, Moment now) {
  if (!visitor.session.empty() || options_.has_login()) return answered(session_answer(visitor));
  return answered(welcome(visitor, kNobody, now));
}

// A new session in place of the one there may have been, so that nobody's old id is worth more after a login.
Answer Desk::welcome(Visitor visitor, std::string_view user, Moment now) {
  if (!visitor.session.empty()) sessions_.end(SessionTable::key_of(visitor.session));
  const std::optional<Credentials::Stamp> stamp = credentials_->stamp_of(user);
  if (options_.has_login() && !stamp) return error_answer(401, "login", "that user is no longer there");
  visitor.user = user;
  visitor.session = sessions_.begin(user, stamp.value_or(Credentials::Stamp{}), now);
  Answer answer = session_answer(visitor);
  answer.set_cookie = set_session_cookie(visitor.session, options_.has_tls());
  return answer;
}

Answer Desk::turn_away(const Visitor& visitor, const std::string& user, bool is_written) {
  if (is_written) {
    if (const std::uint64_t more = brake_.take_unrecorded(); more != 0)
      note(fmt::format("{} more attempts to log in are not written down", more));
    note(fmt::format("a login from {} failed: {}", visitor.client.to_string(),
                     user.empty() ? "there is no such user" : "wrong password or token for " + user));
  }
  return error_answer(401, "login", "wrong user, password or token");
}

Plan Desk::plan_login(const Visitor& visitor, std::string body, Moment now) {
  if (!options_.has_login()) return answered(error_answer(404, "not-found", "nobody has to log in here"));
  auto form = std::make_shared<std::optional<LoginForm>>(parse_login_form(body));
  explicit_bzero(body.data(), body.size());
  if (!*form) {
    return answered(
        error_answer(400, "bad-request", R"(must be {"user": "…", "password": "…"} or {"token": "…"})"));
  }
  const std::string user((*form)->has_token ? kTokenUser : std::string_view((*form)->user));
  const Millis wait = brake_.attempt(visitor.client, user, now);
  if (wait.count() > 0) {
    Answer answer = error_answer(429, "slow-down", "too many attempts; wait a little");
    answer.retry_after_s = static_cast<unsigned>((wait.count() + 999) / 1000);
    return answered(std::move(answer));
  }
  Plan plan;
  plan.lane = Lane::kLogin;
  auto is_right = std::make_shared<bool>(false);
  // Names that are nobody's are not written down: they may be passwords in the wrong place.
  const std::string known = credentials_->stamp_of(user) ? user : std::string();
  const bool is_written = brake_.may_record(now);
  plan.job = [form, is_right, known, visitor, is_written, credentials = credentials_](Bench& bench) {
    *is_right = credentials->are_right(**form);
    form->reset();
    if (!*is_right && !is_written) return;
    (void)bench.archive->add_audit(audit_entry(visitor, known, *is_right ? "login" : "login-failed"));
  };
  plan.otherwise = [this, visitor, user] { brake_.withdraw(visitor.client, user); };
  plan.then = [this, is_right, known, user, visitor, is_written, now] {
    if (!*is_right) return turn_away(visitor, known, is_written);
    brake_.succeeded(visitor.client, user, now);
    note(fmt::format("{} logged in from {}", user, visitor.client.to_string()));
    return welcome(visitor, user, now);
  };
  return plan;
}

Plan Desk::plan_logout(const Visitor& visitor) {
  sessions_.end(SessionTable::key_of(visitor.session));
  Plan plan;
  plan.job = [visitor](Bench& bench) {
    (void)bench.archive->add_audit(audit_entry(visitor, visitor.user, "logout"));
  };
  plan.then = [has_tls = options_.has_tls()] {
    Answer answer;
    answer.status = 204;
    answer.set_cookie = set_session_cookie({}, has_tls);
    return answer;
  };
  return plan;
}

Plan Desk::plan_question(Asked asked, const Visitor& visitor, std::string body) const {
  Plan plan;
  plan.lane = lane_of(asked);
  auto request = std::make_shared<Request>(Request{.method = std::move(asked.method),
                                                   .path = std::move(asked.path),
                                                   .query = std::move(asked.query),
                                                   .body = std::move(body),
                                                   .user = visitor.user,
                                                   .client = visitor.client});
  auto reply = std::make_shared<Reply>();
  plan.job = [request, reply](Bench& bench) { *reply = bench.api.handle(*request); };
  plan.then = [reply] { return answer_of(std::move(*reply)); };
  return plan;
}

}  // namespace mogura::console::detail
