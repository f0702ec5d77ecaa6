#pragma once

// Session records made by hand, for tests of this room.

#include <chrono>
#include <string>
#include <string_view>

#include "session/session.h"

namespace mogura::feature {

inline constexpr session::Direction kUp = session::Direction::kUp;
inline constexpr session::Direction kDown = session::Direction::kDown;

inline void add_message(session::Session& session, session::Direction direction, std::string_view bytes,
                        std::uint32_t length = 0) {
  session::MessageStart message;
  message.direction = direction;
  message.length = length != 0 ? length : static_cast<std::uint32_t>(bytes.size());
  message.bytes_at = static_cast<std::uint32_t>(session.message_bytes.size());
  message.bytes_count = static_cast<std::uint32_t>(bytes.size());
  session.messages.push_back(message);
  session.message_bytes += bytes;
}

inline session::Session make_session(double start_s = 0, double duration_s = 1, std::uint32_t client = 1) {
  session::Session session;
  const auto at = [](double seconds) {
    return Timestamp{} + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1.7e9 + seconds));
  };
  session.start = at(start_s);
  session.end = at(start_s + duration_s);
  session.client = {Address::v4(0x0A000000 + client), 50000};
  session.server = {Address::v4(0xC0000201), 80};
  session.kind = session::Kind::kGetPost;
  session.status = {200};
  session.exchanges = {1, 1};
  return session;
}

}  // namespace mogura::feature
