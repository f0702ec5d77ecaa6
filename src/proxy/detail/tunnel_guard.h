#pragma once

// Looks at the first bytes of a tunnel through CONNECT while they pass: is it TLS, does a registered pattern
// match? Where the rule is to block, bytes that may belong to what is to be cut are held until that is known;
// else nothing is held. No I/O, no clock: Tunnel asks it about everything it reads, until it is over.
//
//   bytes of one side ──► look() ──► what may go on now (with what was held before); or blocks()
//   nothing more came for Tunnels::hold, or the side ended ──► give_up() ──► the same
//
// TLS is known by the client's first six bytes. Whoever lets the server speak first is no TLS client.
// Matching follows the session as a capture would, for kLookedAt bytes each way, then the guard is over.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "pattern/matcher.h"
#include "protocol/inner.h"
#include "protocol/tls.h"
#include "proxy/options.h"
#include "session/recorder.h"
#include "session/table.h"

namespace mogura::proxy::detail {

// How the client's first bytes begin a TLS connection (RFC 8446 §5.1: a handshake record with a ClientHello).
enum class TlsStart : std::uint8_t { kYes, kNo, kNeedMore };
TlsStart tls_start(std::string_view bytes);

// What matching needs on one thread: memory that tunnels use one after the other.
class TunnelMatching {
 public:
  session::RecorderPool& recorders() { return recorders_; }
  // Numbers of the patterns that match, until the next call.
  const std::vector<std::size_t>& match(const std::shared_ptr<const pattern::Matcher>& matcher,
                                        const session::Session& session);

 private:
  session::RecorderPool recorders_{Limits{}};
  std::shared_ptr<const pattern::Matcher> matcher_;
  std::optional<pattern::Matcher::Scratch> scratch_;
  std::vector<std::size_t> matched_;
};

class TunnelGuard final : private session::ProgressObserver {
 public:
  static constexpr std::size_t kLookedAt = 4096;  // bytes of each side that patterns are compared with
  static constexpr std::size_t kAtMost = 65'536;  // of one side, whatever the other has sent

  // Who talks, as the session will say it; `head` and `answer` of the CONNECT. Used during construction.
  struct Opening {
    Endpoint client{}, proxy{};
    std::string_view head{}, answer{};
    Timestamp time{};
    bool wants_hello = false;  // the client's ClientHello is to be told
  };
  // All must outlive it. `matcher` may be nullptr.
  TunnelGuard(const Tunnels& rules, const std::shared_ptr<const pattern::Matcher>& matcher,
              TunnelMatching& matching, const Opening& opening);
  ~TunnelGuard() override;
  TunnelGuard(const TunnelGuard&) = delete;
  TunnelGuard& operator=(const TunnelGuard&) = delete;

  // Valid until the next call for that direction, and as long as `bytes`. Empty: held, or blocks().
  std::string_view look(session::Direction direction, std::string_view bytes, Timestamp now);
  std::string_view give_up(session::Direction direction);

  // Nothing is left to be looked at, and nothing is held.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool holds(session::Direction direction) const { return !held_[index(direction)].empty(); }
  [[nodiscard]] bool blocks() const { return blocks_not_tls_ || blocks_match_; }

  // What there is to be told since the last call: that it is not TLS; that patterns match; the hello.
  struct News {
    bool is_not_tls = false, matches = false, has_hello = false;
    [[nodiscard]] bool is_any() const { return is_not_tls || matches || has_hello; }
  };
  News news();
  [[nodiscard]] bool is_not_tls() const { return state_ == State::kNotTls; }
  [[nodiscard]] bool blocks_not_tls() const { return blocks_not_tls_; }
  [[nodiscard]] bool blocks_match() const { return blocks_match_; }
  [[nodiscard]] protocol::Inner protocol() const;  // as far as it was seen
  // Those that matched last and had not before; the session as it was then. After News::matches only.
  [[nodiscard]] const std::vector<std::size_t>& matched() const { return fresh_; }
  [[nodiscard]] const session::Session& session() const { return *session_; }
  // After News::has_hello, until the next look().
  [[nodiscard]] const protocol::ClientHello& hello() const { return hello_->hello; }

 private:
  enum class State : std::uint8_t {
    kUndecided,
    kTls,
    kAllowed,  // by Tunnels::allow
    kNotTls,
    kIgnored,  // nobody wants to know
  };
  static std::size_t index(session::Direction direction) { return static_cast<std::size_t>(direction); }
  void on_progress(const session::Finished& so_far) override;
  void keep(session::Direction direction, std::string_view bytes);
  void decide(bool is_last_word);
  void decide_not_tls(bool is_last_word);
  void read_hello(session::Direction direction, std::string_view bytes);
  void compare(session::Direction direction, std::string_view bytes, Timestamp now);
  [[nodiscard]] protocol::Recognition recognition(bool is_last_word) const;

  const Tunnels& rules_;
  const std::shared_ptr<const pattern::Matcher>& matcher_;
  TunnelMatching& matching_;
  State state_ = State::kUndecided;
  bool blocks_not_tls_ = false, blocks_match_ = false;
  std::array<std::string, 2> seen_;         // for recognition, at most protocol::kInnerBytes
  std::array<std::string, 2> held_, gone_;  // gone_: what look() last let go on
  std::array<std::size_t, 2> bytes_{};
  std::optional<session::Recorder> recorder_;
  std::vector<std::size_t> matched_, fresh_;
  std::unique_ptr<session::Session> session_;
  struct Hello {
    protocol::HandshakeReader reader{Limits{}};
    protocol::ClientHello hello;
    bool is_read = false, was_told = false;
  };
  std::unique_ptr<Hello> hello_;  // while it is wanted
  bool was_told_ = false, has_match_ = false;
};

}  // namespace mogura::proxy::detail
