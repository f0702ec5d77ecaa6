#pragma once

// A redis-server of a test's own: a Unix socket in a temporary folder (and, if wanted, a free port on
// loopback), nothing on disk. Ends with the test, also when the test crashes.

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace mogura::store {

// Waits until it holds; false: it did not within ten seconds.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class RedisServer {
 public:
  static bool is_installed() { return std::system("command -v redis-server >/dev/null") == 0; }

  explicit RedisServer(std::vector<std::string> options = {}) : options_(std::move(options)) {
    std::string name = "/tmp/mogura-redis-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
    start();
  }
  ~RedisServer() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::string socket() const { return folder_ + "/socket"; }
  [[nodiscard]] std::string url() const { return "redis+unix://" + socket(); }

  void start() {
    std::vector<std::string> words{
        "redis-server", "--port", "0",     "--unixsocket", socket(),     "--save", "",
        "--appendonly", "no",     "--dir", folder_,        "--loglevel", "warning"};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    process_ = ::fork();
    if (process_ != 0) {
      is_ready_ = eventually([this] { return command({"PING"}) != "nothing"; });
      return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, 1);
    ::dup2(nowhere, 2);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  [[nodiscard]] bool is_ready() const { return is_ready_; }
  void pause() const { ::kill(process_, SIGSTOP); }
  void go_on() const { ::kill(process_, SIGCONT); }
  // Everything it knew is gone.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
    ::unlink(socket().c_str());
  }

  // The answer, as text; "nothing": there was none.
  [[nodiscard]] std::string command(const std::vector<std::string>& words) const {
    const std::unique_ptr<redisContext, void (*)(redisContext*)> context(
        redisConnectUnixWithTimeout(socket().c_str(), timeval{.tv_sec = 5, .tv_usec = 0}), redisFree);
    if (context == nullptr || context->err != 0) return "nothing";
    std::vector<const char*> starts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      starts.push_back(word.data());
      lengths.push_back(word.size());
    }
    const std::unique_ptr<void, void (*)(void*)> object(
        redisCommandArgv(context.get(), static_cast<int>(words.size()), starts.data(), lengths.data()),
        [](void* reply) {
          if (reply != nullptr) freeReplyObject(reply);
        });
    if (object == nullptr) return "nothing";
    const auto& reply = *static_cast<const redisReply*>(object.get());
    if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
    return reply.str == nullptr ? "" : std::string(reply.str, reply.len);
  }

 private:
  std::vector<std::string> options_;
  std::string folder_;
  pid_t process_ = 0;
  bool is_ready_ = false;
};

// A port of loopback that was free a moment ago.
inline std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

}  // namespace mogura::store
