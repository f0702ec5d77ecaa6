#include "capture/detail/ring_block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>

#include <cstring>
#include <string>

namespace mogura::capture::detail {
namespace {

using packet::Frame;
using packet::LinkType;

constexpr std::size_t kBlockBytes = 4096;
constexpr std::uint16_t kMacAt = 96;  // of the frame, from its header
constexpr std::uint32_t kStep = 512;  // from header to header

struct Packet {
  std::string bytes;
  std::uint32_t length = 0;  // on the wire; 0: as captured
  std::uint32_t status = TP_STATUS_USER;
  std::uint16_t tci = 0;
  std::uint16_t tpid = 0;
  unsigned char type = PACKET_HOST;
};

const std::string kMacs("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02", 12);
const std::string kIp(
    "\x08\x00"
    "payload",
    9);

// A block as the kernel fills it, in memory of exactly its size.
class FilledBlock {
 public:
  explicit FilledBlock(const std::vector<Packet>& packets) {
    tpacket_block_desc description{};
    description.hdr.bh1.block_status = TP_STATUS_USER;
    description.hdr.bh1.num_pkts = static_cast<std::uint32_t>(packets.size());
    description.hdr.bh1.offset_to_first_pkt = sizeof description;
    put(0, description);
    for (std::size_t i = 0; i < packets.size(); ++i) put(sizeof description + i * kStep, packets[i]);
  }

  std::vector<Frame> read(const RingFormat& format = {}) {
    std::vector<Frame> frames;
    read_block(block(), format, frames);
    return frames;
  }
  template <class Header>
  void put(std::size_t at, const Header& header) requires(std::is_trivially_copyable_v<Header>) {
    std::memcpy(memory_.data() + at, &header, sizeof header);
  }
  void put(std::size_t at, const Packet& packet) {
    tpacket3_hdr header{};
    header.tp_next_offset = kStep;
    header.tp_sec = 1'700'000'000;
    header.tp_nsec = 123'456'789;
    header.tp_snaplen = static_cast<std::uint32_t>(packet.bytes.size());
    header.tp_len = packet.length != 0 ? packet.length : header.tp_snaplen;
    header.tp_status = packet.status;
    header.tp_mac = kMacAt;
    header.hv1.tp_vlan_tci = packet.tci;
    header.hv1.tp_vlan_tpid = packet.tpid;
    put(at, header);
    sockaddr_ll address{};
    address.sll_pkttype = packet.type;
    put(at + 48, address);
    std::memcpy(memory_.data() + at + kMacAt, packet.bytes.data(), packet.bytes.size());
  }
  Block block() { return {memory_.data(), memory_.size()}; }

 private:
  alignas(8) std::array<std::uint8_t, kBlockBytes> memory_{};
};

std::string text(const Frame& frame) {
  return {frame.bytes.begin(), frame.bytes.end()};
}

TEST(RingBlock, IsReadyUntilItIsGivenBack) {
  FilledBlock filled({{kMacs + kIp}});
  EXPECT_TRUE(is_ready(filled.block()));
  give_back(filled.block());
  EXPECT_FALSE(is_ready(filled.block()));
}

TEST(RingBlock, GivesFramesInOrderWithTimesAndLengths) {
  FilledBlock filled({{kMacs + kIp}, {.bytes = kMacs + "cut", .length = 1500}});
  const std::vector<Frame> frames = filled.read();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(text(frames[0]), kMacs + kIp);
  EXPECT_EQ(frames[0].original_length, 21u);
  EXPECT_EQ(frames[0].link_type, LinkType::kEthernet);
  EXPECT_EQ(to_rfc3339(frames[0].time), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(text(frames[1]), kMacs + "cut");
  EXPECT_EQ(frames[1].original_length, 1500u);
}

TEST(RingBlock, AnEmptyBlockHasNoFrames) {
  EXPECT_TRUE(FilledBlock({}).read().empty());
}

TEST(RingBlock, PutsAVlanTagBackWhereItWas) {
  struct Case {
    std::uint32_t status;
    std::uint16_t tpid;
    std::string tag;
    const char* why;
  };
  const std::vector<Case> cases = {
      {TP_STATUS_VLAN_VALID, 0, std::string("\x81\x00\x20\x05", 4), "an old kernel tells no TPID: 802.1Q"},
      {TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID, 0x88A8, std::string("\x88\xA8\x20\x05", 4),
       "the TPID of 802.1ad is kept"},
      {0, 0x8100, "", "no tag"},
  };
  for (const Case& c : cases) {
    FilledBlock filled(
        {{.bytes = kMacs + kIp, .status = c.status | TP_STATUS_USER, .tci = 0x2005, .tpid = c.tpid}});
    const std::vector<Frame> frames = filled.read();
    ASSERT_EQ(frames.size(), 1u) << c.why;
    EXPECT_EQ(text(frames[0]), kMacs + c.tag + kIp) << c.why;
    EXPECT_EQ(frames[0].original_length, 21 + c.tag.size()) << c.why;
  }
}

TEST(RingBlock, PutsNoTagIntoFramesWithoutMacAddresses) {
  const Packet tagged{.bytes = kIp, .status = TP_STATUS_USER | TP_STATUS_VLAN_VALID, .tci = 5};
  EXPECT_EQ(text(FilledBlock({tagged}).read().at(0)), kIp);
  const Packet raw{.bytes = kMacs + kIp, .status = TP_STATUS_USER | TP_STATUS_VLAN_VALID, .tci = 5};
  EXPECT_EQ(text(FilledBlock({raw}).read({LinkType::kRaw, false}).at(0)), kMacs + kIp);
}

TEST(RingBlock, LoopbackShowsEachPacketOnce) {
  const std::vector<Packet> twice = {{.bytes = kMacs + kIp, .type = PACKET_OUTGOING}, {kMacs + kIp}};
  EXPECT_EQ(FilledBlock(twice).read({LinkType::kEthernet, true}).size(), 1u);
  EXPECT_EQ(FilledBlock(twice).read({LinkType::kEthernet, false}).size(), 2u);
}

TEST(RingBlock, NeverLooksOutsideTheBlock) {
  struct Case {
    void (*damage)(tpacket3_hdr&);
    std::size_t frames;
    const char* why;
  };
  const std::vector<Case> cases = {
      {[](tpacket3_hdr& header) { header.tp_next_offset = kBlockBytes; }, 1, "the next header lies outside"},
      {[](tpacket3_hdr& header) { header.tp_next_offset = kBlockBytes - 64; }, 1, "the next header is cut"},
      {[](tpacket3_hdr& header) { header.tp_snaplen = kBlockBytes; }, 0, "the frame ends outside"},
      {[](tpacket3_hdr& header) { header.tp_mac = 60'000; }, 0, "the frame begins outside"},
      {[](tpacket3_hdr& header) { header.tp_mac = 0; }, 0, "the frame lies in its header"},
  };
  for (const Case& c : cases) {
    FilledBlock filled({{kMacs + kIp}, {kMacs + kIp}});
    tpacket3_hdr header{};
    std::memcpy(&header, filled.block().data() + sizeof(tpacket_block_desc), sizeof header);
    c.damage(header);
    filled.put(sizeof(tpacket_block_desc), header);
    EXPECT_EQ(filled.read().size(), c.frames) << c.why;
  }
}

}  // namespace
}  // namespace mogura::capture::detail
