#include "pattern/detail/evaluate.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace mogura::pattern::detail {
namespace {

using session::Kind;
using session::Session;
using On = Condition::On;

// What makes a session one of its kind has been seen, so that it stays of it.
bool is_kind_settled(const Session& session) {
  switch (session.kind) {
    case Kind::kGetPost:
      return !session.status.empty() || !session.messages.empty() ||
             session.http.body_bytes[0] + session.http.body_bytes[1] != 0;
    case Kind::kConnect:
    case Kind::kSsl:
    case Kind::kOther:
      return session.inner != protocol::Inner::kNone;
    case Kind::kWebSocket:
      return true;
  }
  return false;
}

bool has_method(const Session& session, std::string_view name) {
  return std::any_of(session.methods.begin(), session.methods.end(),
                     [&](const auto& method) { return method.first == name; });
}

bool holds_rhythm(const RhythmCondition& condition, const Session& session) {
  return session.has_interval && session.interval_median_s >= condition.min_s &&
         session.interval_median_s <= condition.max_s &&
         session.interval_mad_s <= condition.max_mad_ratio * session.interval_median_s;
}

// The message of that number in its direction, or nullptr.
const session::MessageStart* find_message(const Session& session, session::Direction direction,
                                          std::uint32_t number) {
  for (const session::MessageStart& message : session.messages) {
    if (message.direction == direction && number-- == 0) return &message;
  }
  return nullptr;
}

// A length that occurred once is in no `lengths`, but its message may be among those kept.
std::uint32_t count_of(const LengthCondition& condition, const Session& session) {
  for (const session::LengthCount& counted : session.lengths) {
    if (counted.direction == condition.direction && counted.length == condition.length) return counted.count;
  }
  return static_cast<std::uint32_t>(
      std::count_if(session.messages.begin(), session.messages.end(), [&](const auto& message) {
        return message.direction == condition.direction && message.length == condition.length;
      }));
}

bool has_bytes(const BytesCondition& condition, std::string_view text) {
  if (condition.offset) return has_bytes_at(condition, text, *condition.offset);
  for (std::size_t at = 0; at + condition.bytes.size() <= text.size(); ++at) {
    if (has_bytes_at(condition, text, at)) return true;
  }
  return false;
}

}  // namespace

bool has_bytes_at(const BytesCondition& condition, std::string_view text, std::size_t offset) {
  if (offset > text.size() || text.size() - offset < condition.bytes.size()) return false;
  for (std::size_t i = 0; i < condition.bytes.size(); ++i) {
    if (((condition.bytes[i] ^ text[offset + i]) & condition.mask[i]) != 0) return false;
  }
  return true;
}

bool holds(const BytesCondition& condition, const Session& session) {
  if (condition.message) {
    const session::MessageStart* message = find_message(session, condition.direction, *condition.message);
    return message != nullptr && has_bytes(condition, session.bytes_of(*message));
  }
  return std::any_of(session.messages.begin(), session.messages.end(), [&](const auto& message) {
    return message.direction == condition.direction && has_bytes(condition, session.bytes_of(message));
  });
}

bool holds(const LengthCondition& condition, const Session& session) {
  if (!condition.message) return count_of(condition, session) >= condition.at_least;
  const session::MessageStart* message = find_message(session, condition.direction, *condition.message);
  return message != nullptr && message->length == condition.length;
}

bool holds_plain(const Condition& condition, const Session& session) {
  switch (condition.on) {
    case On::kKind:
      return session::name_of(session.kind) == condition.text && is_kind_settled(session);
    case On::kInner:
      return protocol::name_of(session.inner) == condition.text;
    case On::kDestination:
      return fits_glob(session.destination, condition.text);
    case On::kUserAgent:
      return session.user_agent_seen && fits_glob(session.user_agent, condition.text);
    case On::kNoUserAgent:
      return !session.methods.empty() && !session.user_agent_seen;
    case On::kCipherSuites:
      return session.cipher_suites == condition.text;
    case On::kJa4:
      return session.ja4 == condition.text;
    case On::kSni:
      return !session.sni.empty() && fits_glob(session.sni, condition.text);
    case On::kNoSni:
      return !session.cipher_suites.empty() && session.sni.empty();
    case On::kMethod:
      return has_method(session, condition.text);
    case On::kUpgrade:
      return session.upgrade == condition.text;
    case On::kLength:
      return holds(condition.length, session);
    case On::kRhythm:
      return holds_rhythm(condition.rhythm, session);
    case On::kExchanges:
      return session.exchanges[0] >= condition.exchanges.up &&
             session.exchanges[1] >= condition.exchanges.down;
    case On::kDuration:
      return to_seconds(session.end - session.start) >= condition.seconds;
    case On::kLongBody:
      return session.http.longest_body_s[static_cast<std::size_t>(condition.long_body.direction)] >=
             condition.long_body.at_least_s;
    case On::kBytes:
    case On::kAll:
    case On::kAny:
      break;
  }
  MOGURA_ASSERT(false);
  return false;
}

bool holds(const Condition& condition, const Session& session) {
  const auto part_holds = [&](const Condition& part) { return holds(part, session); };
  switch (condition.on) {
    case On::kAll:
      return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case On::kAny:
      return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case On::kBytes:
      return holds(condition.bytes, session);
    case On::kKind:
    case On::kInner:
    case On::kDestination:
    case On::kUserAgent:
    case On::kNoUserAgent:
    case On::kCipherSuites:
    case On::kJa4:
    case On::kSni:
    case On::kNoSni:
    case On::kMethod:
    case On::kUpgrade:
    case On::kLength:
    case On::kRhythm:
    case On::kExchanges:
    case On::kDuration:
    case On::kLongBody:
      return holds_plain(condition, session);
  }
  return false;
}

}  // namespace mogura::pattern::detail
