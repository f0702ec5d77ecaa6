// The loader of bench/proxy/measure for what wrk cannot do: tunnels full of data, tunnels that idle, and
// thousands of connections that are held open, some of them by clients as slow as they can be. One thread;
// the kernel does the work (sendfile from memory, MSG_TRUNC instead of copying), so that the proxy is what is
// measured. Loopback only.
//
//   tunnels sink                                  the far end of tunnels; prints its port, runs until stdin
//   ends tunnels bulk PROXY SINK COUNT SECONDS D|U|B   data down, up or both ways; prints bytes and seconds
//   tunnels idle PROXY SINK COUNT                 prints how many are open, holds them until stdin ends
//   tunnels hold PROXY ORIGIN COUNT HEADS READERS SMALL BIG
//       COUNT connections that asked once for SMALL and then wait; HEADS of them send the head of their next
//       request a byte a second, READERS read BIG a kilobyte a second. Prints, until stdin ends, then prints
//       how many the proxy has closed.
//
// PROXY: a port, or "=PORT" for a relay that needs no CONNECT. Addresses of clients: 127.0.1.1 to 127.0.1.100
// in turn, for proxies limit the connections of one.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kClientAddresses = 100;
constexpr std::size_t kSlowPiece = 1024;

struct Peer {
  std::uint16_t port = 0;
  bool is_raw = false;
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "tunnels: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(port);
  return address;
}

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

int connect_to(std::uint16_t port, std::size_t index, int receive_buffer = 0) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (receive_buffer != 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  const auto from = loopback(0x7F000101 + static_cast<std::uint32_t>(index % kClientAddresses), 0);
  const auto to = loopback(INADDR_LOOPBACK, port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) fail("bind");
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  return fd;
}

void send_all(int fd, const std::string& text) {
  if (send(fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) fail("send");
}

// The head of an answer, read byte by byte so that nothing behind it is touched.
std::string read_head(int fd) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n")) {
    if (recv(fd, &byte, 1, 0) != 1 || head.size() > 65536) fail("no answer; so far: " + head);
    head += byte;
  }
  return head;
}

int open_tunnel(const Peer& proxy, std::uint16_t sink, std::size_t index) {
  const int fd = connect_to(proxy.port, index);
  if (proxy.is_raw) return fd;
  const std::string target = "127.0.0.1:" + std::to_string(sink);
  send_all(fd, "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
  const std::string head = read_head(fd);
  if (head.compare(9, 1, "2") != 0) {
    std::fprintf(stderr, "tunnels: CONNECT was refused: %s\n", head.c_str());
    std::exit(1);
  }
  return fd;
}

int memory_file() {
  const int fd = memfd_create("bulk", MFD_CLOEXEC);
  const std::string bytes(kPiece, 'x');
  if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(kPiece)) fail("memfd");
  return fd;
}

// Sends and discards on one socket as the letter says: U(p), D(own), B(oth), seen from the client.
class Flow {
 public:
  Flow(int fd, bool sends, bool receives) : fd_(fd), sends_(sends), receives_(receives) {}
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint32_t events() const { return (sends_ ? EPOLLOUT : 0U) | (receives_ ? EPOLLIN : 0U); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  // False where the connection is over.
  bool step(std::uint32_t events, int memory) {
    if ((events & EPOLLIN) != 0) {
      const ssize_t count = recv(fd_, nullptr, kPiece, MSG_TRUNC | MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
      if (count > 0) bytes_ += static_cast<std::uint64_t>(count);
    }
    if ((events & EPOLLOUT) != 0) {
      off_t offset = 0;
      const ssize_t count = sendfile(fd_, memory, &offset, kPiece);
      if (count < 0 && errno != EAGAIN) return false;
      if (count > 0) bytes_ += static_cast<std::uint64_t>(count);
    }
    return (events & (EPOLLERR | EPOLLHUP)) == 0;
  }

 private:
  int fd_;
  bool sends_, receives_;
  std::uint64_t bytes_ = 0;
};

void watch(int poll, int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void set_nonblocking(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// A client's first byte says what is wanted of the sink; without one it waits.
int accept_one(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  return fd;
}

class Sink {
 public:
  Sink() : memory_(memory_file()), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    auto address = loopback(INADDR_LOOPBACK, 0);
    socklen_t length = sizeof address;
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0) fail("bind");
    if (listen(listener_, 4096) != 0) fail("listen");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    std::printf("%u\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(poll_, listener_, EPOLLIN, kListener);
    watch(poll_, STDIN_FILENO, EPOLLIN, kStandardInput);
  }

  void run() {
    std::vector<epoll_event> events(256);
    for (;;) {
      const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if (event.data.u64 == kStandardInput) return;
        if (event.data.u64 == kListener) {
          accept_all();
        } else {
          serve(event);
        }
      }
    }
  }

 private:
  static constexpr std::uint64_t kListener = ~std::uint64_t{0}, kStandardInput = kListener - 1;

  void accept_all() {
    for (int fd = accept_one(listener_); fd >= 0; fd = accept_one(listener_)) {
      const auto place = static_cast<std::size_t>(fd);
      if (flows_.size() <= place) flows_.resize(place + 1, Flow{-1, false, true});
      flows_[place] = Flow{fd, false, true};
      begun_.resize(flows_.size());
      begun_[place] = false;
      watch(poll_, fd, EPOLLIN, place);
    }
  }

  void serve(const epoll_event& event) {
    const auto place = static_cast<std::size_t>(event.data.u64);
    if (!begun_[place] && !begin(place)) return;
    if (!flows_[place].step(event.events, memory_)) close(flows_[place].fd());
  }

  bool begin(std::size_t place) {
    const int fd = flows_[place].fd();
    char what = 0;
    const ssize_t count = recv(fd, &what, 1, MSG_DONTWAIT);
    if (count != 1) {
      if (count == 0 || errno != EAGAIN) close(fd);
      return false;
    }
    begun_[place] = true;
    flows_[place] = Flow{fd, what != 'U', true};
    epoll_event event{};
    event.events = flows_[place].events();
    event.data.u64 = place;
    epoll_ctl(poll_, EPOLL_CTL_MOD, fd, &event);
    return false;
  }

  int memory_, poll_, listener_ = -1;
  std::vector<Flow> flows_;
  std::vector<bool> begun_;
};

using Clock = std::chrono::steady_clock;

void bulk(const Peer& proxy, std::uint16_t sink, std::size_t count, double seconds, char what) {
  const int memory = memory_file(), poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Flow> flows;
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = open_tunnel(proxy, sink, i);
    send_all(fd, std::string(1, what));
    set_nonblocking(fd);
    flows.emplace_back(fd, what != 'D', what != 'U');
    watch(poll, fd, flows.back().events(), i);
  }
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::vector<epoll_event> events(count);
  while (elapsed() < seconds) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(count), 100);
    for (int i = 0; i < ready; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (!flows[event.data.u64].step(event.events, memory)) fail("a tunnel broke");
    }
  }
  std::uint64_t bytes = 0;
  for (const auto& flow : flows) bytes += flow.bytes();
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes), elapsed());
}

void wait_for_end_of_input() {
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

void say(std::size_t count) {
  std::printf("%zu\n", count);
  std::fflush(stdout);
}

void idle(const Peer& proxy, std::uint16_t sink, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) open_tunnel(proxy, sink, i);
  say(count);
  wait_for_end_of_input();
}

std::string get(std::uint16_t origin, const std::string& path) {
  const std::string host = "127.0.0.1:" + std::to_string(origin);
  return "GET http://" + host + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: held/1.0\r\n\r\n";
}

void read_answer(int fd) {
  std::string head = read_head(fd);
  for (char& letter : head) letter = static_cast<char>(std::tolower(letter));
  const auto at = head.find("content-length: ");
  if (at == std::string::npos) fail("an answer without Content-Length: " + head);
  auto left = std::strtoul(head.c_str() + at + 16, nullptr, 10);
  while (left > 0) {
    const ssize_t count = recv(fd, nullptr, left, MSG_TRUNC);
    if (count <= 0) fail("an answer broke off");
    left -= static_cast<std::size_t>(count);
  }
}

bool is_closed(int fd) {
  pollfd entry{fd, POLLRDHUP, 0};
  return poll(&entry, 1, 0) == 1 && (entry.revents & (POLLRDHUP | POLLERR | POLLHUP)) != 0;
}

struct Held {
  std::vector<int> waiting, slow_heads, slow_readers;
};

Held open_held(const Peer& proxy, char** words) {
  const auto origin = static_cast<std::uint16_t>(std::atoi(words[0]));
  const auto count = std::strtoul(words[1], nullptr, 10), heads = std::strtoul(words[2], nullptr, 10),
             readers = std::strtoul(words[3], nullptr, 10);
  Held held;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_reader = i >= heads && i < heads + readers;
    const int fd = connect_to(proxy.port, i, is_reader ? 4096 : 0);
    if (is_reader) {
      send_all(fd, get(origin, words[5]));
      held.slow_readers.push_back(fd);
      continue;
    }
    send_all(fd, get(origin, words[4]));
    read_answer(fd);
    (i < heads ? held.slow_heads : held.waiting).push_back(fd);
  }
  return held;
}

void hold(const Peer& proxy, char** words) {
  const Held held = open_held(proxy, words);
  const std::string head = get(static_cast<std::uint16_t>(std::atoi(words[0])), words[4]);
  const std::string endless = head.substr(0, head.size() - 2) + "X-Slow: ";
  say(held.waiting.size() + held.slow_heads.size() + held.slow_readers.size());
  for (std::size_t second = 0;; ++second) {
    for (const int fd : held.slow_heads) {
      const char byte = second < endless.size() ? endless[second] : 'x';
      (void)!send(fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    for (const int fd : held.slow_readers) (void)recv(fd, nullptr, kSlowPiece, MSG_TRUNC | MSG_DONTWAIT);
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 1000) != 0) break;
  }
  std::size_t closed = 0;
  for (const auto* group : {&held.waiting, &held.slow_heads, &held.slow_readers}) {
    for (const int fd : *group) closed += is_closed(fd) ? 1 : 0;
  }
  say(closed);
}

int run(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  if (mode == "sink") {
    Sink().run();
    return 0;
  }
  if (count < 5) return 2;
  const bool is_raw = words[2][0] == '=';
  const Peer proxy{static_cast<std::uint16_t>(std::atoi(words[2] + (is_raw ? 1 : 0))), is_raw};
  const auto target = static_cast<std::uint16_t>(std::atoi(words[3]));
  const auto number = std::strtoul(words[4], nullptr, 10);
  if (mode == "bulk" && count == 7) {
    bulk(proxy, target, number, std::atof(words[5]), words[6][0]);
  } else if (mode == "idle" && count == 5) {
    idle(proxy, target, number);
  } else if (mode == "hold" && count == 9) {
    hold(proxy, words + 3);
  } else {
    return 2;
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const int status = run(count, words);
  if (status == 2)
    std::fprintf(stderr, "tunnels: see the head of bench/proxy/tunnels.cc for the arguments\n");
  return status;
}
