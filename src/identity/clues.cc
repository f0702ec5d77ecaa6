#include "identity/clues.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "identity/detail/names.h"

namespace mogura::identity {
namespace {

constexpr std::size_t kShortestBanner = 4;
constexpr std::size_t kLongestBanner = 255;

bool has_source(const Clues& clues, std::string_view source) {
  return std::any_of(clues.clues.begin(), clues.clues.end(),
                     [source](const Clue& clue) { return clue.source == source; });
}

// Absent means: of no session that could have had it.
void note_absence(Clues& clues, std::string_view source, bool could_be, bool is_there) {
  if (!could_be) return;
  if (is_there) {
    std::erase(clues.clues, Clue{"absent", std::string(source)});
  } else if (!has_source(clues, source)) {
    add_clue(clues, "absent", source);
  }
}

// The first bytes as the stream had them: up to the first message that was kept cut.
FirstBytes first_bytes_of(const session::Session& session) {
  FirstBytes first;
  bool is_open[2] = {true, true};
  for (const session::MessageStart& message : session.messages) {
    const auto side = static_cast<std::size_t>(message.direction);
    std::string& bytes = side == 0 ? first.up : first.down;
    if (!is_open[side]) continue;
    bytes += session.bytes_of(message).substr(0, kFirstBytesSize - bytes.size());
    is_open[side] = message.bytes_count == message.length && bytes.size() < kFirstBytesSize;
  }
  return first;
}

// The first line, where it is text: "SSH-2.0-OpenSSH_9.2", "220 mail.example ESMTP".
std::string_view banner_of(std::string_view bytes) {
  const std::size_t end = bytes.find_first_of("\r\n");
  const std::string_view line = bytes.substr(0, std::min(end, bytes.size()));
  if (line.size() < kShortestBanner || line.size() > kLongestBanner) return {};
  const bool is_text = std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  return is_text ? line : std::string_view{};
}

void add_bytes(Clues& clues, const session::Session& session) {
  FirstBytes first = first_bytes_of(session);
  if (first.up.empty() && first.down.empty()) return;
  if (session.kind != session::Kind::kGetPost) {
    add_clue(clues, "banner", banner_of(first.up));
    add_clue(clues, "banner", banner_of(first.down));
  }
  if (clues.first_bytes.size() < kFirstBytesKept) clues.first_bytes.push_back(std::move(first));
}

void add_names(Clues& clues, const session::Session& session) {
  add_clue(clues, "destination", session.destination);
  add_clue(clues, "port", detail::port_of(session.destination));
  add_clue(clues, "sni", session.sni);
  add_clue(clues, "certificate", session.cert_subject);
  add_clue(clues, "certificate-issuer", session.cert_issuer);
  add_clue(clues, "user-agent", session.user_agent);
  add_clue(clues, "forwarded", session.client_forwarded);
  add_clue(clues, "ja3", session.ja3);
  add_clue(clues, "ja4", session.ja4);
  for (const std::string& alpn : session.alpn) add_clue(clues, "alpn", alpn);
}

}  // namespace

void add_clue(Clues& clues, std::string_view source, std::string_view value) {
  if (value.empty()) return;
  std::size_t of_source = 0;
  for (const Clue& clue : clues.clues) {
    if (clue.source != source) continue;
    if (clue.value == value) return;
    ++of_source;
  }
  if (of_source < kCluesOfASource) clues.clues.push_back({std::string(source), std::string(value)});
}

void add_session(Clues& clues, const session::Session& session) {
  add_names(clues, session);
  add_clue(clues, "kind", session::name_of(session.kind));
  add_clue(clues, "upgrade", session.upgrade);
  if (session.inner != protocol::Inner::kNone) {
    add_clue(clues, "inner-protocol", protocol::name_of(session.inner));
  }
  const bool has_hello = !session.ja3.empty();
  note_absence(clues, "user-agent", !session.methods.empty(), session.user_agent_seen);
  note_absence(clues, "sni", has_hello, !session.sni.empty());
  note_absence(clues, "alpn", has_hello, !session.alpn.empty());
  note_absence(clues, "referer", session.http.requests != 0, session.http.with_referer != 0);
  add_bytes(clues, session);
}

}  // namespace mogura::identity
