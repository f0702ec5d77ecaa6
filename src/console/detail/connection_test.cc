#include "console/detail/connection.h"

#include <gtest/gtest.h>

#include "console/testing/files_test.h"
#include "console/testing/running_console_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

Tuning quick() {
  Tuning tuning;
  tuning.sweep = Millis(10);
  tuning.live_tick = Millis(10);
  return tuning;
}

TEST(Connection, AnswersOneRequestAfterTheOther) {
  RunningConsole running;
  Client client(running.endpoint());
  for (const char* path : {"/", "/app.js", "/app.css", "/findings"}) {
    const Answered answered = client.ask(request(std::string("GET ") + path));
    EXPECT_EQ(answered.status(), 200U) << path;
    EXPECT_FALSE(answered.body.empty()) << path;
    EXPECT_EQ(answered.field("connection"), "");
  }
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  RunningConsole running;
  Client client(running.endpoint());
  client.send(request("GET /api/session") + request("GET /app.css") + request("HEAD /app.js") +
              request("GET /nothing.txt") + request("GET /", "Connection: close\r\n"));
  EXPECT_NE(client.answer().body.find("csrf"), std::string::npos);
  EXPECT_EQ(client.answer().field("content-type"), "text/css; charset=utf-8");
  EXPECT_EQ(client.answer(false).field("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(client.answer().status(), 404U);
  const Answered last = client.answer();
  EXPECT_EQ(last.field("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(last.field("connection"), "close");
  EXPECT_EQ(client.some(), "");
}

TEST(Connection, HowARequestIsCutUpDoesNotMatter) {
  RunningConsole running;
  Client client(running.endpoint());
  const Ticket ticket = begin_session(client);
  const std::string text =
      request("POST /api/findings/0123456789abcdef/notes", ticket.fields(), R"({"text":"seen"})");
  for (std::size_t cut = 1; cut < text.size(); cut += 7) {
    client.send(text.substr(0, cut));
    client.send(text.substr(cut));
    EXPECT_EQ(client.answer().status(), 200U) << cut;
  }
}

TEST(Connection, AnswersHeadWithTheLengthAlone) {
  RunningConsole running;
  Client client(running.endpoint());
  const Answered head = client.ask(request("HEAD /app.js"));
  const Answered whole = client.ask(request("GET /app.js"));
  EXPECT_EQ(head.field("content-length"), whole.field("content-length"));
  EXPECT_EQ(head.field("etag"), whole.field("etag"));
}

TEST(Connection, NothingIsSentTwiceToWhoHasIt) {
  RunningConsole running;
  Client client(running.endpoint());
  const std::string etag = client.ask(request("GET /app.js")).field("etag");
  EXPECT_EQ(client.ask(request("GET /app.js", "If-None-Match: " + etag + "\r\n")).status(), 304U);
  EXPECT_EQ(client.ask(request("GET /")).status(), 200U) << "and the connection goes on";
}

struct Refused {
  std::string text;
  unsigned status;
  const char* code;
};

TEST(Connection, RefusesAndClosesWhatItDoesNotUnderstand) {
  const Refused cases[] = {
      {"GET / HTTP/1.1\nHost: localhost\n\n", 400, "bad-request"},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       "bad-request"},
      {"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, "bad-request"},
      {"GET /" + std::string(Tuning::kTargetBytes, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414,
       "too-large"},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(Tuning::kHeadBytes, 'a') + "\r\n\r\n", 431,
       "too-large"},
      {request("GET /%2e%2e/etc/passwd"), 400, "bad-request"},
      {request("GET /..%2f..%2fetc/passwd"), 400, "bad-request"},
      {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "host"},
      {request("TRACE /"), 405, "method"},
      {request("POST /api/login", "Transfer-Encoding: chunked\r\n"), 400, "bad-request"},
      {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 411,
       "bad-request"},
      {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 131073\r\n\r\n", 413, "too-large"},
      {request("POST /api/patterns/a", "Origin: http://evil.example\r\n", "{}"), 403, "origin"},
  };
  RunningConsole running;
  for (const Refused& each : cases) {
    Client client(running.endpoint());
    const Answered answered = client.ask(each.text);
    EXPECT_EQ(answered.status(), each.status) << each.text.substr(0, 80);
    EXPECT_EQ(text_of(answered.body, "code"), each.code) << each.text.substr(0, 80);
    EXPECT_NE(answered.field("content-security-policy"), "");
    EXPECT_EQ(answered.field("connection"), "close");
    EXPECT_EQ(client.all(), "");
  }
}

TEST(Connection, DoesNotReadBodiesOfThoseWhoMayNotSendThem) {
  RunningConsole running;
  Client client(running.endpoint());
  client.send("POST /api/patterns/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
  const Answered answered = client.answer();
  EXPECT_EQ(text_of(answered.body, "code"), "csrf") << "before a byte of it has come";
  EXPECT_EQ(answered.field("connection"), "close");
}

TEST(Connection, AsksForABodyThatWaitsToBeAsked) {
  RunningConsole running;
  Client client(running.endpoint());
  const Ticket ticket = begin_session(client);
  const std::string body = R"({"text":"seen"})";
  client.send("POST /api/findings/0123456789abcdef/notes HTTP/1.1\r\nHost: localhost\r\n" + ticket.fields() +
              "Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask(body).status(), 200U);
}

TEST(Connection, ASlowHeadOrBodyEndsIt) {
  Tuning tuning = quick();
  tuning.head = tuning.body = Millis(30);
  RunningConsole running(test_options(), tuning);
  for (const std::string& text :
       {std::string("GET / HTT"), std::string(),
        std::string("POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    "10\r\n\r\n{")}) {
    Client client(running.endpoint());
    client.send(text);
    EXPECT_EQ(client.all(), "") << text;
  }
}

TEST(Connection, AnIdleOneEnds) {
  Tuning tuning = quick();
  tuning.idle = Millis(30);
  RunningConsole running(test_options(), tuning);
  Client client(running.endpoint());
  EXPECT_EQ(client.ask(request("GET /")).status(), 200U);
  EXPECT_EQ(client.some(), "");
}

TEST(Connection, WhisperingReadersAreCutOff) {
  Tuning tuning = quick();
  tuning.write = Millis(50);
  tuning.write_rate = std::size_t{1} << 30;
  RunningConsole running(test_options(), tuning);
  Client client(running.endpoint());
  const int small = 4096;
  setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += request("GET /app.js");
  client.send(many);
  // Some of the answers fit into the buffers in between; that is no reason to wait for the rest.
  const std::string got = client.all();
  EXPECT_FALSE(got.empty());
}

TEST(Connection, LiveEventsComeAsTheyAreStored) {
  RunningConsole running(test_options(), quick());
  Client client(running.endpoint());
  client.send(request("GET /api/live", "Last-Event-ID: 0\r\n"));
  const Answered head = client.answer(false);
  EXPECT_EQ(head.status(), 200U);
  EXPECT_EQ(head.field("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(head.field("content-length"), "");
  EXPECT_EQ(head.field("cache-control"), "no-store");
  {
    const std::scoped_lock lock(running.records.mutex);
    running.records.alerts = {{1, R"({"kind":"pattern"})"}};
  }
  const std::string first = client.until("\"pattern\"");
  EXPECT_NE(first.find("event: alert"), std::string::npos) << first;
  EXPECT_NE(first.find("id: 1\n"), std::string::npos) << first;
  {
    const std::scoped_lock lock(running.records.mutex);
    running.records.alerts = {{2, R"({"kind":"finding"})"}, {1, R"({"kind":"pattern"})"}};
  }
  const std::string second = client.until("\"finding\"");
  EXPECT_NE(second.find("id: 2\n"), std::string::npos) << second;
  EXPECT_EQ(second.find("id: 1\n"), std::string::npos) << "each once";
}

TEST(Connection, LiveEventsBeginWithTheAnswer) {
  Tuning tuning = quick();
  tuning.live_tick = Millis(200);  // there is time between the answer and the first look
  RunningConsole running(test_options(), tuning);
  Client client(running.endpoint());
  client.send(request("GET /api/live"));
  EXPECT_EQ(client.answer(false).status(), 200U);
  {
    const std::scoped_lock lock(running.records.mutex);
    running.records.alerts = {{1, R"({"kind":"pattern"})"}};
  }
  EXPECT_NE(client.until("\"pattern\"").find("id: 1\n"), std::string::npos);
}

TEST(Connection, TooManyStreamsOfOneSessionAreRefused) {
  Tuning tuning = quick();
  tuning.streams_per_session = 1;
  RunningConsole running(test_options(), tuning);
  Client first(running.endpoint());
  EXPECT_EQ(first.ask(request("GET /api/live")).status(), 200U);
  Client second(running.endpoint());
  const Answered answered = second.ask(request("GET /api/live"));
  EXPECT_EQ(answered.status(), 429U);
  EXPECT_EQ(text_of(answered.body, "code"), "slow-down");
  EXPECT_NE(answered.field("retry-after"), "");
}

TEST(Connection, AStreamThatTheClientLeftMakesRoom) {
  Tuning tuning = quick();
  tuning.streams_per_session = 1;
  RunningConsole running(test_options(), tuning);
  {
    Client first(running.endpoint());
    EXPECT_EQ(first.ask(request("GET /api/live")).status(), 200U);
  }
  unsigned status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) {
    Client next(running.endpoint());
    status = next.ask(request("GET /api/live")).status();
  }
  EXPECT_EQ(status, 200U);
}

TEST(Connection, SlowLookupsHoldUpNobody) {
  RunningConsole running;
  running.workshop.hold(true);
  Client client(running.endpoint());
  const Ticket ticket = begin_session(client);
  const std::string lookup = request("POST /api/findings/0123456789abcdef/whois", ticket.fields(), "{}");
  std::vector<std::unique_ptr<Client>> waiting;
  for (unsigned i = 0; i < Workers::kSlowThreads + 1; ++i) {
    waiting.push_back(std::make_unique<Client>(running.endpoint()));
    waiting.back()->send(lookup);
  }
  running.workshop.wait_until_asked(Workers::kSlowThreads);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.ask(request("GET /api/overview")).status(), 200U);
  running.workshop.hold(false);
  for (const auto& each : waiting) EXPECT_EQ(each->answer().status(), 200U);
}

}  // namespace
}  // namespace mogura::console::detail
