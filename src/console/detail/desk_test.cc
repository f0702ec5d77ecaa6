#include "console/detail/desk.h"

#include <gtest/gtest.h>

#include "console/testing/files_test.h"
#include "console/testing/running_console_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

constexpr Moment kNow{1'000'000};
const Address kClient = Address::v4(0x7F000001);

// A desk without sockets: jobs run here and at once.
struct Scene {
  explicit Scene(Options given = {}) : options(std::move(given)) {}

  Answer ask(Asked asked, std::string body = "", Moment now = kNow) {
    asked.body_bytes = body.size();
    auto recognised = desk.recognise(asked, kClient, now);
    if (auto* answer = std::get_if<Answer>(&recognised)) return *answer;
    Plan plan = desk.plan(std::move(asked), std::get<Visitor>(recognised), std::move(body), now);
    last_lane = plan.lane;
    live = plan.live;
    if (!plan.job) return plan.answer;
    plan.job(bench);
    return plan.then();
  }
  Answer get(const std::string& path, Moment now = kNow) {
    return ask({.method = "GET", .path = path, .sessions = cookies, .csrf = {}}, "", now);
  }
  Answer post(const std::string& path, const std::string& body = "{}", Moment now = kNow) {
    return ask({.method = "POST", .path = path, .sessions = cookies, .csrf = csrf}, body, now);
  }
  Answer log_in(const std::string& user, const std::string& password, Moment now = kNow) {
    return post("/api/login", R"({"user":")" + user + R"(","password":")" + password + R"("})", now);
  }
  // Keeps cookie and token, as a browser would.
  Answer keep(Answer answer) {
    const std::size_t sign = answer.set_cookie.find('=');
    if (sign != std::string::npos) cookies = {answer.set_cookie.substr(sign + 1, 64)};
    if (std::string token = text_of(answer.body, "csrf"); !token.empty()) csrf = token;
    return answer;
  }

  Options options;
  Records records;
  FakeWorkshop workshop;
  Surroundings surroundings{
      .open_archive = {}, .workshop = &workshop, .version = "1.2.3", .note = [this](const std::string& line) {
        records.note(line);
      }};
  Desk desk{options, surroundings, *Credentials::load(options)};
  std::unique_ptr<report::Archive> archive = std::make_unique<RecordingArchive>(records);
  report::Archive& archive_ref = *archive;
  Bench bench{std::move(archive),
              Api({.archive = archive_ref, .workshop = workshop, .now = wall_clock, .version = "1"})};
  std::vector<std::string> cookies;
  std::string csrf;
  Lane last_lane = Lane::kQuick;
  std::optional<LiveWish> live;
};

struct WithUsers {
  Folder folder;
  Scene scene{Options{.htpasswd = folder.write("p", std::string(kAnna) + kBert),
                      .token_file = folder.write("t", "0123456789abcdef\n")}};
};

TEST(Desk, WithoutALoginAskingBeginsASession) {
  Scene scene;
  const Answer first = scene.keep(scene.get("/api/session"));
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(text_of(first.body, "user"), "local");
  EXPECT_EQ(text_of(first.body, "version"), "1.2.3");
  EXPECT_EQ(text_of(first.body, "patterns"), "write");
  EXPECT_NE(first.body.find("\"needs_login\":false"), std::string::npos);
  EXPECT_NE(first.body.find("\"whois\":true"), std::string::npos);
  EXPECT_EQ(scene.csrf.size(), 64U);
  const Answer again = scene.get("/api/session");
  EXPECT_TRUE(again.set_cookie.empty()) << "the same session";
  EXPECT_EQ(again.body, first.body);
}

TEST(Desk, WithoutALoginWhatChangesSomethingStillNeedsTheToken) {
  Scene scene;
  EXPECT_EQ(scene.get("/api/overview").status, 200U);
  EXPECT_EQ(text_of(scene.post("/api/patterns/preview").body, "code"), "csrf") << "no session";
  scene.keep(scene.get("/api/session"));
  EXPECT_NE(scene.post("/api/patterns/preview", R"({"text":"x"})").status, 403U);
  scene.csrf.back() = scene.csrf.back() == '0' ? '1' : '0';
  EXPECT_EQ(text_of(scene.post("/api/patterns/preview").body, "code"), "csrf") << "another token";
}

TEST(Desk, WithALoginOthersLearnOnlyThat) {
  WithUsers with;
  const Answer answer = with.scene.get("/api/session");
  EXPECT_EQ(answer.body, R"({"needs_login":true,"has_users":true,"has_token":true})");
  EXPECT_TRUE(answer.set_cookie.empty());
  for (const char* path : {"/api/overview", "/api/live", "/api/nothing", "/api", "/api/"}) {
    EXPECT_EQ(with.scene.get(path).status, 401U) << path;
    EXPECT_FALSE(with.scene.live);
  }
  EXPECT_EQ(with.scene.post("/api/logout").status, 401U);
  EXPECT_EQ(with.scene.get("/findings").status, 200U) << "the page itself says nothing";
}

TEST(Desk, LoginMakesASessionThatIsNeverAnOldOne) {
  WithUsers with;
  Scene& scene = with.scene;
  const Answer first = scene.keep(scene.log_in("anna", "correct horse"));
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(scene.last_lane, Lane::kLogin);
  EXPECT_EQ(text_of(first.body, "user"), "anna");
  EXPECT_EQ(scene.get("/api/overview").status, 200U);
  const std::vector<std::string> before = scene.cookies;
  scene.keep(scene.log_in("bert", "tr0ub4dor"));
  EXPECT_NE(scene.cookies, before);
  scene.cookies = before;
  EXPECT_EQ(scene.get("/api/overview").status, 401U) << "the old one has ended";
  EXPECT_EQ(scene.records.actions(), (std::vector<std::string>{"login anna", "login bert"}));
}

TEST(Desk, TheTokenLogsInAsToken) {
  WithUsers with;
  const Answer answer = with.scene.keep(with.scene.post("/api/login", R"({"token":"0123456789abcdef"})"));
  EXPECT_EQ(text_of(answer.body, "user"), "token");
  EXPECT_EQ(with.scene.get("/api/overview").status, 200U);
}

TEST(Desk, FailuresAreNotedAuditedAndAllTheSameToWhoeverAsks) {
  WithUsers with;
  Scene& scene = with.scene;
  const Answer wrong = scene.log_in("anna", "x");
  const Answer nobody = scene.log_in("hunter2", "x");
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_EQ(wrong.body, nobody.body);
  EXPECT_TRUE(wrong.set_cookie.empty());
  EXPECT_EQ(scene.records.actions(), (std::vector<std::string>{"login-failed anna", "login-failed "}));
  EXPECT_EQ(scene.records.audit[0].address, "127.0.0.1");
  EXPECT_EQ(scene.records.notes.size(), 2U);
  EXPECT_EQ(scene.records.notes[1].find("hunter2"), std::string::npos) << "it may be a password";
}

TEST(Desk, GuessersAreToldToWait) {
  WithUsers with;
  Scene& scene = with.scene;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(scene.log_in("anna", "x").status, 401U);
  const Answer refused = scene.log_in("anna", "correct horse");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.retry_after_s, 1U);
  EXPECT_EQ(text_of(refused.body, "code"), "slow-down");
  EXPECT_EQ(scene.log_in("anna", "correct horse", kNow + Millis(1000)).status, 200U);
}

TEST(Desk, RefusesFormsThatAreNone) {
  WithUsers with;
  EXPECT_EQ(with.scene.post("/api/login", "{}").status, 400U);
  EXPECT_EQ(with.scene.post("/api/login", std::string(Tuning::kLoginBodyBytes + 1, ' ')).status, 413U);
  EXPECT_EQ(Scene().post("/api/login", R"({"token":"0123456789abcdef"})").status, 404U) << "no login";
}

TEST(Desk, LogoutEndsSessionAndLiveEvents) {
  WithUsers with;
  Scene& scene = with.scene;
  scene.keep(scene.log_in("anna", "correct horse"));
  (void)scene.get("/api/live");
  ASSERT_TRUE(scene.live);
  const LiveWish live = *scene.live;
  EXPECT_TRUE(scene.desk.is_alive(live, kNow));
  const Answer gone = scene.post("/api/logout", "");
  EXPECT_EQ(gone.status, 204U);
  EXPECT_NE(gone.set_cookie.find("Max-Age=0"), std::string::npos);
  EXPECT_FALSE(scene.desk.is_alive(live, kNow));
  EXPECT_EQ(scene.get("/api/overview").status, 401U);
  EXPECT_EQ(scene.records.actions().back(), "logout anna");
}

TEST(Desk, SessionsEndWithThePasswordThatBeganThem) {
  WithUsers with;
  Scene& scene = with.scene;
  scene.keep(scene.log_in("anna", "correct horse"));
  scene.desk.set_credentials(*Credentials::load(scene.options));
  EXPECT_EQ(scene.get("/api/overview").status, 200U) << "nothing has changed";
  (void)with.folder.write("p", kAnnaLater);
  scene.desk.set_credentials(*Credentials::load(scene.options));
  EXPECT_EQ(scene.get("/api/overview").status, 401U);
}

TEST(Desk, SessionsEndWhenIdle) {
  WithUsers with;
  Scene& scene = with.scene;
  scene.keep(scene.log_in("anna", "correct horse"));
  const Moment idle = std::chrono::duration_cast<Millis>(scene.options.session_idle);
  EXPECT_EQ(scene.get("/api/overview", kNow + idle - Millis(1)).status, 200U);
  EXPECT_EQ(scene.get("/api/overview", kNow + idle + idle).status, 401U);
}

TEST(Desk, OneOfSeveralCookiesWillDo) {
  Scene scene;
  scene.keep(scene.get("/api/session"));
  scene.cookies.insert(scene.cookies.begin(), std::string(64, '0'));
  EXPECT_TRUE(scene.get("/api/session").set_cookie.empty());
}

TEST(Desk, EachPathHasItsMethods) {
  Scene scene;
  scene.keep(scene.get("/api/session"));
  struct Case {
    const char* method;
    const char* path;
    bool is_head;
    const char* allow;
  };
  const Case cases[] = {
      {"POST", "/", false, "GET, HEAD"},
      {"DELETE", "/app.js", false, "GET, HEAD"},
      {"POST", "/api/session", false, "GET, HEAD"},
      {"GET", "/api/login", false, "POST"},
      {"GET", "/api/login", true, "POST"},
      {"DELETE", "/api/logout", false, "POST"},
      {"GET", "/api/logout", false, "POST"},
      {"POST", "/api/live", false, "GET"},
      {"GET", "/api/live", true, "GET"},
  };
  for (const Case& each : cases) {
    const Answer answer = scene.ask({.method = each.method,
                                     .is_head = each.is_head,
                                     .path = each.path,
                                     .sessions = scene.cookies,
                                     .csrf = scene.csrf});
    EXPECT_EQ(answer.status, 405U) << each.method << ' ' << each.path;
    EXPECT_EQ(answer.allow, each.allow) << each.path;
  }
}

TEST(Desk, WhatTakesSecondsHasALaneOfItsOwn) {
  Scene scene;
  scene.keep(scene.get("/api/session"));
  const std::pair<const char*, Lane> cases[] = {
      {"/api/overview", Lane::kQuick},
      {"/api/findings/0123456789abcdef", Lane::kQuick},
      {"/api/findings/0123456789abcdef/draft", Lane::kSlow},
      {"/api/patterns/export", Lane::kSlow},
  };
  for (const auto& [path, lane] : cases) {
    (void)scene.get(path);
    EXPECT_EQ(scene.last_lane, lane) << path;
  }
  (void)scene.ask({.method = "GET", .path = "/api/sessions", .query = {{"format", "csv"}}});
  EXPECT_EQ(scene.last_lane, Lane::kSlow) << "a download";
  (void)scene.post("/api/findings/0123456789abcdef/whois");
  EXPECT_EQ(scene.last_lane, Lane::kSlow);
}

TEST(Desk, LiveEventsGoOnWhereTheyWere) {
  Scene scene;
  const std::pair<const char*, std::int64_t> cases[] = {
      {"", -1}, {"12", 12}, {"12x", -1}, {"99999999999999999999", -1}, {" 1", -1}};
  for (const auto& [last, cursor] : cases) {
    (void)scene.ask({.method = "GET", .path = "/api/live", .last_event = last});
    ASSERT_TRUE(scene.live);
    EXPECT_EQ(scene.live->cursor, cursor) << last;
    EXPECT_TRUE(scene.desk.is_alive(*scene.live, kNow)) << "nobody has to log in";
  }
}

TEST(Desk, TellsWhetherSomethingCanBeChanged) {
  Scene scene(Options{.is_read_only = true});
  const Answer answer = scene.get("/api/session");
  EXPECT_NE(answer.body.find("\"read_only\":true"), std::string::npos);
  EXPECT_EQ(text_of(answer.body, "patterns"), "read");
}

}  // namespace
}  // namespace mogura::console::detail
