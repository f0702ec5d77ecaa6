#include "packet/detail/tunnel.h"

#include "packet/detail/frames_for_test.h"

namespace mogura::packet {
namespace {

using namespace frames;

std::string in_gre(const std::string& gre_packet) {
  return ethernet(0x0800, ipv4(47, gre_packet));
}
std::string in_udp(std::uint16_t port, const std::string& payload) {
  return ethernet(0x0800, ipv4(17, udp(port, payload)));
}
std::string tagged(std::uint16_t vlan) {
  return ethernet(0x8100, be16(vlan) + hex("08 00") + ipv4_tcp());
}

std::vector<Sample> gre_samples() {
  const std::string erspan2 =
      hex("10 00 88 BE  00 00 00 01  10 64 00 05  00 00 00 00");  // sequence; VLAN 100, session 5
  return {
      {"GRE, nothing optional", LinkType::kEthernet, in_gre(hex("00 00 08 00") + ipv4_tcp())},
      {"GRE, IPv6", LinkType::kEthernet, in_gre(hex("00 00 86 DD") + ipv6_tcp()), true},
      {"GRE, checksum", LinkType::kEthernet, in_gre(hex("80 00 08 00  AB CD 00 00") + ipv4_tcp())},
      {"GRE, key", LinkType::kEthernet, in_gre(hex("20 00 08 00  00 00 00 63") + ipv4_tcp())},
      {"GRE, sequence", LinkType::kEthernet, in_gre(hex("10 00 08 00  00 00 00 01") + ipv4_tcp())},
      {"GRE, all three", LinkType::kEthernet,
       in_gre(hex("B0 00 08 00  AB CD 00 00  00 00 00 63  00 00 00 01") + ipv4_tcp())},
      {"GRE, Ethernet", LinkType::kEthernet, in_gre(hex("00 00 65 58") + plain())},
      {"GRE, Ethernet with VLAN", LinkType::kEthernet, in_gre(hex("20 00 65 58  00 00 00 63") + tagged(12)),
       false, 12},
      {"GRE, MPLS", LinkType::kEthernet, in_gre(hex("00 00 88 47  00 01 01 40") + ipv4_tcp())},
      {"GRE over IPv6", LinkType::kEthernet, ethernet(0x86DD, ipv6(47, hex("00 00 08 00") + ipv4_tcp()))},
      {"ERSPAN I", LinkType::kEthernet, in_gre(hex("00 00 88 BE") + plain())},
      {"ERSPAN II", LinkType::kEthernet, in_gre(erspan2 + plain())},
      {"ERSPAN II, the mirrored frame's VLAN", LinkType::kEthernet, in_gre(erspan2 + tagged(44)), false, 44},
      {"ERSPAN II, the mirrored VLAN before the outer one", LinkType::kEthernet,
       ethernet(0x8100, hex("00 07 08 00") + ipv4(47, erspan2 + tagged(44))), false, 44},
      {"ERSPAN III", LinkType::kEthernet,
       in_gre(hex("10 00 22 EB  00 00 00 01  20 64 00 05  00 00 00 00  00 00 00 00") + plain())},
      {"ERSPAN III, platform subheader", LinkType::kEthernet,
       in_gre(
           hex("10 00 22 EB  00 00 00 01  20 64 00 05  00 00 00 00  00 00 00 01  0C 00 00 00 00 00 00 00") +
           plain())},
      {"ERSPAN III, IP without Ethernet", LinkType::kEthernet,
       in_gre(hex("10 00 22 EB  00 00 00 01  20 64 00 05  00 00 00 00  00 00 08 00") + ipv4_tcp())},
  };
}

std::vector<Sample> udp_and_ip_samples() {
  return {
      {"VXLAN", LinkType::kEthernet, in_udp(4789, hex("08 00 00 00  00 00 2A 00") + plain()), false, 0, true},
      {"VXLAN on Linux's old port", LinkType::kEthernet,
       in_udp(8472, hex("08 00 00 00  00 00 2A 00") + plain()), false, 0, true},
      {"VXLAN with a group policy", LinkType::kEthernet,
       in_udp(4789, hex("88 00 01 02  00 00 2A 00") + plain()), false, 0, true},
      {"VXLAN, VLAN inside", LinkType::kEthernet, in_udp(4789, hex("08 00 00 00  00 00 2A 00") + tagged(3)),
       false, 3, true},
      {"VXLAN over IPv6", LinkType::kEthernet,
       ethernet(0x86DD, ipv6(17, udp(4789, hex("08 00 00 00  00 00 2A 00") + plain()))), false, 0, true},
      {"VXLAN with a UDP length of zero", LinkType::kEthernet,
       ethernet(0x0800, ipv4(17, hex("D0 00 12 B5 00 00 00 00  08 00 00 00  00 00 2A 00") + plain())), false,
       0, true},
      {"GENEVE, Ethernet", LinkType::kEthernet, in_udp(6081, hex("00 00 65 58  00 00 2A 00") + plain()),
       false, 0, true},
      {"GENEVE, IPv6", LinkType::kEthernet, in_udp(6081, hex("00 00 86 DD  00 00 2A 00") + ipv6_tcp()), true,
       0, true},
      {"GENEVE with options, critical", LinkType::kEthernet,
       in_udp(6081, hex("02 40 08 00  00 00 2A 00  01 02 80 01  00 00 00 00") + ipv4_tcp()), false, 0, true},
      {"IPv4 in IPv4", LinkType::kEthernet, ethernet(0x0800, ipv4(4, ipv4_tcp()))},
      {"IPv6 in IPv4", LinkType::kEthernet, ethernet(0x0800, ipv4(41, ipv6_tcp())), true},
      {"IPv4 in IPv6", LinkType::kEthernet, ethernet(0x86DD, ipv6(4, ipv4_tcp()))},
      {"IPv6 in IPv6", LinkType::kEthernet, ethernet(0x86DD, ipv6(41, ipv6_tcp())), true},
      {"MPLS in IPv4", LinkType::kEthernet, ethernet(0x0800, ipv4(137, hex("00 01 01 40") + ipv4_tcp()))},
  };
}

TEST(Tunnel, FindsTheSegmentInGreAndErspan) {
  expect_all_decoded(gre_samples());
}
TEST(Tunnel, FindsTheSegmentInVxlanGeneveAndIp) {
  expect_all_decoded(udp_and_ip_samples());
}

TEST(Tunnel, SurvivesEveryCut) {
  expect_cuts_survived(gre_samples());
  expect_cuts_survived(udp_and_ip_samples());
}

TEST(Tunnel, TakesUdpForUdpUnlessPortAndHeaderAgree) {
  const std::string inner = plain();
  expect_all_refused({
      {"DNS", LinkType::kEthernet, in_udp(53, std::string(30, 'x')), NotDecoded::kUdp},
      {"no payload", LinkType::kEthernet, in_udp(4789, ""), NotDecoded::kUdp},
      {"shorter than its own header", LinkType::kEthernet, ethernet(0x0800, ipv4(17, "1234")),
       NotDecoded::kUdp},
      {"VXLAN's header on another port", LinkType::kEthernet,
       in_udp(4788, hex("08 00 00 00  00 00 2A 00") + inner), NotDecoded::kUdp},
      {"no VXLAN identifier", LinkType::kEthernet, in_udp(4789, hex("00 00 00 00  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"VXLAN, reserved flag", LinkType::kEthernet, in_udp(4789, hex("0A 00 00 00  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"VXLAN, reserved bytes", LinkType::kEthernet, in_udp(4789, hex("08 00 01 00  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"VXLAN, last byte", LinkType::kEthernet, in_udp(4789, hex("08 00 00 00  00 00 2A 01") + inner),
       NotDecoded::kUdp},
      {"VXLAN, cut by the UDP length", LinkType::kEthernet,
       ethernet(0x0800, ipv4(17, hex("D0 00 12 B5 00 0F 00 00  08 00 00 00  00 00 2A 00") + inner)),
       NotDecoded::kUdp},
      {"GENEVE version 1", LinkType::kEthernet, in_udp(6081, hex("40 00 65 58  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"GENEVE, reserved bits", LinkType::kEthernet, in_udp(6081, hex("00 01 65 58  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"GENEVE, last byte", LinkType::kEthernet, in_udp(6081, hex("00 00 65 58  00 00 2A 01") + inner),
       NotDecoded::kUdp},
      {"GENEVE, unknown content", LinkType::kEthernet, in_udp(6081, hex("00 00 12 34  00 00 2A 00") + inner),
       NotDecoded::kUdp},
      {"GENEVE, options longer than the datagram", LinkType::kEthernet,
       in_udp(6081, hex("3F 00 65 58  00 00 2A 00")), NotDecoded::kUdp},
  });
}

TEST(Tunnel, CountsGreThatIsNotUnderstood) {
  expect_all_refused({
      {"PPTP", LinkType::kEthernet, in_gre(hex("30 01 88 0B  00 04 00 01  00 00 00 01  FF 03 00 21")),
       NotDecoded::kUnknownIpProtocol},
      {"source routing", LinkType::kEthernet, in_gre(hex("40 00 08 00  00 00 00 00") + ipv4_tcp()),
       NotDecoded::kMalformedLink},
      {"ARP", LinkType::kEthernet, in_gre(hex("00 00 08 06") + std::string(28, '\0')),
       NotDecoded::kUnknownEtherType},
      {"key missing", LinkType::kEthernet, in_gre(hex("20 00 08 00  00 00")), NotDecoded::kMalformedLink},
      {"ERSPAN II of version 3", LinkType::kEthernet,
       in_gre(hex("10 00 88 BE  00 00 00 01  30 64 00 05  00 00 00 00") + plain()),
       NotDecoded::kMalformedLink},
      {"ERSPAN III of version 1", LinkType::kEthernet,
       in_gre(hex("10 00 22 EB  00 00 00 01  10 64 00 05  00 00 00 00  00 00 00 00") + plain()),
       NotDecoded::kMalformedLink},
      {"ERSPAN III, neither Ethernet nor IP", LinkType::kEthernet,
       in_gre(hex("10 00 22 EB  00 00 00 01  20 64 00 05  00 00 00 00  00 00 04 00") + plain()),
       NotDecoded::kUnknownEtherType},
  });
}

TEST(Tunnel, KeepsTheSlicedPartOfAMirroredPacket) {
  // A mirror that cuts what it mirrors: the outer lengths agree, the inner packet says it was longer.
  const std::string sliced = plain().substr(0, plain().size() - 3);
  const HeapFrame frame(in_gre(hex("00 00 88 BE") + sliced));
  const Decoded decoded = decode_alone(*frame);
  ASSERT_TRUE(decoded.is_segment);
  EXPECT_EQ(decoded.segment.payload_length, 5u);
  EXPECT_EQ(as_text(decoded.segment.payload), "He");
}

}  // namespace
}  // namespace mogura::packet
