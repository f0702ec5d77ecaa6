// What Table::observe() tells of sessions while they live.

#include <gtest/gtest.h>

#include <algorithm>

#include "session/testing/dialogues_test.h"

namespace mogura::session {
namespace {

using testing::client_hello;
using testing::Conversation;
using testing::cut;
using testing::dialogue_cases;
using testing::DialogueCase;
using testing::finish_all;
using testing::kConnect;
using testing::kEstablished;
using testing::kSshDown;
using testing::kSshUp;
using testing::Random;
using testing::record;
using testing::run;

using Segments = std::vector<packet::TcpSegment>;

// A step, and after how many segments it was told.
struct Step {
  std::size_t segments;
  Session session;
};

class Recorder final : public ProgressObserver {
 public:
  void on_progress(const Finished& so_far) override { steps.push_back({segments, so_far.session}); }
  std::size_t segments = 0;
  std::vector<Step> steps;
};

struct Observed {
  std::vector<Step> steps;
  Session end;
};

Observed observe(const Segments& segments) {
  Recorder recorder;
  Table table({}, 0);
  table.observe(&recorder);
  for (const packet::TcpSegment& segment : segments) {
    ++recorder.segments;
    table.on_segment(segment, table.hash(segment.key));
  }
  const std::vector<FinishedPtr> finished = finish_all(table);
  EXPECT_EQ(finished.size(), 1u);
  return {std::move(recorder.steps), finished.empty() ? Session{} : finished.front()->session};
}

// What does not change once it is settled.
std::string settled(const Session& s) {
  std::string text(name_of(s.kind));
  text += ' ';
  text += protocol::name_of(s.inner);
  for (const std::string* field : {&s.destination, &s.user_agent, &s.sni, &s.cipher_suites, &s.ja3, &s.ja4})
    text += ' ' + *field;
  return text + ' ' + s.client.to_string() + ' ' + s.server.to_string();
}

// Everything of an earlier step that must be in a later one.
void expect_growth(const Session& earlier, const Session& later) {
  ASSERT_EQ(settled(earlier), settled(later));
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_LE(earlier.exchanges[i], later.exchanges[i]);
    ASSERT_LE(earlier.small_messages[i], later.small_messages[i]);
  }
  ASSERT_LE(earlier.turns, later.turns);
  ASSERT_LE(earlier.http.requests, later.http.requests);
  ASSERT_LE(earlier.messages.size(), later.messages.size());
  ASSERT_TRUE(std::equal(earlier.messages.begin(), earlier.messages.end(), later.messages.begin()));
  ASSERT_TRUE(later.message_bytes.starts_with(earlier.message_bytes));
  for (const LengthCount& length : earlier.lengths) {
    ASSERT_TRUE(std::any_of(later.lengths.begin(), later.lengths.end(), [&](const LengthCount& l) {
      return l.direction == length.direction && l.length == length.length && l.count >= length.count;
    }));
  }
}

void expect_prefixes(const Segments& segments) {
  const Observed observed = observe(segments);
  for (std::size_t i = 0; i < observed.steps.size(); ++i) {
    const bool is_last = i + 1 == observed.steps.size();
    ASSERT_NO_FATAL_FAILURE(
        expect_growth(observed.steps[i].session, is_last ? observed.end : observed.steps[i + 1].session));
  }
}

std::vector<DialogueCase> longer_cases() {
  std::vector<DialogueCase> cases = dialogue_cases();
  const auto frame = [](const std::string& text) {
    return std::string("\x82") + static_cast<char>(text.size()) + text;
  };
  const auto add = [&](const char* name, Conversation c, const char* why) {
    cases.push_back({name, std::move(c), Kind::kOther, "", protocol::Inner::kNone, why});
  };
  Conversation ssh, tls, web, chunked, websocket, ftp;
  ssh.open().up(kConnect).down(kEstablished).down(kSshDown).up(kSshUp);
  tls.open().up(kConnect).down(kEstablished).up(client_hello());
  web.open();
  websocket.open()
      .up("GET /s HTTP/1.1\r\nHost: ws.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
      .down("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n");
  ftp.open().up(kConnect).down(kEstablished).down("220 ProFTPD ready\r\n");
  chunked.open()
      .up("GET http://a.example/stream HTTP/1.1\r\nUser-Agent: u\r\n\r\n")
      .down("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/x\r\n\r\n");
  for (int i = 0; i < 12; ++i) {
    const std::string number = std::to_string(i);
    ssh.up("key" + number).down("echo echo" + number);
    tls.down(record(100)).up(record(20) + record(30));
    web.up("POST http://b.example/" + number + " HTTP/1.1\r\nUser-Agent: u\r\nContent-Length: 4\r\n\r\nbody")
        .down("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer");
    websocket.up(frame("message " + number)).down(frame("reply"));
    ftp.up("USER bob\r\n").down("331 password\r\n");
    chunked.wait(std::chrono::seconds(3)).down("5\r\nhello\r\n");
  }
  add("LongSsh", ssh.close(), "a tunnel with many messages");
  add("LongTls", tls.close(), "records, several a segment");
  add("LongWeb", web.close(), "requests with bodies");
  add("LongWebSocket", websocket.close(), "frames");
  add("LongFtp", ftp.close(), "bytes are left out");
  add("LongBody", chunked.close(), "a body that does not end");
  return cases;
}

TEST(TableProgress, TellsOnlyWhatStaysAndGrows) {
  Random random(11);
  std::size_t told = 0;
  for (const DialogueCase& c : longer_cases()) {
    SCOPED_TRACE(std::string(c.name) + ": " + c.why);
    ASSERT_NO_FATAL_FAILURE(expect_prefixes(c.conversation.segments()));
    told += observe(c.conversation.segments()).steps.size();
    for (const std::size_t size : {1u, 2u, 3u, 7u, 20u, 50u}) {
      ASSERT_NO_FATAL_FAILURE(expect_prefixes(cut(c.conversation.segments(), size))) << "cut to " << size;
    }
    for (int round = 0; round < 30; ++round) {
      Segments segments = c.conversation.segments();
      for (std::size_t i = segments.size(); i > 4; --i) {
        std::swap(segments[i - 1], segments[3 + random.below(i - 3)]);
      }
      ASSERT_NO_FATAL_FAILURE(expect_prefixes(segments)) << "round " << round;
    }
  }
  EXPECT_GT(told, 100u);
}

TEST(TableProgress, TellsWhatWouldBeHandedOutIfTheSessionEndedNow) {
  for (const DialogueCase& c : longer_cases()) {
    for (const std::size_t size : {5000u, 9u}) {
      const Segments segments = cut(c.conversation.segments(), size);
      for (const Step& step : observe(segments).steps) {
        Segments so_far = segments;
        so_far.resize(step.segments);
        Session end = run(so_far).front()->session;
        end.http.has_endless_body = {};  // it may end yet
        ASSERT_EQ(settled(step.session), settled(end)) << c.name << " after " << step.segments;
        ASSERT_EQ(step.session, end) << c.name << " after " << step.segments << ", cut to " << size;
      }
    }
  }
}

TEST(TableProgress, IsTheSameAtTheEndWhetherObservedOrNot) {
  for (const DialogueCase& c : longer_cases()) {
    const Session unobserved = run(c.conversation.segments()).front()->session;
    EXPECT_EQ(observe(c.conversation.segments()).end, unobserved) << c.name;
  }
}

TEST(TableProgress, ComesAtOnceThenLessAndLessOften) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).down(kSshDown).up(kSshUp);
  for (int i = 0; i < 1200; ++i) c.up("x").down("y");
  std::vector<std::uint64_t> told;
  for (const Step& step : observe(c.segments()).steps) {
    told.push_back(step.session.exchanges[0] + step.session.exchanges[1]);
  }
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 2; i <= 64; ++i) expected.push_back(i);
  for (std::uint64_t i = 80; i <= 1024; i += 16) expected.push_back(i);
  for (std::uint64_t i = 1280; i <= 2402; i += 256) expected.push_back(i);
  if (!told.empty() && told.front() == 1) told.erase(told.begin());
  EXPECT_EQ(told, expected);
}

TEST(TableProgress, TellsNothingOfWhatIsNotSettled) {
  const struct {
    Conversation conversation;
    const char* why;
  } rows[] = {
      {Conversation().open().close(), "no payload"},
      {Conversation().open().up(kConnect), "a CONNECT that is not answered"},
      {Conversation().open().up(kConnect).down(kEstablished), "nothing came after it"},
      {Conversation().open().up(kConnect).down("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
       "another try is to be expected"},
      {Conversation().open().up(kConnect).down(kEstablished).up(client_hello().substr(0, 30)),
       "half a hello"},
      {Conversation().open().up("GET http://a.example/ HTTP/1.1\r\nHost"), "half a head"},
      {Conversation().open().up(
           "GET /s HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
       "an Upgrade that is not answered"},
  };
  for (const auto& row : rows) {
    Recorder recorder;
    Table table({}, 0);
    table.observe(&recorder);
    for (const auto& segment : row.conversation.segments())
      table.on_segment(segment, table.hash(segment.key));
    EXPECT_TRUE(recorder.steps.empty()) << row.why;
  }
}

TEST(TableProgress, TellsAnewOfHttpThatBecomesSomethingElse) {
  Conversation c;
  c.open()
      .up("GET http://w.example/ HTTP/1.1\r\n\r\n")
      .down("HTTP/1.1 204 N\r\n\r\n")
      .up("GET http://w.example/s HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
      .down("HTTP/1.1 101 S\r\n\r\n")
      .down(kSshDown)
      .up(kSshUp);
  const std::vector<Step> steps = observe(c.segments()).steps;
  ASSERT_GE(steps.size(), 2u);
  EXPECT_EQ(steps.front().session.kind, Kind::kGetPost);
  EXPECT_EQ(steps.back().session.kind, Kind::kWebSocket);
  EXPECT_EQ(steps.back().session.inner, protocol::Inner::kSsh);
}

TEST(TableProgress, StopsWhenTheObserverIsTakenBack) {
  Conversation c;
  c.open().up(kConnect).down(kEstablished).down(kSshDown).up(kSshUp).up("x");
  Recorder recorder;
  Table table({}, 0);
  table.observe(&recorder);
  for (const auto& segment : c.segments()) {
    if (!recorder.steps.empty()) table.observe(nullptr);
    table.on_segment(segment, table.hash(segment.key));
  }
  EXPECT_EQ(recorder.steps.size(), 1u);
}

}  // namespace
}  // namespace mogura::session
