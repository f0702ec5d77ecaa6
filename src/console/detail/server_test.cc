#include "console/detail/server.h"

#include <gtest/gtest.h>

#include <thread>

#include "console/testing/files_test.h"
#include "console/testing/running_console_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

Tuning quick() {
  Tuning tuning;
  tuning.sweep = Millis(10);
  tuning.live_tick = Millis(10);
  tuning.file_check = Millis(10);
  tuning.stop = Millis(100);
  tuning.linger = Millis(10);
  return tuning;
}

struct SecureFiles {
  SecureFiles() {
    const Certificate made = make_certificate();
    options.listen.port = 0;
    options.certificate = folder.write("c", made.chain);
    options.key = folder.write("k", made.key);
    options.htpasswd = folder.write("p", kAnna);
  }
  Folder folder;
  Options options;
};

TEST(Server, AnAddressThatIsTakenIsAnErrorThatNamesIt) {
  RunningConsole running;
  Options options = test_options();
  options.listen = running.endpoint();
  const auto second = Server::open(options, running.surroundings());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_NE(second.error().message().find(running.endpoint().to_string()), std::string::npos);
}

TEST(Server, FilesThatCannotBeReadAreErrors) {
  RunningConsole running;
  SecureFiles files;
  for (std::string Options::*each : {&Options::certificate, &Options::key, &Options::htpasswd}) {
    Options options = files.options;
    options.*each += ".none";
    const auto opened = Server::open(options, running.surroundings());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().place, options.*each);
  }
}

TEST(Server, SpeaksTls12And13) {
  SecureFiles files;
  RunningConsole running(files.options);
  Client client(running.endpoint(), true);
  ASSERT_TRUE(client.has_tls());
  EXPECT_STREQ(SSL_get_version(client.tls()), "TLSv1.3");
  const Answered answered = client.ask("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(answered.status(), 200U);
  EXPECT_EQ(answered.field("strict-transport-security"), "max-age=31536000");
  EXPECT_EQ(client.ask(request("GET /")).field("strict-transport-security"), "")
      << "other things on localhost must still be reached";
  Client plain(running.endpoint());
  plain.send(request("GET /"));
  EXPECT_EQ(plain.all().find("HTTP/"), std::string::npos) << "nothing without TLS";
}

TEST(Server, UnderTlsCookiesAreBoundToTheHost) {
  SecureFiles files;
  RunningConsole running(files.options);
  Client client(running.endpoint(), true);
  const Answered welcome = log_in(client, "anna", "correct horse");
  ASSERT_EQ(welcome.status(), 200U) << welcome.body;
  const std::string cookie = welcome.field("set-cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-mogura_session=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure")) << cookie;
  const Ticket ticket = ticket_of(welcome);
  EXPECT_EQ(client.ask(request("GET /api/overview", ticket.fields())).status(), 200U);
  EXPECT_EQ(client.ask(request("GET /api/overview")).status(), 401U);
  EXPECT_EQ(client.ask(request("POST /api/logout", ticket.fields())).status(), 204U);
  EXPECT_EQ(client.ask(request("GET /api/overview", ticket.fields())).status(), 401U);
}

TEST(Server, TellsWhoLogsInAndWhoDoesNot) {
  SecureFiles files;
  RunningConsole running(files.options);
  Client client(running.endpoint(), true);
  EXPECT_EQ(log_in(client, "anna", "wrong").status(), 401U);
  EXPECT_EQ(log_in(client, "anna", "correct horse").status(), 200U);
  EXPECT_TRUE(running.records.wait_for_note("from 127.0.0.1 failed: wrong password or token for anna"));
  EXPECT_TRUE(running.records.wait_for_note("anna logged in from 127.0.0.1"));
  EXPECT_EQ(running.records.actions(), (std::vector<std::string>{"login-failed anna", "login anna"}));
}

TEST(Server, SlowsGuessersAndNobodyElse) {
  SecureFiles files;
  RunningConsole running(files.options);
  Client guesser(running.endpoint(), true, 0x7F000009);
  unsigned refused = 0;
  for (int i = 0; i < 20; ++i) {
    const Answered answered = log_in(guesser, "anna", "guess");
    if (answered.status() == 429) ++refused;
  }
  EXPECT_GE(refused, 16U);
  Client user(running.endpoint(), true);
  EXPECT_EQ(log_in(user, "anna", "correct horse").status(), 200U);
}

TEST(Server, ReadsPasswordsAgainWhenTheyChange) {
  SecureFiles files;
  RunningConsole running(files.options, quick());
  Client client(running.endpoint(), true);
  const Ticket ticket = ticket_of(log_in(client, "anna", "correct horse"));
  EXPECT_EQ(client.ask(request("GET /api/overview", ticket.fields())).status(), 200U);
  (void)files.folder.write("p", kAnnaLater);
  ASSERT_TRUE(running.records.wait_for_note("were read again"));
  EXPECT_EQ(client.ask(request("GET /api/overview", ticket.fields())).status(), 401U)
      << "that session was begun with the old password";
  EXPECT_EQ(log_in(client, "anna", "correct horse").status(), 401U);
  EXPECT_EQ(log_in(client, "anna", "other horse").status(), 200U);
}

TEST(Server, KeepsWhatItHasWhenAFileIsBroken) {
  SecureFiles files;
  RunningConsole running(files.options, quick());
  (void)files.folder.write("p", "anna:plain\n");
  ASSERT_TRUE(running.records.wait_for_note("what was loaded before stays: "));
  Client client(running.endpoint(), true);
  EXPECT_EQ(log_in(client, "anna", "correct horse").status(), 200U);
}

TEST(Server, TakesANewCertificateForNewConnections) {
  SecureFiles files;
  Tuning tuning;
  tuning.file_check = Millis(3'600'000);
  RunningConsole running(files.options, tuning);
  Client before(running.endpoint(), true);
  const Certificate later = make_certificate("later.example");
  (void)files.folder.write("c", later.chain);
  (void)files.folder.write("k", later.key);
  running.server->reload();
  ASSERT_TRUE(running.records.wait_for_note("were read again"));
  Client after(running.endpoint(), true);
  ASSERT_TRUE(after.has_tls());
  char name[64] = {};
  X509* const shown = SSL_get1_peer_certificate(after.tls());
  X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
  X509_free(shown);
  EXPECT_STREQ(name, "later.example");
  EXPECT_EQ(before.ask(request("GET /")).status(), 200U) << "the old connection goes on";
}

TEST(Server, ConnectionsAreBoundedByClient) {
  Tuning tuning = quick();
  tuning.connections_per_client = 2;
  RunningConsole running(test_options(), tuning);
  Client first(running.endpoint());
  Client second(running.endpoint());
  EXPECT_EQ(first.ask(request("GET /")).status(), 200U);
  EXPECT_EQ(second.ask(request("GET /")).status(), 200U);
  Client third(running.endpoint());
  EXPECT_EQ(third.ask(request("GET /")).status(), 0U);
  EXPECT_TRUE(running.records.wait_for_note("too many connections: those of 127.0.0.1"));
  Client other(running.endpoint(), false, 0x7F000002);
  EXPECT_EQ(other.ask(request("GET /")).status(), 200U);
}

TEST(Server, ConnectionsAreBoundedInAll) {
  Tuning tuning = quick();
  tuning.connections = 1;
  RunningConsole running(test_options(), tuning);
  Client first(running.endpoint());
  EXPECT_EQ(first.ask(request("GET /")).status(), 200U);
  Client second(running.endpoint(), false, 0x7F000002);
  EXPECT_EQ(second.ask(request("GET /")).status(), 0U);
}

TEST(Server, StopEndsIdleAndLiveConnectionsAtOnce) {
  Tuning tuning = quick();
  tuning.stop = Millis(600'000);
  RunningConsole running(test_options(), tuning);
  Client idle(running.endpoint());
  EXPECT_EQ(idle.ask(request("GET /")).status(), 200U);
  Client live(running.endpoint());
  EXPECT_EQ(live.ask(request("GET /api/live")).status(), 200U);
  Client fresh(running.endpoint());
  running.server->stop();
  EXPECT_EQ(idle.some(), "");
  (void)live.all();
  EXPECT_EQ(Client(running.endpoint()).ask(request("GET /")).status(), 0U);
}

TEST(Server, StopLetsWhatIsBeingAnsweredEnd) {
  Tuning tuning = quick();
  tuning.stop = Millis(600'000);
  RunningConsole running(test_options(), tuning);
  running.workshop.hold(true);
  Client client(running.endpoint());
  const Ticket ticket = begin_session(client);
  client.send(request("POST /api/findings/0123456789abcdef/whois", ticket.fields(), "{}"));
  running.workshop.wait_until_asked(1);
  Client idle(running.endpoint());
  EXPECT_EQ(idle.ask(request("GET /")).status(), 200U);
  std::thread stopping([&running] { running.server->stop(); });
  EXPECT_EQ(idle.some(), "") << "it is stopping";
  running.workshop.hold(false);
  const Answered answered = client.answer();
  EXPECT_EQ(answered.status(), 200U);
  EXPECT_EQ(answered.field("connection"), "close");
  stopping.join();
}

TEST(Server, StopWaitsNoLongerThanItSays) {
  RunningConsole running(test_options(), quick());
  running.workshop.hold(true);
  Client client(running.endpoint());
  const Ticket ticket = begin_session(client);
  client.send(request("POST /api/findings/0123456789abcdef/whois", ticket.fields(), "{}"));
  running.workshop.wait_until_asked(1);
  std::thread stopping([&running] { running.server->stop(); });
  EXPECT_EQ(client.answer().status(), 0U) << "cut off";
  running.workshop.hold(false);
  stopping.join();
}

TEST(Server, LogoutEndsLiveEvents) {
  SecureFiles files;
  RunningConsole running(files.options, quick());
  Client client(running.endpoint(), true);
  const Ticket ticket = ticket_of(log_in(client, "anna", "correct horse"));
  Client live(running.endpoint(), true);
  EXPECT_EQ(live.ask(request("GET /api/live", ticket.fields())).status(), 200U);
  EXPECT_EQ(client.ask(request("POST /api/logout", ticket.fields())).status(), 204U);
  (void)live.all();
}

}  // namespace
}  // namespace mogura::console::detail
