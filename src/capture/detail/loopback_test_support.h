#pragma once

// Traffic on the loopback interface of a network of the test's own, where the system allows such a thing.

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "capture/live.h"

namespace mogura::capture::detail::testing {

using packet::Frame;

inline constexpr std::chrono::milliseconds kPatience{500};
inline constexpr std::uint16_t kPort = 9;  // discard

inline bool set_loopback(bool up) {
  const int any = socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = up ? IFF_UP | IFF_RUNNING : 0;
  const bool is_set = ioctl(any, SIOCSIFFLAGS, &request) == 0;
  close(any);
  return is_set;
}

// Once per process, which then stays in that network.
inline bool enter_own_network() {
  static const bool entered = [] {
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    return set_loopback(true);
  }();
  return entered;
}

// Datagrams of ever other source ports, so that they are flows of their own.
inline void send_datagrams(unsigned count, std::size_t bytes, std::uint16_t port = kPort) {
  const std::string text(bytes, 'x');
  for (unsigned i = 0; i < count; ++i) {
    const int from = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sendto(from, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    close(from);
  }
}

// UDP lengths of the frames that came in, by reading until nothing comes any more.
inline std::vector<std::size_t> lengths_from(LiveRing& ring) {
  std::vector<std::size_t> lengths;
  std::vector<Frame> frames;
  while (ring.read(frames, lengths.empty() ? kPatience : std::chrono::milliseconds(100)) && !frames.empty()) {
    for (const Frame& frame : frames) {
      constexpr std::size_t kHeaders = 14 + 20 + 8;
      const bool is_udp = frame.bytes.size() >= kHeaders && frame.bytes[23] == IPPROTO_UDP;
      if (is_udp) lengths.push_back(frame.bytes.size() - kHeaders);
    }
  }
  return lengths;
}

// Options for a small ring on the loopback interface; skips the test where there is no such network.
class OnLoopback : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!enter_own_network()) GTEST_SKIP() << "no permission for a network of its own";
    options_.interface = "lo";
    options_.ring_bytes = std::size_t{4} << 20;
    options_.block_timeout = std::chrono::milliseconds(10);
  }
  std::vector<std::unique_ptr<LiveRing>> open() {
    auto rings = open_live(options_);
    EXPECT_TRUE(rings) << rings.error().message();
    return rings ? std::move(*rings) : std::vector<std::unique_ptr<LiveRing>>{};
  }

  LiveOptions options_;
};

}  // namespace mogura::capture::detail::testing
