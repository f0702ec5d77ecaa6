#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>

#include "alert/detail/scene_test.h"
#include "alert/detail/spool.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using testing::alert;
using testing::Peer;
using testing::Server;

class WebhookSink : public ::testing::Test {
 protected:
  WebhookOptions options(const Server& server) {
    WebhookOptions options;
    options.url = "http://" + server.address() + "/hook";
    options.first_pause_s = options.longest_pause_s = 0.005;
    return options;
  }
  static std::unique_ptr<Sink> make(const WebhookOptions& options) {
    auto sink = make_webhook_sink(options);
    EXPECT_TRUE(sink) << sink.error().message();
    EXPECT_EQ((*sink)->name(), "webhook");
    return *std::move(sink);
  }
  // The alerts of one connection, each answered 200, until the n-th has come.
  static void expect(Peer& peer, std::size_t from, std::size_t to) {
    for (std::size_t n = from; n < to; ++n) {
      ASSERT_EQ(peer.read_request(), report::write_alert_line(alert(n)));
      peer.answer("200 OK");
    }
  }
  static void expect_balanced(const SinkCounters& counters) {
    EXPECT_EQ(counters.accepted, counters.delivered + counters.lost + counters.queued);
  }
  static void wait_for_retries(const Sink& sink, std::uint64_t count) {
    while (sink.counters().retries < count) std::this_thread::yield();
  }

  // Lines in the file.
  [[nodiscard]] std::size_t waiting_in_spool() const {
    const std::size_t lines = testing::lines_of(spool_).size();
    return lines == 0 ? 0 : lines - 1;
  }

  testing::Folder folder_;
  std::string spool_ = folder_.file("spool");
};

TEST_F(WebhookSink, PostsAlertsInOrder) {
  Server server;
  const auto sink = make(options(server));
  for (std::size_t n = 0; n < 20; ++n) sink->send(alert(n));
  Peer peer = server.accept();
  expect(peer, 0, 20);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 20u);
  expect_balanced(sink->counters());
}

TEST_F(WebhookSink, TriesAgainAfterEveryAnswerButSuccess) {
  Server server;
  const auto sink = make(options(server));
  sink->send(alert(0));
  Peer peer = server.accept();
  for (const char* status : {"500 Oops", "503 Busy", "404 Not Found", "401 Unauthorized", "302 Found"}) {
    EXPECT_EQ(peer.read_request(), report::write_alert_line(alert(0))) << status;
    peer.answer(status, "Location: /elsewhere\r\n");
  }
  expect(peer, 0, 1);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 1u);
  EXPECT_EQ(sink->counters().retries, 5u);
  EXPECT_EQ(sink->last_error(), "");
}

TEST_F(WebhookSink, PassesOverAnAlertThatIsRefusedAgainAndAgain) {
  Server server;
  const auto sink = make(options(server));
  sink->send(alert(0));
  sink->send(alert(1));
  Peer peer = server.accept();
  for (unsigned i = 0; i < kRefusals; ++i) {
    EXPECT_EQ(peer.read_request(), report::write_alert_line(alert(0)));
    peer.answer("400 Bad Request");
  }
  expect(peer, 1, 2);
  sink->stop(30);
  EXPECT_EQ(sink->counters().lost, 1u);
  EXPECT_EQ(sink->counters().delivered, 1u);
}

TEST_F(WebhookSink, DoesNotComeBackBeforeTheTimeItWasTold) {
  Server server;
  const auto sink = make(options(server));
  sink->send(alert(0));
  Peer peer = server.accept();
  peer.read_request();
  peer.answer("503 Busy", "Retry-After: 3600\r\n");
  wait_for_retries(*sink, 1);
  EXPECT_EQ(sink->last_error(), "http://" + server.address() + ": answered 503");
  // The end cuts the pause short.
  std::thread serving([&] { expect(peer, 0, 1); });
  sink->stop(30);
  serving.join();
  EXPECT_EQ(sink->counters().delivered, 1u);
  EXPECT_EQ(sink->counters().retries, 1u) << "none in between";
}

TEST_F(WebhookSink, LosesAndCountsBeyondTheQueueWithoutASpool) {
  Server server;
  auto small = options(server);
  small.queue = 5;
  const auto sink = make(small);
  sink->send(alert(0));
  Peer peer = server.accept();
  const std::string first = peer.read_request();
  for (std::size_t n = 1; n < 8; ++n) sink->send(alert(n));
  EXPECT_EQ(sink->counters().queued, 5u);
  EXPECT_EQ(sink->counters().lost, 3u);
  peer.answer("200 OK");
  expect(peer, 1, 5);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 5u);
  expect_balanced(sink->counters());
}

TEST_F(WebhookSink, EndsInTimeWhereTheServerDoesNotAnswer) {
  Server server;
  const auto sink = make(options(server));
  sink->send(alert(0));
  const Peer peer = server.accept();
  sink->stop(0.02);
  EXPECT_EQ(sink->counters().lost, 1u);
  expect_balanced(sink->counters());
}

TEST_F(WebhookSink, SpoolsWhileTheServerIsDownAndDeliversInOrder) {
  auto server = std::make_unique<Server>();
  const std::uint16_t port = server->port();
  auto spooling = options(*server);
  spooling.spool = spool_;
  spooling.queue = 1000;
  server.reset();
  const auto sink = make(spooling);
  for (std::size_t n = 0; n < 200; ++n) sink->send(alert(n));
  wait_for_retries(*sink, 2);
  for (std::size_t n = 200; n < 400; ++n) sink->send(alert(n));
  EXPECT_EQ(sink->counters().queued, 400u);
  server = std::make_unique<Server>(port);
  Peer peer = server->accept();
  expect(peer, 0, 400);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 400u);
  EXPECT_EQ(sink->counters().lost, 0u);
  EXPECT_EQ(testing::bytes_of(spool_), detail::kSpoolHead) << "empty again";
  expect_balanced(sink->counters());
}

TEST_F(WebhookSink, LeavesTheRestForTheNextStart) {
  auto server = std::make_unique<Server>();
  const std::uint16_t port = server->port();
  auto spooling = options(*server);
  spooling.spool = spool_;
  server.reset();
  {
    const auto sink = make(spooling);
    for (std::size_t n = 0; n < 5; ++n) sink->send(alert(n));
    sink->stop(0);
    EXPECT_EQ(sink->counters().lost, 0u);
    EXPECT_EQ(sink->counters().queued, 5u) << "in the spool";
    expect_balanced(sink->counters());
  }
  std::ofstream(spool_, std::ios::app | std::ios::binary) << "{\"alert_id\":\"cut sh";  // by a crash
  server = std::make_unique<Server>(port);
  const auto sink = make(spooling);
  sink->send(alert(5));
  Peer peer = server->accept();
  expect(peer, 0, 6);
  sink->stop(30);
  EXPECT_EQ(sink->counters().accepted, 7u);
  EXPECT_EQ(sink->counters().delivered, 6u);
  EXPECT_EQ(sink->counters().lost, 1u) << "the one cut short";
}

TEST_F(WebhookSink, SpoolsWhatComesFasterThanItIsTaken) {
  Server server;
  auto spooling = options(server);
  spooling.spool = spool_;
  spooling.queue = 10;
  const auto sink = make(spooling);
  sink->send(alert(0));
  Peer peer = server.accept();
  std::string request = peer.read_request();
  std::size_t sent = 1;
  // The server sits on the first one; each time the queue is half full its content goes to the spool.
  for (; sent < 100; ++sent) {
    sink->send(alert(sent));
    while (sink->counters().queued - waiting_in_spool() >= 5) std::this_thread::yield();
  }
  EXPECT_EQ(request, report::write_alert_line(alert(0)));
  peer.answer("200 OK");
  expect(peer, 1, sent);
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, sent);
  EXPECT_EQ(sink->counters().lost, 0u);
}

TEST_F(WebhookSink, LosesAndCountsBeyondTheSpool) {
  auto server = std::make_unique<Server>();
  auto spooling = options(*server);
  server.reset();
  const std::size_t line = report::write_alert_line(alert(0)).size() + 1;
  spooling.spool = spool_;
  spooling.spool_bytes = detail::kSpoolHead.size() + 3 * line;
  spooling.queue = 4;
  const auto sink = make(spooling);
  sink->send(alert(0));
  wait_for_retries(*sink, 1);
  for (std::size_t n = 1; n < 10; ++n) sink->send(alert(n));
  sink->stop(0.01);
  const SinkCounters counters = sink->counters();
  EXPECT_EQ(counters.queued, 3u) << "in the spool";
  EXPECT_EQ(counters.lost, 7u);
  EXPECT_LE(testing::bytes_of(spool_).size(), spooling.spool_bytes);
  expect_balanced(counters);
}

TEST_F(WebhookSink, RefusesWhatMakesNoSense) {
  Server server;
  auto bad = options(server);
  bad.url = "ftp://user:secret@hooks.example/";
  EXPECT_EQ(make_webhook_sink(bad).error().code, ErrorCode::kUsage);
  bad = options(server);
  bad.spool = folder_.file("notes.txt");
  std::ofstream(bad.spool) << "not a spool\n";
  EXPECT_EQ(make_webhook_sink(bad).error().code, ErrorCode::kFormat);
  EXPECT_EQ(testing::bytes_of(bad.spool), "not a spool\n");
}

}  // namespace
}  // namespace mogura::alert
