#include "capture/detail/packet_filter.h"

#include <pcap.h>

#include <memory>

namespace mogura::capture::detail {
namespace {

struct Close {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

// Only a live handle makes code that looks for VLAN tags where the kernel keeps them: beside the frame. It
// captures into a small buffer that nobody reads, for the moment of compiling.
Handle open_for_tags(const Interface& interface) {
  char error[PCAP_ERRBUF_SIZE] = "";
  Handle handle(pcap_create(interface.name.c_str(), error));
  if (!handle) return nullptr;
  pcap_set_snaplen(handle.get(), kSnapLength);
  pcap_set_buffer_size(handle.get(), 1 << 20);
  return pcap_activate(handle.get()) >= 0 ? std::move(handle) : nullptr;
}

// libpcap's own number for raw IP is another one than files have.
int number_of(packet::LinkType link_type) {
  return link_type == packet::LinkType::kRaw ? DLT_RAW : static_cast<int>(link_type);
}

}  // namespace

Result<std::vector<sock_filter>> compile_filter(const std::string& filter, const Interface& interface,
                                                packet::LinkType link_type) {
  Handle handle;
  if (filter.find("vlan") != std::string::npos) handle = open_for_tags(interface);
  if (!handle) handle.reset(pcap_open_dead(number_of(link_type), kSnapLength));
  bpf_program program{};
  if (pcap_compile(handle.get(), &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return fail(ErrorCode::kUsage, "filter \"" + filter + "\"", pcap_geterr(handle.get()));
  }
  std::vector<sock_filter> code;
  for (unsigned i = 0; i < program.bf_len; ++i) {
    const bpf_insn& step = program.bf_insns[i];
    code.push_back({step.code, step.jt, step.jf, step.k});
  }
  pcap_freecode(&program);
  return code;
}

}  // namespace mogura::capture::detail
