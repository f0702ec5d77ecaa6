#pragma once

// For tests: sessions and patterns made to order, and a matcher that compares literally.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

namespace mogura::pattern::testing {

using session::Direction;
using session::Session;

// Appends a message whose first bytes are kept; `length`: of the whole message, 0 for that of the bytes.
inline void add_message(Session& session, Direction direction, std::string_view bytes,
                        std::uint32_t length = 0) {
  session::MessageStart message;
  message.direction = direction;
  message.length = length != 0 ? length : static_cast<std::uint32_t>(bytes.size());
  message.bytes_at = static_cast<std::uint32_t>(session.message_bytes.size());
  message.bytes_count = static_cast<std::uint32_t>(bytes.size());
  session.message_bytes += bytes;
  session.messages.push_back(message);
  ++session.exchanges[static_cast<std::size_t>(direction)];
}

// The same pseudo-random bytes for the same seed.
inline std::string noise(unsigned seed, std::size_t size) {
  std::string bytes;
  std::uint32_t state = seed * 2654435761u + 12345;
  while (bytes.size() < size) {
    state = state * 1664525u + 1013904223u;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

// CONNECT to a host, then SSH as OpenSSH speaks it. `number` makes host, keys and versions differ.
inline Session ssh_session(unsigned number) {
  using namespace std::string_literals;
  Session session;
  session.kind = session::Kind::kConnect;
  session.inner = protocol::Inner::kSsh;
  session.methods = {{"CONNECT", 1}};
  session.status = {200};
  session.destination = "host" + std::to_string(number) + ".example:443";
  add_message(session, Direction::kUp,
              "SSH-2.0-OpenSSH_9." + std::to_string(number % 10) + "p1 Debian-2\r\n");
  add_message(session, Direction::kDown,
              "SSH-2.0-OpenSSH_8." + std::to_string(number % 10) + "p1 Ubuntu\r\n");
  add_message(session, Direction::kUp,
              "\x00\x00\x06\x14\x0a\x14"s + noise(number, 16) + "\x00\x00\x01\x48"s +
                  "sntrup761x25519-sha512@openssh.com,cur",
              1100);
  for (unsigned i = 0; i < 12; ++i) {
    add_message(session, Direction::kUp, noise(number * 100 + i, 36));
    add_message(session, Direction::kDown, noise(number * 100 + i + 50, 44));
  }
  session.lengths = {{Direction::kUp, 36, 12}, {Direction::kDown, 44, 12}};
  return session;
}

// A page, got by a browser without a proxy's CONNECT.
inline Session browser_session(unsigned number) {
  Session session;
  session.kind = session::Kind::kGetPost;
  session.methods = {{"GET", 3}};
  session.status = {200, 200};
  session.destination = "www.site" + std::to_string(number) + ".example:80";
  session.host = session.destination;
  session.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/122.0 Safari/537.36";
  session.user_agent_seen = true;
  add_message(session, Direction::kDown, "<!DOCTYPE html><html lang=\"en\">" + noise(number, 20), 1400);
  return session;
}

inline Condition condition(Condition::On on, std::string text = {}) {
  Condition made;
  made.on = on;
  made.text = std::move(text);
  return made;
}

// `mask` empty: every byte counts.
inline Condition bytes_at(Direction direction, std::optional<std::uint32_t> message,
                          std::optional<std::uint32_t> offset, std::string bytes, std::string mask = {}) {
  Condition made = condition(Condition::On::kBytes);
  if (mask.empty()) mask.assign(bytes.size(), '\xff');
  made.bytes = {direction, message, offset, std::move(bytes), std::move(mask)};
  return made;
}

inline Condition length_of(Direction direction, std::uint32_t length, std::uint32_t at_least,
                           std::optional<std::uint32_t> message = {}) {
  Condition made = condition(Condition::On::kLength);
  made.length = {direction, length, at_least, message};
  return made;
}

inline Condition list_of(Condition::On on, std::vector<Condition> parts) {
  Condition made = condition(on);
  made.parts = std::move(parts);
  return made;
}

inline Pattern pattern_of(std::string id, std::vector<Condition> all) {
  Pattern pattern;
  pattern.id = std::move(id);
  pattern.condition = list_of(Condition::On::kAll, std::move(all));
  return pattern;
}

// Bytes compared one by one, in the plainest way there is.
inline bool stands_literally(const BytesCondition& wanted, const Session& session) {
  std::uint32_t numbers[2] = {0, 0};
  for (const session::MessageStart& message : session.messages) {
    const std::uint32_t number = numbers[static_cast<std::size_t>(message.direction)]++;
    if (message.direction != wanted.direction) continue;
    if (wanted.message && *wanted.message != number) continue;
    const std::string_view text = session.bytes_of(message);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (wanted.offset && *wanted.offset != at) continue;
      bool is_same = at + wanted.bytes.size() <= text.size();
      for (std::size_t i = 0; is_same && i < wanted.bytes.size(); ++i) {
        if (wanted.mask[i] != '\0' && wanted.bytes[i] != text[at + i]) is_same = false;
      }
      if (is_same) return true;
    }
  }
  return false;
}

// Whether a condition on bytes and lengths holds; other conditions are asked of `others`.
template <class Others>
bool holds_literally(const Condition& wanted, const Session& session, const Others& others) {
  const auto part_holds = [&](const Condition& part) { return holds_literally(part, session, others); };
  if (wanted.on == Condition::On::kAll) {
    return std::all_of(wanted.parts.begin(), wanted.parts.end(), part_holds);
  }
  if (wanted.on == Condition::On::kAny) {
    return std::any_of(wanted.parts.begin(), wanted.parts.end(), part_holds);
  }
  if (wanted.on == Condition::On::kBytes) return stands_literally(wanted.bytes, session);
  return others(wanted, session);
}

}  // namespace mogura::pattern::testing
