#include "session/detail/redaction.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "protocol/http1.h"

namespace mogura::session::detail {
namespace {

using protocol::Inner;
using protocol::Likeness;

// Only the first message of each direction has this number.
constexpr unsigned kFirst = 0;

// A command of up to this length, with what ends it.
constexpr std::size_t kMaxWord = 16;

template <class Ends>
std::size_t end_of(std::string_view text, Ends ends) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
}

// Up to and with the first space; nothing if there is none where a command would have it: what has no space
// may be a password on a line of its own.
std::size_t word_length(std::string_view text) {
  const std::size_t space = text.substr(0, kMaxWord).find(' ');
  return space == std::string_view::npos ? 0 : space + 1;
}

std::size_t command_length(std::string_view text, bool is_tagged) {
  const std::size_t first = word_length(text);
  if (!is_tagged || first == 0) return first;
  const std::string_view rest = text.substr(first);
  return first + std::min(word_length(rest), rest.size());
}

// RFC 1928 §3: version, number of methods, methods. What follows may be a name and a password (RFC 1929).
std::size_t socks_length(std::string_view text) {
  constexpr char kVersion5 = 5;
  if (text.size() < 2 || text[0] != kVersion5) return 0;
  return std::min(text.size(), 2 + std::size_t{static_cast<std::uint8_t>(text[1])});
}

bool names_a_secret(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames = {"cookie:", "authorization:", "password"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
    for (std::size_t at = 0; at + name.size() <= text.size(); ++at) {
      if (equals_ignoring_case(text.substr(at, name.size()), name)) return true;
    }
    return false;
  });
}

std::size_t unknown_length(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  if (protocol::looks_like_request(bytes) == Likeness::kYes ||
      protocol::looks_like_response(bytes) == Likeness::kYes) {
    return presentable_http(bytes).size();
  }
  return names_a_secret(text) ? 0 : text.size();
}

// How much of a message's beginning may stay. `number`: which of its direction it is.
std::size_t presentable(Inner inner, Direction direction, unsigned number, std::string_view text) {
  const bool is_first = number == kFirst;
  const std::size_t banner = is_first ? text.size() : 0;
  const bool is_up = direction == Direction::kUp;
  switch (inner) {
    case Inner::kTls:
      return 0;
    case Inner::kHttp:
    case Inner::kHttp2:
      return presentable_http(as_bytes(text)).size();
    case Inner::kSmtp:
    case Inner::kPop3:
    case Inner::kFtp:
    case Inner::kIrc:
      return is_up ? std::min(banner, command_length(text, false)) : banner;
    case Inner::kImap:
      return is_up ? std::min(banner, command_length(text, true)) : banner;
    case Inner::kSocks:
      return is_up ? std::min(banner, socks_length(text)) : banner;
    case Inner::kMySql:
    case Inner::kPostgreSql:
      return is_up ? 0 : banner;
    case Inner::kNone:
    case Inner::kUnknown:
      return unknown_length(text);
    case Inner::kSsh:
    case Inner::kOpenVpn:
    case Inner::kRdp:
    case Inner::kVnc:
    case Inner::kBitTorrent:
    case Inner::kSmb:
    case Inner::kTinc:
      return text.size();
  }
  return 0;
}

}  // namespace

ByteView presentable_http(ByteView message) {
  const std::string_view text = as_text(message);
  constexpr std::string_view kPreface = "PRI * HTTP/2.0";
  if (text.starts_with(kPreface)) return message.first(kPreface.size());
  if (protocol::looks_like_response(message) == Likeness::kYes) {
    return message.first(end_of(text, [](char c) { return c == '\r' || c == '\n'; }));
  }
  // Behind empty lines, or a line that was cut by its segment, there is nothing to tell.
  const std::size_t end =
      end_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (protocol::looks_like_request(message) != Likeness::kYes || text.substr(end, 1) != " ") return {};
  return message.first(end + 1);
}

void redact(Session& session, std::size_t first) {
  std::array<unsigned, 2> seen{};
  std::size_t end = 0;
  for (std::size_t i = 0; i < session.messages.size(); ++i) {
    MessageStart& message = session.messages[i];
    const unsigned number = seen[static_cast<std::size_t>(message.direction)]++;
    std::size_t stays = message.bytes_count;
    if (i >= first) stays = presentable(session.inner, message.direction, number, session.bytes_of(message));
    if (end != message.bytes_at) {
      session.message_bytes.replace(end, stays, session.message_bytes, message.bytes_at, stays);
    }
    message.bytes_at = static_cast<std::uint32_t>(end);
    message.bytes_count = static_cast<std::uint32_t>(stays);
    end += stays;
  }
  session.message_bytes.resize(end);
}

}  // namespace mogura::session::detail
