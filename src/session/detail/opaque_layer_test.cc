#include "session/detail/opaque_layer.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'700'000'000)};

protocol::Inner inner_of(OpaqueLayer::Framing framing,
                         const std::vector<std::pair<Direction, std::string>>& messages) {
  Shared shared{Limits{}};
  MessageStats stats;
  Finished record;
  OpaqueLayer layer(shared, framing);
  for (const auto& [direction, text] : messages) layer.on_data(direction, as_bytes(text), kNow, stats);
  layer.finish(record);
  EXPECT_EQ(stats.count(Direction::kUp) + stats.count(Direction::kDown), messages.size());
  return record.session.inner;
}

TEST(OpaqueLayer, RecognisesWhatIsInside) {
  EXPECT_EQ(inner_of(OpaqueLayer::Framing::kNone,
                     {{Direction::kDown, "SSH-2.0-x\r\n"}, {Direction::kUp, "SSH-2.0-y\r\n"}}),
            protocol::Inner::kSsh);
  EXPECT_EQ(inner_of(OpaqueLayer::Framing::kNone, {}), protocol::Inner::kNone);
  EXPECT_EQ(inner_of(OpaqueLayer::Framing::kNone, {{Direction::kUp, std::string(40, '\x99')}}),
            protocol::Inner::kUnknown);
}

TEST(OpaqueLayer, LooksIntoWebSocketFrames) {
  const auto frame = [](const std::string& text) {
    return std::string("\x82") + static_cast<char>(text.size()) + text;
  };
  EXPECT_EQ(inner_of(OpaqueLayer::Framing::kWebSocket, {{Direction::kDown, frame("SSH-2.0-server\r\n")},
                                                        {Direction::kUp, frame("SSH-2.0-client\r\n")}}),
            protocol::Inner::kSsh);
}

TEST(OpaqueLayer, KeysATunnelByItsFirstBytesBothWays) {
  const std::string up(60, 'u'), down(60, 'd');
  const auto key = [](const std::string& first_up, const std::string& first_down) {
    Shared shared{Limits{}};
    MessageStats stats;
    Finished record;
    OpaqueLayer layer(shared, OpaqueLayer::Framing::kNone);
    layer.on_data(Direction::kUp, as_bytes(first_up), kNow, stats);
    layer.on_data(Direction::kDown, as_bytes(first_down), kNow, stats);
    layer.finish(record);
    return record.keys.early;
  };
  EXPECT_NE(key(up, down), 0u);
  EXPECT_EQ(key(up, down), key(up, down));
  EXPECT_NE(key(up, down), key(up, std::string(60, 'e')));
  EXPECT_EQ(key("short", down), 0u) << "a banner alone is the same for many";
}

}  // namespace
}  // namespace mogura::session::detail
