#include "capture/detail/packet_ring.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "capture/detail/packet_filter.h"
#include "capture/detail/ring_block.h"

namespace mogura::capture::detail {
namespace {

// Holds several thousand small frames, and the largest that offload makes.
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
// The kernel wants a frame size that divides the block; with V3 it means nothing else.
constexpr std::size_t kFrameBytes = 2048;
// Where memory is short a ring may be smaller than asked for, but not smaller than this.
constexpr std::size_t kLeastBlocks = 4;

class PacketRing final : public LiveRing {
 public:
  PacketRing(int socket, const Interface& interface) : socket_(socket), interface_(interface) {
    format_ = {*interface.link_type, interface.is_loopback};
  }
  ~PacketRing() override {
    if (memory_ != MAP_FAILED) munmap(memory_, blocks_ * kBlockBytes);
    close(socket_);
  }
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  Result<void> set_up(const LiveOptions& options);
  Result<void> join(std::uint16_t& group);
  Result<void> set_filter(const std::vector<sock_filter>& code);

  bool read(std::vector<packet::Frame>& frames, std::chrono::milliseconds timeout) override;
  [[nodiscard]] LiveCounters counters() const override;

 private:
  template <class Value>
  Result<void> set(int level, int option, const Value& value) {
    if (setsockopt(socket_, level, option, &value, sizeof value) == 0) return {};
    const bool is_unknown = errno == ENOPROTOOPT || errno == EINVAL || errno == EOPNOTSUPP;
    return fail(is_unknown ? ErrorCode::kUnsupported : ErrorCode::kIo, interface_.name, std::strerror(errno));
  }
  Result<void> make_ring(const LiveOptions& options);
  Result<void> attach(const std::vector<sock_filter>& code);
  Result<void> bind_to_interface();
  Result<void> listen_to_all();
  void skip_outgoing();
  [[nodiscard]] bool wait(std::chrono::milliseconds timeout);
  [[nodiscard]] bool is_gone() const;
  [[nodiscard]] Block current() const {
    return {static_cast<std::uint8_t*>(memory_) + current_ * kBlockBytes, kBlockBytes};
  }

  int socket_;
  Interface interface_;
  RingFormat format_;
  void* memory_ = MAP_FAILED;
  std::size_t blocks_ = 0;
  std::size_t current_ = 0;
  bool is_lent_ = false;   // the current block's frames are with the caller
  bool was_down_ = false;  // and nothing has come since
  std::atomic<std::uint64_t> frames_{0};
  mutable std::mutex mutex_;  // guards kernel_: reading the kernel's counters sets them back
  mutable LiveCounters kernel_;
};

Result<void> PacketRing::set_up(const LiveOptions& options) {
  static const std::vector<sock_filter> kNothing = {{BPF_RET | BPF_K, 0, 0, 0}};
  return make_ring(options)
      .and_then([&] { return attach(kNothing); })
      .map([&] { skip_outgoing(); })
      .and_then([&] { return bind_to_interface(); })
      .and_then([&] { return options.promiscuous ? listen_to_all() : Result<void>{}; });
}

Result<void> PacketRing::make_ring(const LiveOptions& options) {
  Result<void> done = set(SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}).and_then([&] {
    return set(SOL_PACKET, PACKET_RESERVE, static_cast<unsigned>(kVlanTagBytes));
  });
  if (!done) return done;
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_frame_size = kFrameBytes;
  request.tp_retire_blk_tov = static_cast<unsigned>(std::max<std::int64_t>(1, options.block_timeout.count()));
  blocks_ = std::max(kLeastBlocks, options.ring_bytes / kBlockBytes);
  for (;; blocks_ /= 2) {
    request.tp_block_nr = static_cast<unsigned>(blocks_);
    request.tp_frame_nr = static_cast<unsigned>(blocks_ * (kBlockBytes / kFrameBytes));
    done = set(SOL_PACKET, PACKET_RX_RING, request);
    if (done || errno != ENOMEM || blocks_ / 2 < kLeastBlocks) break;
  }
  if (!done) return done;
  memory_ = mmap(nullptr, blocks_ * kBlockBytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket_, 0);
  if (memory_ == MAP_FAILED) return fail(ErrorCode::kIo, interface_.name, std::strerror(errno));
  return {};
}

Result<void> PacketRing::attach(const std::vector<sock_filter>& code) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(code.size());
  program.filter = const_cast<sock_filter*>(code.data());
  if (setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return {};
  return fail(ErrorCode::kUsage, "filter",
              "the kernel does not take it: " + std::string(std::strerror(errno)));
}

Result<void> PacketRing::set_filter(const std::vector<sock_filter>& code) {
  if (!code.empty()) return attach(code);
  return set(SOL_SOCKET, SO_DETACH_FILTER, int{0});
}

Result<void> PacketRing::bind_to_interface() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface_.index;
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return {};
  return fail(ErrorCode::kIo, interface_.name, std::strerror(errno));
}

// Spares the ring what read_block() would leave out. Older kernels cannot, nor can fanout groups.
void PacketRing::skip_outgoing() {
  const int yes = 1;
  if (format_.skips_outgoing) setsockopt(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
}

Result<void> PacketRing::listen_to_all() {
  packet_mreq request{};
  request.mr_ifindex = interface_.index;
  request.mr_type = PACKET_MR_PROMISC;
  return set(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request);
}

// The first ring (group 0) founds a group under a number that the kernel finds free; the others join it. A
// number of our own choice might be somebody else's group, who would then share our frames.
Result<void> PacketRing::join(std::uint16_t& group) {
  const unsigned mode = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
  if (group != 0) return set(SOL_PACKET, PACKET_FANOUT, static_cast<int>(mode << 16 | group));
  const Result<void> founded =
      set(SOL_PACKET, PACKET_FANOUT, static_cast<int>((mode | PACKET_FANOUT_FLAG_UNIQUEID) << 16));
  if (!founded) return founded;
  std::uint32_t made = 0;
  socklen_t size = sizeof made;
  if (getsockopt(socket_, SOL_PACKET, PACKET_FANOUT, &made, &size) != 0) {
    return fail(ErrorCode::kIo, interface_.name, std::strerror(errno));
  }
  group = static_cast<std::uint16_t>(made);
  return {};
}

bool PacketRing::read(std::vector<packet::Frame>& frames, std::chrono::milliseconds timeout) {
  frames.clear();
  if (is_lent_) {
    give_back(current());
    current_ = (current_ + 1) % blocks_;
    is_lent_ = false;
  }
  if (!is_ready(current()) && !wait(timeout)) return !(was_down_ && is_gone());
  read_block(current(), format_, frames);
  frames_.fetch_add(frames.size(), std::memory_order_relaxed);
  is_lent_ = true;
  was_down_ = false;
  return true;
}

// Whether the current block became ready.
bool PacketRing::wait(std::chrono::milliseconds timeout) {
  pollfd ready{socket_, POLLIN | POLLERR, 0};
  if (poll(&ready, 1, static_cast<int>(timeout.count())) > 0 && (ready.revents & POLLERR) != 0) {
    int error = 0;  // reading it clears it
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    was_down_ = true;
  }
  return is_ready(current());
}

// An interface that is only down may come up again, and the ring goes on. One that was removed leaves the
// socket without an interface.
bool PacketRing::is_gone() const {
  sockaddr_ll address{};
  socklen_t size = sizeof address;
  return getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
         address.sll_ifindex != interface_.index;
}

LiveCounters PacketRing::counters() const {
  const std::lock_guard lock(mutex_);
  tpacket_stats_v3 now{};
  socklen_t size = sizeof now;
  if (getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &now, &size) == 0) {
    kernel_.kernel_drops += now.tp_drops;
    kernel_.freezes += now.tp_freeze_q_cnt;
  }
  LiveCounters sum = kernel_;
  sum.packets = frames_.load(std::memory_order_relaxed);
  return sum;
}

// Protocol 0: nothing comes in before bind().
Result<std::unique_ptr<PacketRing>> open_ring(const LiveOptions& options, const Interface& interface) {
  const int number = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (number < 0) {
    if (errno == EPERM || errno == EACCES) return tl::unexpected(no_permission(interface.name));
    const bool is_unknown = errno == EAFNOSUPPORT;
    return fail(is_unknown ? ErrorCode::kUnsupported : ErrorCode::kIo, interface.name, std::strerror(errno));
  }
  auto ring = std::make_unique<PacketRing>(number, interface);
  if (const Result<void> done = ring->set_up(options); !done) return tl::unexpected(done.error());
  return ring;
}

}  // namespace

// Until all rings are in the group they take in nothing: else frames would be dealt out differently from one
// moment to the next, or seen twice.
Result<std::vector<std::unique_ptr<LiveRing>>> open_packet_rings(const LiveOptions& options,
                                                                 const Interface& interface) {
  if (!interface.link_type) return fail(ErrorCode::kUnsupported, interface.name, "an unusual link type");
  std::vector<sock_filter> code;
  if (!options.filter.empty()) {
    Result<std::vector<sock_filter>> compiled =
        compile_filter(options.filter, interface, *interface.link_type);
    if (!compiled) return tl::unexpected(compiled.error());
    code = std::move(*compiled);
  }
  std::vector<std::unique_ptr<PacketRing>> rings;
  std::uint16_t group = 0;
  for (unsigned i = 0; i < std::max(1u, options.rings); ++i) {
    Result<std::unique_ptr<PacketRing>> ring = open_ring(options, interface);
    if (!ring) return tl::unexpected(ring.error());
    rings.push_back(std::move(*ring));
    if (options.rings <= 1) break;
    if (const Result<void> joined = rings.back()->join(group); !joined) return tl::unexpected(joined.error());
  }
  std::vector<std::unique_ptr<LiveRing>> opened;
  for (std::unique_ptr<PacketRing>& ring : rings) {
    if (const Result<void> done = ring->set_filter(code); !done) return tl::unexpected(done.error());
    opened.push_back(std::move(ring));
  }
  return opened;
}

}  // namespace mogura::capture::detail
