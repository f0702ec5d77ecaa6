#include "proxy/detail/tunnel_guard.h"

#include <algorithm>

#include "base/bytes.h"

namespace mogura::proxy::detail {

using protocol::Inner;
using session::Direction;

TlsStart tls_start(std::string_view bytes) {
  const std::optional<std::size_t> header = protocol::proxy_protocol_bytes(as_bytes(bytes));
  if (!header) return TlsStart::kNeedMore;
  bytes.remove_prefix(*header);
  // content type, version 3.x, length (two bytes, at most 2^14 + 256 and never 0), handshake type
  constexpr std::size_t kNeeded = 6;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (!bytes.empty() && at(0) != 0x16) return TlsStart::kNo;
  if (bytes.size() > 1 && at(1) != 3) return TlsStart::kNo;
  if (bytes.size() > 2 && at(2) > 4) return TlsStart::kNo;
  if (bytes.size() > 3 && at(3) > 0x41) return TlsStart::kNo;
  if (bytes.size() < kNeeded) return TlsStart::kNeedMore;
  return at(5) == 1 && (at(3) != 0 || at(4) != 0) ? TlsStart::kYes : TlsStart::kNo;
}

const std::vector<std::size_t>& TunnelMatching::match(const std::shared_ptr<const pattern::Matcher>& matcher,
                                                      const session::Session& session) {
  if (matcher_ != matcher) {
    scratch_.reset();
    matcher_ = matcher;
    scratch_.emplace(matcher_->scratch());
  }
  matcher_->match(session, *scratch_, matched_);
  return matched_;
}

TunnelGuard::TunnelGuard(const Tunnels& rules, const std::shared_ptr<const pattern::Matcher>& matcher,
                         TunnelMatching& matching, const Opening& opening)
    : rules_(rules), matcher_(matcher), matching_(matching) {
  if (rules_.not_tls == TunnelRule::kOff) state_ = State::kIgnored;
  if (opening.wants_hello) hello_ = std::make_unique<Hello>();
  if (matcher_ == nullptr || rules_.on_match == TunnelRule::kOff) return;
  recorder_.emplace(matching_.recorders(), opening.client, opening.proxy, opening.time);
  recorder_->on_data(Direction::kUp, as_bytes(opening.head), opening.time);
  recorder_->on_data(Direction::kDown, as_bytes(opening.answer), opening.time);
}

TunnelGuard::~TunnelGuard() = default;

bool TunnelGuard::is_over() const {
  return state_ != State::kUndecided && !recorder_ && hello_ == nullptr && !holds(Direction::kUp) &&
         !holds(Direction::kDown);
}

Inner TunnelGuard::protocol() const {
  return state_ == State::kTls ? Inner::kTls : recognition(false).protocol;
}

protocol::Recognition TunnelGuard::recognition(bool is_last_word) const {
  const auto& [up, down] = seen_;
  return protocol::recognise({.up = as_bytes(up),
                              .down = as_bytes(down),
                              .up_is_final = is_last_word || up.size() >= protocol::kInnerBytes,
                              .down_is_final = is_last_word || down.size() >= protocol::kInnerBytes});
}

std::string_view TunnelGuard::look(Direction direction, std::string_view bytes, Timestamp now) {
  keep(direction, bytes);
  // Nothing is held without a bound: what is unknown by then stays so.
  if (state_ == State::kUndecided) decide(seen_[index(direction)].size() >= protocol::kInnerBytes);
  if (recorder_) compare(direction, bytes, now);
  if (hello_ != nullptr) read_hello(direction, bytes);
  if (blocks()) return {};
  std::string& held = held_[index(direction)];
  if (state_ == State::kUndecided && rules_.not_tls == TunnelRule::kBlock) {
    held += bytes;
    return {};
  }
  if (held.empty()) return bytes;
  std::string& gone = gone_[index(direction)];
  gone = std::move(held);
  held.clear();
  gone += bytes;
  return gone;
}

std::string_view TunnelGuard::give_up(Direction direction) {
  if (state_ == State::kUndecided) decide(true);
  if (blocks()) return {};
  gone_[index(direction)] = std::move(held_[index(direction)]);
  held_[index(direction)].clear();
  return gone_[index(direction)];
}

void TunnelGuard::keep(Direction direction, std::string_view bytes) {
  const bool is_first = bytes_ == std::array<std::size_t, 2>{};
  bytes_[index(direction)] += bytes.size();
  std::string& seen = seen_[index(direction)];
  // By far the most: all of the hello at once.
  if (is_first && direction == Direction::kUp && state_ == State::kUndecided &&
      tls_start(bytes) == TlsStart::kYes) {
    state_ = State::kTls;
  }
  if (state_ == State::kTls || seen.size() >= protocol::kInnerBytes) return;
  seen += bytes.substr(0, protocol::kInnerBytes - seen.size());
}

// TLS clients speak first, and the server has nothing to say before their hello is complete.
void TunnelGuard::decide(bool is_last_word) {
  const auto& [up, down] = seen_;
  const TlsStart start = up.empty() ? TlsStart::kNeedMore : tls_start(up);
  if (start == TlsStart::kYes) {
    state_ = State::kTls;
    return;
  }
  if (start == TlsStart::kNo || !down.empty() || (is_last_word && !up.empty())) decide_not_tls(is_last_word);
}

void TunnelGuard::decide_not_tls(bool is_last_word) {
  if (!rules_.allow.empty()) {
    // Of what looks like an allowed protocol, the server need not have its say as well: it would wait for
    // ever.
    const protocol::Recognition found = recognition(is_last_word);
    const std::string_view name = protocol::name_of(found.protocol);
    if (std::find(rules_.allow.begin(), rules_.allow.end(), name) != rules_.allow.end()) {
      state_ = State::kAllowed;
      return;
    }
    if (!found.is_final && !is_last_word) return;
  }
  state_ = State::kNotTls;
  blocks_not_tls_ = rules_.not_tls == TunnelRule::kBlock;
}

void TunnelGuard::read_hello(Direction direction, std::string_view bytes) {
  using Step = protocol::HandshakeReader::State;
  const bool is_too_late = direction == Direction::kDown || hello_->is_read;
  std::uint8_t type = 0;
  ByteView body;
  Step step = Step::kNotTls;
  if (!is_too_late) {
    hello_->reader.add(as_bytes(bytes));
    step = hello_->reader.next(type, body);
  }
  constexpr std::uint8_t kClientHello = 1;  // RFC 8446 §4
  if (step == Step::kMessage && type == kClientHello) {
    hello_->is_read = protocol::parse_client_hello(body, hello_->hello);
  }
  if (step != Step::kNeedMore && !hello_->is_read) hello_.reset();
  if (is_too_late) hello_.reset();
}

void TunnelGuard::compare(Direction direction, std::string_view bytes, Timestamp now) {
  recorder_->on_data(direction, as_bytes(bytes), now);
  recorder_->tell(*this, now);
  blocks_match_ = !matched_.empty() && rules_.on_match == TunnelRule::kBlock;
  const auto [up, down] = bytes_;
  const bool has_seen_enough = std::min(up, down) >= kLookedAt || std::max(up, down) >= kAtMost;
  // Sessions are matched as long as there may be more patterns; one that blocks is enough.
  if (has_seen_enough || blocks_match_) recorder_.reset();
}

void TunnelGuard::on_progress(const session::Finished& so_far) {
  std::vector<std::size_t> fresh;
  for (const std::size_t pattern : matching_.match(matcher_, so_far.session)) {
    if (std::find(matched_.begin(), matched_.end(), pattern) == matched_.end()) fresh.push_back(pattern);
  }
  if (fresh.empty()) return;
  matched_.insert(matched_.end(), fresh.begin(), fresh.end());
  fresh_ = std::move(fresh);
  if (session_ == nullptr) session_ = std::make_unique<session::Session>();
  *session_ = so_far.session;
  has_match_ = true;
}

TunnelGuard::News TunnelGuard::news() {
  const bool has_hello = hello_ != nullptr && hello_->is_read && !hello_->was_told;
  if (has_hello) hello_->was_told = true;
  const News news{.is_not_tls = is_not_tls() && !was_told_, .matches = has_match_, .has_hello = has_hello};
  was_told_ = is_not_tls();
  has_match_ = false;
  return news;
}

}  // namespace mogura::proxy::detail
