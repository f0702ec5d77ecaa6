#include "session/detail/dialogue.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

using packet::Side;

constexpr packet::Delivery kUnknown{{}, UINT64_MAX};

TEST(Dialogue, HoldsNoMoreThanItsLimitWhileNobodyAnswers) {
  Limits limits;
  limits.held_bytes = 100;
  for (const std::size_t size : {99u, 100u, 101u}) {
    Shared shared(limits);
    {
      Dialogue dialogue(shared);
      dialogue.on_data(Side::kLow, as_bytes("CONNECT a:1 HTTP/1.1\r\n\r\n"), kUnknown);
      dialogue.on_data(Side::kLow, as_bytes(std::string(size, 'x')), kUnknown);
      EXPECT_EQ(shared.counters.held_overflows, size > 100 ? 1u : 0u);
      EXPECT_LE(shared.held_bytes, limits.held_bytes);
      const FinishedPtr record = dialogue.finish();
      EXPECT_EQ(record->session.kind, Kind::kConnect);
      EXPECT_EQ(record->session.exchanges[0], 1u) << "what was held counts as the tunnel's";
    }
    EXPECT_EQ(shared.held_bytes, 0u);
  }
}

TEST(Dialogue, HoldsNoMorePiecesThanItsLimit) {
  Shared shared{Limits{}};
  Dialogue dialogue(shared);
  dialogue.on_data(Side::kLow, as_bytes("CONNECT a:1 HTTP/1.1\r\n\r\n"), kUnknown);
  for (std::size_t i = 0; i < Dialogue::kHeldPieces; ++i)
    dialogue.on_data(Side::kLow, as_bytes("x"), kUnknown);
  EXPECT_EQ(shared.counters.held_overflows, 0u);
  dialogue.on_data(Side::kLow, as_bytes("x"), kUnknown);
  EXPECT_EQ(shared.counters.held_overflows, 1u);
  dialogue.finish();
}

TEST(Dialogue, TellsTheClientByWhoSendsTheRequest) {
  for (const Side client : {Side::kLow, Side::kHigh}) {
    Shared shared{Limits{}};
    Dialogue dialogue(shared);
    dialogue.set_initiator(packet::opposite(client));  // it was called back, and asks all the same
    dialogue.on_data(client, as_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), {{}, 0});
    EXPECT_EQ(dialogue.client_side(), client);
    EXPECT_EQ(dialogue.finish()->session.kind, Kind::kGetPost);
  }
}

TEST(Dialogue, FollowsProxiesBehindProxiesDownToItsDepth) {
  Shared shared{Limits{}};
  Dialogue dialogue(shared);
  for (unsigned i = 0; i < Dialogue::kMaxDepth + 3; ++i) {
    dialogue.on_data(Side::kLow, as_bytes("CONNECT a:1 HTTP/1.1\r\n\r\n"), kUnknown);
    dialogue.on_data(Side::kHigh, as_bytes("HTTP/1.1 200 OK\r\n\r\n"), kUnknown);
  }
  const FinishedPtr record = dialogue.finish();
  EXPECT_EQ(record->session.kind, Kind::kConnect);
  EXPECT_EQ(record->session.methods[0].second, Dialogue::kMaxDepth + 1);
}

TEST(Dialogue, OpensTheTunnelWhenTheAnswerWasLost) {
  Shared shared{Limits{}};
  Dialogue dialogue(shared);
  dialogue.on_data(Side::kLow, as_bytes("CONNECT a:1 HTTP/1.1\r\n\r\n"), {{}, 0});
  dialogue.on_gap(Side::kHigh, 39, packet::GapKind::kNotCaptured, {{}, 24});
  dialogue.on_data(Side::kHigh, as_bytes("SSH-2.0-server\r\n"), {{}, 24});
  dialogue.on_data(Side::kLow, as_bytes("SSH-2.0-client\r\n"), {{}, 55});
  const FinishedPtr record = dialogue.finish();
  EXPECT_EQ(record->session.inner, protocol::Inner::kSsh);
  EXPECT_EQ(record->session.gaps_bytes, 39u);
}

}  // namespace
}  // namespace mogura::session::detail
