#include "capture/detail/pcap_live.h"

#include <pcap.h>
#include <poll.h>

#include <algorithm>
#include <climits>

#include "capture/detail/interface.h"
#include "capture/detail/packet_filter.h"

namespace mogura::capture::detail {
namespace {

// libpcap lends a frame for the length of a callback only, so frames are copied: this much at a time.
constexpr std::size_t kArenaBytes = std::size_t{1} << 20;
constexpr int kFramesAtOnce = 2048;

struct Close {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

class PcapLive final : public LiveRing {
 public:
  explicit PcapLive(Handle handle)
      : handle_(std::move(handle)),
        descriptor_(pcap_get_selectable_fd(handle_.get())),
        is_nanoseconds_(pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO),
        link_type_(static_cast<packet::LinkType>(pcap_datalink(handle_.get()))) {}

  bool read(std::vector<packet::Frame>& frames, std::chrono::milliseconds timeout) override;
  [[nodiscard]] LiveCounters counters() const override {
    LiveCounters sum;
    sum.packets = packets_.load(std::memory_order_relaxed);
    sum.kernel_drops = drops_.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static void on_frame(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    reinterpret_cast<PcapLive*>(self)->take(*header, bytes);
  }
  void take(const pcap_pkthdr& header, const u_char* bytes);
  void count(std::size_t frames);

  Handle handle_;
  int descriptor_;
  bool is_nanoseconds_;
  packet::LinkType link_type_;
  std::vector<std::uint8_t> arena_;
  std::vector<packet::Frame>* frames_ = nullptr;  // of the read() under way
  std::atomic<std::uint64_t> packets_{0};
  std::atomic<std::uint64_t> drops_{0};
  std::uint32_t last_drops_ = 0;  // libpcap's counter, which wraps around
};

bool PcapLive::read(std::vector<packet::Frame>& frames, std::chrono::milliseconds timeout) {
  frames.clear();
  arena_.clear();
  frames_ = &frames;
  pollfd ready{descriptor_, POLLIN, 0};
  poll(&ready, 1, static_cast<int>(timeout.count()));
  const int got = pcap_dispatch(handle_.get(), kFramesAtOnce, on_frame, reinterpret_cast<u_char*>(this));
  // The arena may have moved while it grew; now it stays.
  std::size_t at = 0;
  for (packet::Frame& frame : frames) {
    frame.bytes = ByteView(arena_.data() + at, frame.bytes.size());
    at += frame.bytes.size();
  }
  count(frames.size());
  return got != PCAP_ERROR || !frames.empty();
}

void PcapLive::take(const pcap_pkthdr& header, const u_char* bytes) {
  arena_.insert(arena_.end(), bytes, bytes + header.caplen);
  packet::Frame& frame = frames_->emplace_back();
  frame.bytes = ByteView(bytes, header.caplen);
  frame.original_length = std::max(header.len, header.caplen);
  frame.link_type = link_type_;
  const auto fraction =
      std::chrono::nanoseconds(is_nanoseconds_ ? header.ts.tv_usec : header.ts.tv_usec * 1000);
  frame.time = Timestamp(std::chrono::seconds(header.ts.tv_sec) + fraction);
  if (arena_.size() >= kArenaBytes) pcap_breakloop(handle_.get());
}

void PcapLive::count(std::size_t frames) {
  packets_.fetch_add(frames, std::memory_order_relaxed);
  pcap_stat now{};
  if (pcap_stats(handle_.get(), &now) != 0) return;
  drops_.fetch_add(std::uint32_t{now.ps_drop - last_drops_}, std::memory_order_relaxed);
  last_drops_ = now.ps_drop;
}

Error error_of(pcap_t* handle, int status, const std::string& interface) {
  if (status == PCAP_ERROR_PERM_DENIED) return no_permission(interface);
  const std::string words = pcap_geterr(handle);
  return {ErrorCode::kIo, interface, words.empty() ? pcap_statustostr(status) : words};
}

Result<void> set_filter(pcap_t* handle, const std::string& filter) {
  if (filter.empty()) return {};
  bpf_program program{};
  const auto refuse = [&] {
    return fail(ErrorCode::kUsage, "filter \"" + filter + "\"", pcap_geterr(handle));
  };
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) return refuse();
  const bool is_set = pcap_setfilter(handle, &program) == 0;
  pcap_freecode(&program);
  if (!is_set) return refuse();
  return {};
}

}  // namespace

// Not in immediate mode, which makes libpcap use rings of an older and slower kind.
Result<std::unique_ptr<LiveRing>> open_pcap(const LiveOptions& options) {
  char error[PCAP_ERRBUF_SIZE] = "";
  Handle handle(pcap_create(options.interface.c_str(), error));
  if (!handle) return fail(ErrorCode::kIo, options.interface, error);
  pcap_set_snaplen(handle.get(), kSnapLength);
  pcap_set_promisc(handle.get(), options.promiscuous ? 1 : 0);
  pcap_set_timeout(handle.get(), static_cast<int>(options.block_timeout.count()));
  pcap_set_buffer_size(handle.get(), static_cast<int>(std::min<std::size_t>(options.ring_bytes, INT_MAX)));
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  if (const int status = pcap_activate(handle.get()); status < 0) {
    return tl::unexpected(error_of(handle.get(), status, options.interface));
  }
  if (const Result<void> set = set_filter(handle.get(), options.filter); !set)
    return tl::unexpected(set.error());
  if (pcap_setnonblock(handle.get(), 1, error) != 0) return fail(ErrorCode::kIo, options.interface, error);
  return std::make_unique<PcapLive>(std::move(handle));
}

}  // namespace mogura::capture::detail
