// Deciding by first bytes: which bytes settle what, and when more must be waited for.

#include <gtest/gtest.h>

#include "session/detail/dialogue.h"

namespace mogura::session::detail {
namespace {

using packet::Side;

struct Case {
  const char* name;
  std::string opener;    // by the side that opened the connection
  std::string accepter;  // by the other side, afterwards
  Kind kind;
  protocol::Inner inner;
  Side client;
  const char* why;
};

std::vector<Case> cases() {
  using namespace std::string_literals;
  using protocol::Inner;
  return {
      {"Request", "GET / HTTP/1.1\r\n\r\n", "", Kind::kGetPost, Inner::kNone, Side::kLow, "a request"},
      {"OnlyResponse", "", "HTTP/1.1 200 OK\r\n\r\n", Kind::kGetPost, Inner::kNone, Side::kLow,
       "one direction captured"},
      {"Hello", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"s, "", Kind::kOther, Inner::kTls, Side::kLow,
       "a ClientHello"},
      {"ServerHello", "", "\x16\x03\x03\x00\x05\x02\x00\x00\x01\x03"s, Kind::kOther, Inner::kTls, Side::kLow,
       "a ServerHello alone"},
      {"RecordsWithoutAHello", "\x17\x03\x03\x00\x05zzzzz"s, "", Kind::kOther, Inner::kUnknown, Side::kLow,
       "application data from a connection's first byte on is no TLS"},
      {"Banner", "", "SSH-2.0-x\r\n", Kind::kOther, Inner::kSsh, Side::kLow, "a server that speaks first"},
      {"CutHello", "\x16\x03\x01"s, "", Kind::kOther, Inner::kTls, Side::kLow,
       "three bytes of a record, and the end"},
      {"OneByte", "\x16"s, "", Kind::kOther, Inner::kUnknown, Side::kLow, "one byte is no evidence"},
      {"HalfAMethod", "GE", "", Kind::kOther, Inner::kUnknown, Side::kLow, "half a method is no evidence"},
      {"Called back", "", "POST /x HTTP/1.1\r\n\r\n", Kind::kGetPost, Inner::kNone, Side::kHigh,
       "who sends the request is the client, whoever opened the connection"},
  };
}

TEST(Decide, ByTheFirstBytes) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(std::string(c.name) + ": " + c.why);
    Shared shared{Limits{}};
    Dialogue dialogue(shared);
    dialogue.set_initiator(Side::kLow);
    if (!c.opener.empty()) dialogue.on_data(Side::kLow, as_bytes(c.opener), {{}, 0});
    if (!c.accepter.empty()) dialogue.on_data(Side::kHigh, as_bytes(c.accepter), {{}, c.opener.size()});
    const FinishedPtr record = dialogue.finish();
    EXPECT_EQ(name_of(record->session.kind), name_of(c.kind));
    EXPECT_EQ(protocol::name_of(record->session.inner), protocol::name_of(c.inner));
    EXPECT_EQ(dialogue.client_side(), c.client);
  }
}

TEST(Decide, AcceptsRecordsFromTheMiddleOfAConnection) {
  using namespace std::string_literals;
  Shared shared{Limits{}};
  Dialogue dialogue(shared);
  dialogue.set_midstream();
  dialogue.on_data(Side::kLow, as_bytes("\x17\x03\x03\x00\x05zzzzz"s), {{}, 0});
  EXPECT_EQ(dialogue.finish()->session.inner, protocol::Inner::kTls);
}

}  // namespace
}  // namespace mogura::session::detail
