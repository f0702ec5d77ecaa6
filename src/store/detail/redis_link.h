#pragma once

// One connection to a Redis server, without waiting anywhere but for the name's address: connect, greet
// (AUTH, SELECT, SCRIPT LOAD), then commands and replies in order. hiredis's non-blocking contexts, driven by
// whoever polls; its callbacks (async.h) are not used, for they end the process when a server says something
// that nobody asked for. A lost connection stays lost: make a new one. One thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/detail/redis_url.h"

struct redisContext;

namespace mogura::store::detail {

struct RedisReply {
  enum class Kind : std::uint8_t { kInteger, kText, kNil, kError, kOther };
  Kind kind = Kind::kOther;
  long long integer = 0;
  std::string_view text;  // kText, kError: valid during the call
};

class RedisLink {
 public:
  enum class State : std::uint8_t { kConnecting, kGreeting, kUp, kLost };
  using OnReply = std::function<void(const RedisReply& reply)>;

  // Begins to connect. `script` is loaded; both outlive this.
  RedisLink(const RedisUrl& url, std::string_view script);
  ~RedisLink();
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;

  [[nodiscard]] State state() const { return state_; }
  // Why the connection was lost. Holds no password, and of what the server says only its error code.
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] int descriptor() const;
  [[nodiscard]] short events() const;  // to poll for

  // A command, in the state kUp; it goes out with the next flush().
  void send(std::span<const std::string_view> words);
  // Writes what can be written.
  void flush();
  // Does what can be done after poll(); `on_reply` is called once for each command, in their order.
  void proceed(short ready, const OnReply& on_reply);

 private:
  void lose(std::string why);
  void lose_with_error();
  void append(std::span<const std::string_view> words);
  void greet();
  void on_greeting(const RedisReply& reply);
  void read(const OnReply& on_reply);
  bool take_reply(const OnReply& on_reply);

  struct Free {
    void operator()(redisContext* context) const;
  };
  const RedisUrl& url_;
  std::string_view script_;
  std::unique_ptr<redisContext, Free> context_;
  State state_ = State::kConnecting;
  std::string error_;
  bool has_output_ = false;
  std::size_t greetings_ = 0;  // replies of the greeting that are yet to come
  std::size_t awaited_ = 0;    // replies of commands
};

// The first word of an error, if it is one of capitals (NOSCRIPT, OOM, …). The rest may repeat what we sent.
std::string error_code_of(std::string_view text);

}  // namespace mogura::store::detail
