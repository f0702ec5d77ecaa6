#include "identity/detail/ndpi_opinion.h"

#ifdef MOGURA_NDPI

#include <ndpi/ndpi_api.h>

#include <cstdint>
#include <vector>

namespace mogura::identity::detail {
namespace {

// Ports that no protocol has for its own, so that nDPI does not go by them.
constexpr std::uint16_t kClientPort = 50'001;
constexpr std::uint16_t kServerPort = 50'002;
constexpr std::uint32_t kClientAddress = 0xC0000201;  // 192.0.2.1 and .2: RFC 5737
constexpr std::uint32_t kServerAddress = 0xC0000202;
constexpr std::size_t kPayload = 1400;
constexpr std::size_t kHeaders = 40;
constexpr std::uint8_t kPushAck = 0x18;

struct FreeModule {
  void operator()(ndpi_detection_module_struct* module) const { ndpi_exit_detection_module(module); }
};
struct FreeFlow {
  void operator()(ndpi_flow_struct* flow) const { ndpi_free_flow(flow); }
};
using Module = std::unique_ptr<ndpi_detection_module_struct, FreeModule>;
using Flow = std::unique_ptr<ndpi_flow_struct, FreeFlow>;

class PacketWriter {
 public:
  void u8(std::size_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::size_t value) {
    u8(value >> 8 & 0xFF);
    u8(value & 0xFF);
  }
  void u32(std::size_t value) {
    u16(value >> 16 & 0xFFFF);
    u16(value & 0xFFFF);
  }
  void text(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

//   | IPv4, 20 bytes | TCP, 20 bytes | payload |        checksums are zero: nobody checks them
std::vector<std::uint8_t> packet_of(std::string_view payload, bool from_client, std::uint32_t sequence,
                                    std::uint32_t acknowledged) {
  PacketWriter out;
  out.u8(0x45);  // version 4, five words of header
  out.u8(0);
  out.u16(kHeaders + payload.size());
  out.u32(0x00004000);  // do not fragment
  out.u8(64);           // hops
  out.u8(6);            // TCP
  out.u16(0);
  out.u32(from_client ? kClientAddress : kServerAddress);
  out.u32(from_client ? kServerAddress : kClientAddress);
  out.u16(from_client ? kClientPort : kServerPort);
  out.u16(from_client ? kServerPort : kClientPort);
  out.u32(sequence);
  out.u32(acknowledged);
  out.u8(0x50);  // five words of header
  out.u8(kPushAck);
  out.u16(0xFFFF);  // window
  out.u32(0);
  out.text(payload);
  return out.take();
}

Module make_module() {
  Module module(ndpi_init_detection_module(ndpi_no_prefs));
  if (!module) return module;
  NDPI_PROTOCOL_BITMASK all;
  NDPI_BITMASK_SET_ALL(all);
  ndpi_set_protocol_detection_bitmask2(module.get(), &all);
  ndpi_finalize_initialization(module.get());
  return module;
}

bool is_known(const ndpi_protocol& protocol) {
  return protocol.master_protocol != NDPI_PROTOCOL_UNKNOWN || protocol.app_protocol != NDPI_PROTOCOL_UNKNOWN;
}

}  // namespace

struct NdpiOpinion::State {
  Module module = make_module();
  std::uint64_t time_ms = 1;  // made up too, and rising
};

NdpiOpinion::NdpiOpinion() : state_(std::make_unique<State>()) {}
NdpiOpinion::~NdpiOpinion() = default;
NdpiOpinion::NdpiOpinion(NdpiOpinion&&) noexcept = default;

bool NdpiOpinion::is_available() {
  return true;
}

std::string NdpiOpinion::ask(std::string_view up, std::string_view down, bool server_first) {
  if (!state_->module) return {};
  Flow flow(static_cast<ndpi_flow_struct*>(ndpi_flow_malloc(SIZEOF_FLOW_STRUCT)));
  if (!flow) return {};
  *flow = {};
  up = up.substr(0, kPayload);
  down = down.substr(0, kPayload);
  ndpi_protocol protocol{};
  bool others_sent = false;
  for (const bool from_client : {!server_first, server_first}) {
    const std::string_view payload = from_client ? up : down;
    const auto other = static_cast<std::uint32_t>((from_client ? down : up).size());
    if (!payload.empty()) {
      const std::vector<std::uint8_t> packet =
          packet_of(payload, from_client, 1, others_sent ? 1 + other : 1);
      protocol = ndpi_detection_process_packet(state_->module.get(), flow.get(), packet.data(),
                                               static_cast<unsigned short>(packet.size()), state_->time_ms++);
    }
    others_sent = true;
  }
  if (!is_known(protocol)) {
    u_int8_t was_guessed = 0;
    protocol = ndpi_detection_giveup(state_->module.get(), flow.get(), 0, &was_guessed);
    if (was_guessed != 0) return {};
  }
  if (!is_known(protocol)) return {};
  char name[64] = {};
  return ndpi_protocol2name(state_->module.get(), protocol, name, sizeof(name));
}

}  // namespace mogura::identity::detail

#else

namespace mogura::identity::detail {

struct NdpiOpinion::State {};

NdpiOpinion::NdpiOpinion() = default;
NdpiOpinion::~NdpiOpinion() = default;
NdpiOpinion::NdpiOpinion(NdpiOpinion&&) noexcept = default;

bool NdpiOpinion::is_available() {
  return false;
}

std::string NdpiOpinion::ask(std::string_view, std::string_view, bool) {
  return {};
}

}  // namespace mogura::identity::detail

#endif
