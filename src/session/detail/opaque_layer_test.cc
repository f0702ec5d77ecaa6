#include "session/detail/opaque_layer.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'700'000'000)};

protocol::Inner inner_of(OpaqueLayer::Framing framing,
                         const std::vector<std::pair<Direction, std::string>>& messages) {
  Shared shared{Limits{}};
  Finished record;
  MessageStats stats(shared.limits, record.session, shared.message_memory);
  OpaqueLayer layer(shared, framing);
  for (const auto& [direction, text] : messages) layer.on_data(direction, as_bytes(text), kNow, stats);
  layer.finish();
  EXPECT_EQ(stats.count_of(Direction::kUp) + stats.count_of(Direction::kDown), messages.size());
  return layer.inner();
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

TEST(OpaqueLayer, KeepsPayloadsOfFramesUntilTheyAreLost) {
  Shared shared{Limits{}};
  Finished record;
  MessageStats stats(shared.limits, record.session, shared.message_memory);
  OpaqueLayer layer(shared, OpaqueLayer::Framing::kWebSocket);
  const auto up = [&](std::string_view bytes) {
    layer.on_data(Direction::kUp, as_bytes(bytes), kNow, stats);
  };
  up("\x82\x04"
     "ab");
  up("cd\x82\x02"
     "ef");
  layer.on_gap(Direction::kUp, 3, false, false, kNow, stats);
  up("\x82\x02"
     "gh");
  layer.on_data(Direction::kDown, as_bytes("\xff not a frame"), kNow, stats);
  stats.write(true);
  std::vector<std::string_view> bytes;
  for (const MessageStart& message : record.session.messages)
    bytes.push_back(record.session.bytes_of(message));
  EXPECT_EQ(bytes, (std::vector<std::string_view>{"ab", "cdef", "", ""}));
}

TEST(OpaqueLayer, KeepsPayloadsBehindItsEarlyBytes) {
  Limits limits;
  limits.early_bytes = 4;
  Shared shared{limits};
  Finished record;
  MessageStats stats(shared.limits, record.session, shared.message_memory);
  OpaqueLayer layer(shared, OpaqueLayer::Framing::kWebSocket);
  for (int i = 0; i < 3; ++i)
    layer.on_data(Direction::kUp,
                  as_bytes("\x82\x03"
                           "abc"),
                  kNow, stats);
  stats.write(true);
  EXPECT_EQ(record.session.message_bytes, "abcabcabc");
}

TEST(OpaqueLayer, KeysATunnelByItsFirstBytesBothWays) {
  const std::string up(60, 'u'), down(60, 'd');
  const auto key = [](const std::string& first_up, const std::string& first_down) {
    Shared shared{Limits{}};
    Finished record;
    MessageStats stats(shared.limits, record.session, shared.message_memory);
    OpaqueLayer layer(shared, OpaqueLayer::Framing::kNone);
    layer.on_data(Direction::kUp, as_bytes(first_up), kNow, stats);
    layer.on_data(Direction::kDown, as_bytes(first_down), kNow, stats);
    layer.write_key(record.keys);
    return record.keys.early;
  };
  EXPECT_NE(key(up, down), 0u);
  EXPECT_EQ(key(up, down), key(up, down));
  EXPECT_NE(key(up, down), key(up, std::string(60, 'e')));
  EXPECT_EQ(key("short", down), 0u) << "a banner alone is the same for many";
}

}  // namespace
}  // namespace mogura::session::detail
