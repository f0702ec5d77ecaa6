#include "identity/clues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mogura::identity {
namespace {

using session::Direction;
using session::Kind;
using session::Session;
using testing::Contains;
using testing::Not;

void say(Session& session, Direction direction, std::string_view bytes, std::uint32_t length = 0) {
  session::MessageStart message;
  message.direction = direction;
  message.length = length != 0 ? length : static_cast<std::uint32_t>(bytes.size());
  message.bytes_at = static_cast<std::uint32_t>(session.message_bytes.size());
  message.bytes_count = static_cast<std::uint32_t>(bytes.size());
  session.message_bytes += bytes;
  session.messages.push_back(message);
}

Session tunnel() {
  Session session;
  session.kind = Kind::kConnect;
  session.destination = "relay.example:443";
  session.methods = {{"CONNECT", 1}};
  session.inner = protocol::Inner::kSsh;
  return session;
}

TEST(Clues, ComeFromTheFieldsOfASession) {
  Session session = tunnel();
  session.user_agent = "agent/1";
  session.user_agent_seen = true;
  session.sni = "sni.example";
  session.cert_subject = "CN=a";
  session.cert_issuer = "CN=b";
  session.ja3 = "three";
  session.ja4 = "four";
  session.alpn = {"h2"};
  session.client_forwarded = "192.0.2.7";
  Clues clues;
  add_session(clues, session);
  for (const Clue& wanted : {
           Clue{"destination", "relay.example:443"},
           {"port", "443"},
           {"sni", "sni.example"},
           {"certificate", "CN=a"},
           {"certificate-issuer", "CN=b"},
           {"user-agent", "agent/1"},
           {"ja3", "three"},
           {"ja4", "four"},
           {"alpn", "h2"},
           {"forwarded", "192.0.2.7"},
           {"kind", "connect"},
           {"inner-protocol", "ssh"},
       }) {
    EXPECT_THAT(clues.clues, Contains(wanted)) << wanted.source;
  }
  EXPECT_THAT(clues.clues, Not(Contains(Clue{"absent", "user-agent"})));
}

TEST(Clues, AbsentMeansInNoSession) {
  Session without = tunnel();
  Session with = tunnel();
  with.user_agent = "agent/1";
  with.user_agent_seen = true;
  Clues clues;
  add_session(clues, without);
  EXPECT_THAT(clues.clues, Contains(Clue{"absent", "user-agent"}));
  add_session(clues, with);
  EXPECT_THAT(clues.clues, Not(Contains(Clue{"absent", "user-agent"})));
  add_session(clues, without);
  EXPECT_THAT(clues.clues, Not(Contains(Clue{"absent", "user-agent"})));
}

TEST(Clues, WhatCouldNotBeIsNotAbsent) {
  Session session;  // no request, no hello
  Clues clues;
  add_session(clues, session);
  for (const Clue& clue : clues.clues) EXPECT_NE(clue.source, "absent") << clue.value;
}

TEST(Clues, FirstBytesAndBannersOfBothSides) {
  Session session = tunnel();
  say(session, Direction::kUp, "SSH-2.0-client\r\n");
  say(session, Direction::kDown, "SSH-2.0-server\r\n");
  say(session, Direction::kUp, "key exchange", 1400);  // kept cut: what comes after is not next to it
  say(session, Direction::kUp, "later");
  Clues clues;
  add_session(clues, session);
  ASSERT_EQ(clues.first_bytes.size(), 1u);
  EXPECT_EQ(clues.first_bytes[0].up, "SSH-2.0-client\r\nkey exchange");
  EXPECT_EQ(clues.first_bytes[0].down, "SSH-2.0-server\r\n");
  EXPECT_THAT(clues.clues, Contains(Clue{"banner", "SSH-2.0-client"}));
  EXPECT_THAT(clues.clues, Contains(Clue{"banner", "SSH-2.0-server"}));
}

TEST(Clues, BodiesHaveNoBanner) {
  Session session;
  session.kind = Kind::kGetPost;
  session.methods = {{"POST", 1}};
  say(session, Direction::kUp, "name=value");
  Clues clues;
  add_session(clues, session);
  for (const Clue& clue : clues.clues) EXPECT_NE(clue.source, "banner");
  EXPECT_EQ(clues.first_bytes.size(), 1u);
}

TEST(Clues, AreBounded) {
  Clues clues;
  for (int i = 0; i < 1000; ++i) {
    Session session = tunnel();
    session.user_agent = "agent/" + std::to_string(i);
    session.user_agent_seen = true;
    for (int k = 0; k < 48; ++k) say(session, Direction::kUp, std::string(64, 'x'));
    add_session(clues, session);
  }
  std::size_t agents = 0;
  for (const Clue& clue : clues.clues) agents += clue.source == "user-agent" ? 1u : 0u;
  EXPECT_EQ(agents, kCluesOfASource);
  EXPECT_EQ(clues.first_bytes.size(), kFirstBytesKept);
  for (const FirstBytes& bytes : clues.first_bytes) EXPECT_LE(bytes.up.size(), kFirstBytesSize);
}

TEST(Clues, OneValueIsAddedOnce) {
  Clues clues;
  add_clue(clues, "shape", "beacon");
  add_clue(clues, "shape", "beacon");
  add_clue(clues, "shape", "");
  EXPECT_EQ(clues.clues.size(), 1u);
}

}  // namespace
}  // namespace mogura::identity
