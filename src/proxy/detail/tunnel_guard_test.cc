#include "proxy/detail/tunnel_guard.h"

#include <gtest/gtest.h>

#include "pattern/pattern.h"
#include "proxy/testing/running_proxy.h"

namespace mogura::proxy {
namespace {

using detail::tls_start;
using detail::TlsStart;
using detail::TunnelGuard;
using detail::TunnelMatching;
using protocol::Inner;
using session::Direction;

constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kHello("\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03", 11);
constexpr std::string_view kConnect = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n";
constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
constexpr std::string_view kSsh = "SSH-2.0-OpenSSH_9.2\r\n";

std::shared_ptr<const pattern::Matcher> matcher_for(std::string_view condition) {
  const std::string text = "format = 1\nall = [" + std::string(condition) + "]\n";
  auto parsed = pattern::parse(text, "probe.toml");
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message());
  auto matcher = pattern::Matcher::make({*parsed});
  EXPECT_TRUE(matcher);
  return std::make_shared<const pattern::Matcher>(std::move(*matcher));
}

class Guarded {
 public:
  explicit Guarded(TunnelRule not_tls, std::vector<std::string> allow = {},
                   std::shared_ptr<const pattern::Matcher> matcher = nullptr,
                   TunnelRule on_match = TunnelRule::kBlock, bool wants_hello = false)
      : rules{.not_tls = not_tls, .allow = std::move(allow), .on_match = on_match},
        patterns(std::move(matcher)),
        guard(rules, patterns, matching,
              {.client = {Address::v4(0x0A000001), 40'000},
               .proxy = {Address::v4(0x0A000002), 3128},
               .head = kConnect,
               .answer = kEstablished,
               .time = kStart,
               .wants_hello = wants_hello}) {}

  std::string up(std::string_view bytes) { return std::string(guard.look(Direction::kUp, bytes, kStart)); }
  std::string down(std::string_view bytes) {
    return std::string(guard.look(Direction::kDown, bytes, kStart));
  }

  Tunnels rules;
  std::shared_ptr<const pattern::Matcher> patterns;
  TunnelMatching matching;
  TunnelGuard guard;
};

TEST(TlsStart, IsKnownBySixBytes) {
  for (std::size_t size = 0; size < 6; ++size) {
    EXPECT_EQ(tls_start(kHello.substr(0, size)), TlsStart::kNeedMore) << size;
  }
  EXPECT_EQ(tls_start(kHello.substr(0, 6)), TlsStart::kYes);
}

TEST(TlsStart, EachByteCounts) {
  for (const auto& [at, value] :
       {std::pair<std::size_t, char>{0, '\x17'}, {1, '\x02'}, {2, '\x05'}, {3, '\x42'}, {5, '\x02'}}) {
    std::string bytes(kHello.substr(0, 6));
    bytes[at] = value;
    EXPECT_EQ(tls_start(bytes), TlsStart::kNo) << at;
  }
  EXPECT_EQ(tls_start(std::string_view("\x16\x03\x01\x00\x00\x01", 6)), TlsStart::kNo);
}

TEST(TlsStart, LooksThroughALoadBalancersHeader) {
  const std::string header = "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n";
  EXPECT_EQ(tls_start(header.substr(0, 8)), TlsStart::kNeedMore);
  EXPECT_EQ(tls_start(header + std::string(kHello)), TlsStart::kYes);
  EXPECT_EQ(tls_start(header + "GET"), TlsStart::kNo);
}

TEST(TlsStart, TheRecogniserAgrees) {
  const std::string hello = std::string(kHello) + std::string(0x80 - 6, 'h');
  EXPECT_EQ(protocol::recognise({.up = as_bytes(hello), .down = {}}).protocol, Inner::kTls);
}

TEST(TunnelGuard, TlsGoesOnAndIsOverWithItsFirstBytes) {
  for (const TunnelRule rule : {TunnelRule::kObserve, TunnelRule::kBlock}) {
    Guarded tunnel(rule);
    EXPECT_EQ(tunnel.up(kHello), kHello);
    EXPECT_TRUE(tunnel.guard.is_over());
    EXPECT_FALSE(tunnel.guard.blocks());
    EXPECT_FALSE(tunnel.guard.news().is_not_tls);
    EXPECT_EQ(tunnel.guard.protocol(), Inner::kTls);
  }
}

TEST(TunnelGuard, TlsInSmallPiecesIsHeldAndThenWhole) {
  Guarded tunnel(TunnelRule::kBlock);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(tunnel.up(kHello.substr(i, 1)), "");
  EXPECT_TRUE(tunnel.guard.holds(Direction::kUp));
  EXPECT_EQ(tunnel.up(kHello.substr(5)), kHello);
  EXPECT_TRUE(tunnel.guard.is_over());
}

TEST(TunnelGuard, WhoObservesHoldsNothing) {
  Guarded tunnel(TunnelRule::kObserve);
  EXPECT_EQ(tunnel.up("\x16"), "\x16");
  EXPECT_EQ(tunnel.up(kSsh), kSsh);
  EXPECT_TRUE(tunnel.guard.news().is_not_tls);
  EXPECT_FALSE(tunnel.guard.news().is_not_tls);
  EXPECT_FALSE(tunnel.guard.blocks());
  EXPECT_TRUE(tunnel.guard.is_over());
}

TEST(TunnelGuard, WhatIsNotTlsIsCutBeforeItGoesOn) {
  Guarded tunnel(TunnelRule::kBlock);
  EXPECT_EQ(tunnel.up(kSsh), "");
  EXPECT_TRUE(tunnel.guard.blocks());
  EXPECT_TRUE(tunnel.guard.blocks_not_tls());
  EXPECT_EQ(tunnel.guard.protocol(), Inner::kSsh);
  EXPECT_EQ(tunnel.up("more"), "");
  EXPECT_EQ(tunnel.down("more"), "");
}

TEST(TunnelGuard, AServerThatSpeaksFirstIsNoTlsServer) {
  Guarded tunnel(TunnelRule::kBlock);
  EXPECT_EQ(tunnel.down("220 mail.example ESMTP\r\n"), "");
  EXPECT_TRUE(tunnel.guard.blocks());
}

TEST(TunnelGuard, AServerThatInterruptsAHelloIsNone) {
  Guarded tunnel(TunnelRule::kBlock);
  EXPECT_EQ(tunnel.up(kHello.substr(0, 3)), "");
  EXPECT_EQ(tunnel.down("x"), "");
  EXPECT_TRUE(tunnel.guard.blocks());
}

TEST(TunnelGuard, AllowedProtocolsPassWholeOnceTheyAreKnown) {
  Guarded tunnel(TunnelRule::kBlock, {"ssh"});
  EXPECT_EQ(tunnel.up(kSsh.substr(0, 2)), "");
  EXPECT_FALSE(tunnel.guard.blocks());
  EXPECT_EQ(tunnel.up(kSsh.substr(2)), kSsh);
  EXPECT_FALSE(tunnel.guard.news().is_not_tls);
  EXPECT_TRUE(tunnel.guard.is_over());
}

TEST(TunnelGuard, OthersThanTheAllowedAreCut) {
  Guarded tunnel(TunnelRule::kBlock, {"http"});
  EXPECT_EQ(tunnel.up(kSsh), "");
  EXPECT_FALSE(tunnel.guard.blocks());  // not certain yet
  EXPECT_EQ(tunnel.down(kSsh), "");
  EXPECT_TRUE(tunnel.guard.blocks());
  EXPECT_EQ(tunnel.guard.protocol(), Inner::kSsh);
}

TEST(TunnelGuard, SilenceIsTheLastWord) {
  Guarded partial(TunnelRule::kBlock);
  EXPECT_EQ(partial.up(kHello.substr(0, 5)), "");
  EXPECT_EQ(partial.guard.give_up(Direction::kUp), "");
  EXPECT_TRUE(partial.guard.blocks());
  Guarded unknown(TunnelRule::kBlock, {"ssh"});
  EXPECT_EQ(unknown.up("S"), "");
  EXPECT_EQ(unknown.guard.give_up(Direction::kUp), "");
  EXPECT_TRUE(unknown.guard.blocks());
}

TEST(TunnelGuard, HoldsSoMuchAndNoMore) {
  for (const std::size_t size : {protocol::kInnerBytes - 1, protocol::kInnerBytes}) {
    Guarded tunnel(TunnelRule::kBlock, {"ssh"});
    // A line of mail, for which a server's greeting could still come.
    EXPECT_EQ(tunnel.up("EHLO " + std::string(size - 5, 'a')), "");
    EXPECT_EQ(tunnel.guard.blocks(), size == protocol::kInnerBytes) << size;
  }
}

TEST(TunnelGuard, NothingIsRememberedWhereNobodyWantsToKnow) {
  Guarded tunnel(TunnelRule::kOff);
  EXPECT_TRUE(tunnel.guard.is_over());
  EXPECT_EQ(tunnel.up(kSsh), kSsh);
}

constexpr std::string_view kBanner =
    R"({ bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } })";

TEST(TunnelGuard, APatternIsMetBeforeItsLastBytesGoOn) {
  Guarded tunnel(TunnelRule::kOff, {}, matcher_for(kBanner));
  EXPECT_FALSE(tunnel.guard.is_over());
  EXPECT_EQ(tunnel.down(kSsh), kSsh);
  EXPECT_EQ(tunnel.up(kSsh), "");
  EXPECT_TRUE(tunnel.guard.blocks_match());
  EXPECT_TRUE(tunnel.guard.news().matches);
  EXPECT_EQ(tunnel.guard.matched(), std::vector<std::size_t>{0});
  EXPECT_EQ(tunnel.guard.session().destination, "a.example:443");
}

TEST(TunnelGuard, APatternMayBeObservedAlone) {
  Guarded tunnel(TunnelRule::kOff, {}, matcher_for(kBanner), TunnelRule::kObserve);
  EXPECT_EQ(tunnel.up(kSsh), kSsh);
  EXPECT_EQ(tunnel.down(kSsh), kSsh);
  EXPECT_TRUE(tunnel.guard.news().matches);
  EXPECT_FALSE(tunnel.guard.news().matches);
  EXPECT_FALSE(tunnel.guard.blocks());
}

TEST(TunnelGuard, ComparesSoManyBytesAndNoMore) {
  for (const bool is_within : {true, false}) {
    Guarded tunnel(TunnelRule::kOff, {}, matcher_for(kBanner));
    const std::string hello = std::string(kHello) + std::string(0x80 - 6, 'h');
    EXPECT_EQ(tunnel.up(hello), hello);
    EXPECT_FALSE(tunnel.guard.is_over());
    const std::string much(TunnelGuard::kLookedAt - (is_within ? 1 : 0), 'x');
    EXPECT_EQ(tunnel.down(much), much);
    EXPECT_FALSE(tunnel.guard.is_over());
    EXPECT_EQ(tunnel.up(much), much);
    EXPECT_EQ(tunnel.guard.is_over(), !is_within);
  }
}

TEST(TunnelGuard, ABulkOfOneSideEndsIt) {
  Guarded tunnel(TunnelRule::kOff, {}, matcher_for(kBanner));
  const std::string much(TunnelGuard::kAtMost, 'x');
  EXPECT_EQ(tunnel.down(much), much);
  EXPECT_TRUE(tunnel.guard.is_over());
}

// A whole ClientHello of one cipher suite, without extensions.
std::string whole_hello() {
  std::string body("\x03\x03", 2);
  body += std::string(32, 'r') + std::string("\x00\x00\x02\x13\x01\x01\x00", 7);
  std::string message("\x01\x00\x00", 3);
  message += static_cast<char>(body.size());
  message += body;
  std::string record("\x16\x03\x01\x00", 4);
  record += static_cast<char>(message.size());
  return record + message;
}

TEST(TunnelGuard, TellsTheHelloOnceItIsWhole) {
  for (const TunnelRule rule : {TunnelRule::kOff, TunnelRule::kBlock}) {
    Guarded tunnel(rule, {}, nullptr, TunnelRule::kOff, true);
    const std::string hello = whole_hello();
    EXPECT_EQ(tunnel.up(hello.substr(0, 20)), hello.substr(0, 20));
    EXPECT_FALSE(tunnel.guard.is_over());
    EXPECT_FALSE(tunnel.guard.news().has_hello);
    EXPECT_EQ(tunnel.up(hello.substr(20)), hello.substr(20));
    EXPECT_TRUE(tunnel.guard.news().has_hello);
    EXPECT_EQ(tunnel.guard.hello().cipher_suites, std::vector<std::uint16_t>{0x1301});
    EXPECT_FALSE(tunnel.guard.news().has_hello);
    EXPECT_EQ(tunnel.down("x"), "x");
    EXPECT_TRUE(tunnel.guard.is_over());
  }
}

TEST(TunnelGuard, WaitsForNoHelloWhereNoneComes) {
  for (const std::string_view bytes : {kSsh, kHello.substr(0, 3)}) {
    Guarded tunnel(TunnelRule::kObserve, {}, nullptr, TunnelRule::kOff, true);
    EXPECT_EQ(tunnel.up(bytes), bytes);
    EXPECT_EQ(tunnel.down("x"), "x");
    EXPECT_FALSE(tunnel.guard.news().has_hello);
    EXPECT_TRUE(tunnel.guard.is_over());
  }
}

}  // namespace
}  // namespace mogura::proxy
