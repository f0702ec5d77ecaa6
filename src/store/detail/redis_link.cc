#include "store/detail/redis_link.h"

#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace mogura::store::detail {
namespace {

// Beyond what any reply to us is long: the other side is no Redis, or has lost its way.
constexpr std::size_t kMostUnread = std::size_t{256} << 10;
constexpr std::size_t kMostWords = 8;  // of a command
constexpr std::size_t kMostCodeBytes = 16;

void* refuse_array(const redisReadTask*, int) {
  return nullptr;
}

// None of our commands is answered with an array: nobody is to reserve room for four billion elements.
redisReplyObjectFunctions* without_arrays(const redisReplyObjectFunctions& usual) {
  static redisReplyObjectFunctions functions = [&usual] {
    redisReplyObjectFunctions copy = usual;
    copy.createArray = refuse_array;
    return copy;
  }();
  return &functions;
}

RedisReply view(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  RedisReply seen;
  if (reply.type == REDIS_REPLY_INTEGER) {
    seen.kind = Kind::kInteger;
    seen.integer = reply.integer;
  } else if (reply.type == REDIS_REPLY_NIL) {
    seen.kind = Kind::kNil;
  } else if (reply.type == REDIS_REPLY_ERROR || reply.type == REDIS_REPLY_STRING ||
             reply.type == REDIS_REPLY_STATUS) {
    seen.kind = reply.type == REDIS_REPLY_ERROR ? Kind::kError : Kind::kText;
    seen.text = {reply.str, reply.len};
  }
  return seen;
}

}  // namespace

std::string error_code_of(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < 'A' || c > 'Z'; });
  const auto count = static_cast<std::size_t>(end - text.begin());
  return count == 0 ? "an error" : std::string(text.substr(0, std::min(count, kMostCodeBytes)));
}

void RedisLink::Free::operator()(redisContext* context) const {
  redisFree(context);
}

RedisLink::RedisLink(const RedisUrl& url, std::string_view script) : url_(url), script_(script) {
  context_.reset(url.host.empty() ? redisConnectUnixNonBlock(url.path.c_str())
                                  : redisConnectNonBlock(url.host.c_str(), url.port));
  if (context_ == nullptr) {
    lose("no memory");
    return;
  }
  if (context_->err != 0) {
    lose_with_error();
    return;
  }
  context_->reader->fn = without_arrays(*context_->reader->fn);
  const int on = 1;
  if (!url.host.empty()) ::setsockopt(context_->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RedisLink::~RedisLink() = default;

int RedisLink::descriptor() const {
  return context_ == nullptr ? -1 : context_->fd;
}

short RedisLink::events() const {
  if (state_ == State::kConnecting) return POLLOUT;
  return static_cast<short>(POLLIN | (has_output_ ? POLLOUT : 0));
}

void RedisLink::lose(std::string why) {
  state_ = State::kLost;
  error_ = url_.place() + ": " + std::move(why);
  context_.reset();
}

void RedisLink::lose_with_error() {
  const bool is_refused_array = context_->err == REDIS_ERR_OOM;
  lose(is_refused_array ? "sent what is no answer to what was asked" : std::string(context_->errstr));
}

void RedisLink::append(std::span<const std::string_view> words) {
  std::array<const char*, kMostWords> starts{};
  std::array<std::size_t, kMostWords> lengths{};
  const std::size_t count = std::min(words.size(), kMostWords);
  for (std::size_t i = 0; i < count; ++i) {
    starts[i] = words[i].data();
    lengths[i] = words[i].size();
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(count), starts.data(), lengths.data());
  has_output_ = true;
}

void RedisLink::send(std::span<const std::string_view> words) {
  if (state_ != State::kUp) return;
  append(words);
  ++awaited_;
}

void RedisLink::flush() {
  if (state_ == State::kLost || state_ == State::kConnecting || !has_output_) return;
  int is_done = 0;
  if (redisBufferWrite(context_.get(), &is_done) != REDIS_OK) return lose_with_error();
  has_output_ = is_done == 0;
}

void RedisLink::greet() {
  state_ = State::kGreeting;
  const std::string database = std::to_string(url_.database);
  if (!url_.password.empty() && url_.user.empty()) {
    append(std::array<std::string_view, 2>{"AUTH", url_.password});
    ++greetings_;
  } else if (!url_.password.empty()) {
    append(std::array<std::string_view, 3>{"AUTH", url_.user, url_.password});
    ++greetings_;
  }
  if (url_.database != 0) {
    append(std::array<std::string_view, 2>{"SELECT", database});
    ++greetings_;
  }
  append(std::array<std::string_view, 3>{"SCRIPT", "LOAD", script_});
  ++greetings_;
  flush();
}

// A server's words about a refused AUTH may repeat the password: its code must do.
void RedisLink::on_greeting(const RedisReply& reply) {
  if (reply.kind == RedisReply::Kind::kError) {
    return lose("refused AUTH, SELECT or SCRIPT LOAD: " + error_code_of(reply.text));
  }
  if (reply.kind != RedisReply::Kind::kText) return lose("sent what is no answer to what was asked");
  if (--greetings_ == 0) state_ = State::kUp;
}

void RedisLink::proceed(short ready, const OnReply& on_reply) {
  if (state_ == State::kConnecting && ready != 0) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    return error != 0 ? lose(std::strerror(error)) : greet();
  }
  if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0) read(on_reply);
  if ((ready & POLLOUT) != 0) flush();
}

void RedisLink::read(const OnReply& on_reply) {
  if (state_ == State::kLost) return;
  if (redisBufferRead(context_.get()) != REDIS_OK) return lose_with_error();
  while (take_reply(on_reply)) {
  }
}

// False: there is no more.
bool RedisLink::take_reply(const OnReply& on_reply) {
  void* object = nullptr;
  if (redisGetReplyFromReader(context_.get(), &object) != REDIS_OK) {
    lose_with_error();
    return false;
  }
  if (object == nullptr) {
    if (context_->reader->len - context_->reader->pos > kMostUnread) lose("sent a reply without end");
    return false;
  }
  const std::unique_ptr<void, void (*)(void*)> owner(object, freeReplyObject);
  const RedisReply reply = view(*static_cast<const redisReply*>(object));
  if (state_ == State::kGreeting) {
    on_greeting(reply);
  } else if (awaited_ == 0) {
    lose("sent what nobody asked for");
  } else {
    --awaited_;
    on_reply(reply);
  }
  return state_ != State::kLost;
}

}  // namespace mogura::store::detail
