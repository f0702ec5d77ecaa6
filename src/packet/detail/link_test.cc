#include "packet/detail/link.h"

#include "packet/detail/frames_for_test.h"

namespace mogura::packet {
namespace {

using namespace frames;

std::vector<Sample> ethernet_samples() {
  const std::string macs = hex("02 00 00 00 00 01  02 00 00 00 00 02");
  return {
      {"Ethernet II", LinkType::kEthernet, plain()},
      {"Ethernet II, IPv6", LinkType::kEthernet, ethernet(0x86DD, ipv6_tcp()), true},
      {"padding behind the IP packet is no payload", LinkType::kEthernet, plain() + std::string(6, '\0')},
      {"802.1Q, priority 5, VLAN 100", LinkType::kEthernet, macs + hex("81 00  A0 64  08 00") + ipv4_tcp(),
       false, 100},
      {"802.1Q, IPv6", LinkType::kEthernet, macs + hex("81 00  00 64  86 DD") + ipv6_tcp(), true, 100},
      {"a priority tag names no VLAN", LinkType::kEthernet, macs + hex("81 00  A0 00  08 00") + ipv4_tcp()},
      {"802.1ad: the inner of two tags counts", LinkType::kEthernet,
       macs + hex("88 A8  00 07  81 00  0F FE  08 00") + ipv4_tcp(), false, 4094},
      {"a priority tag inside leaves the outer id", LinkType::kEthernet,
       macs + hex("81 00  00 07  81 00  E0 00  08 00") + ipv4_tcp(), false, 7},
      {"old QinQ number", LinkType::kEthernet, macs + hex("91 00  00 07  81 00  00 08  08 00") + ipv4_tcp(),
       false, 8},
      {"802.3 length, LLC, SNAP", LinkType::kEthernet,
       macs + hex("00 35  AA AA 03  00 00 00  08 00") + ipv4_tcp() + std::string(3, '\0')},
      {"SNAP as 802.1H bridges write it", LinkType::kEthernet,
       macs + hex("00 35  AA AA 03  00 00 F8  08 00") + ipv4_tcp()},
      {"LLC with IP's own access point", LinkType::kEthernet, macs + hex("00 30  06 06 03") + ipv4_tcp()},
      {"LLC behind a VLAN tag", LinkType::kEthernet,
       macs + hex("81 00  00 05  00 35  AA AA 03  00 00 00  08 00") + ipv4_tcp(), false, 5},
  };
}

std::vector<Sample> cooked_and_raw_samples() {
  const std::string sll =
      hex("00 00  00 01  00 06  02 00 00 00 00 01  00 00");  // to us, Ethernet, address of 6
  const std::string sll2 = hex("00 00  00 00 00 03  00 01  00  06  02 00 00 00 00 01 00 00");
  return {
      {"Linux cooked", LinkType::kLinuxSll, sll + hex("08 00") + ipv4_tcp()},
      {"Linux cooked, IPv6", LinkType::kLinuxSll, sll + hex("86 DD") + ipv6_tcp(), true},
      {"Linux cooked, VLAN", LinkType::kLinuxSll, sll + hex("81 00  00 64  08 00") + ipv4_tcp(), false, 100},
      {"Linux cooked, LLC", LinkType::kLinuxSll, sll + hex("00 04  06 06 03") + ipv4_tcp()},
      {"Linux cooked v2", LinkType::kLinuxSll2, hex("08 00") + sll2 + ipv4_tcp()},
      {"Linux cooked v2, IPv6", LinkType::kLinuxSll2, hex("86 DD") + sll2 + ipv6_tcp(), true},
      {"raw IPv4", LinkType::kRaw, ipv4_tcp()},
      {"raw IPv6", LinkType::kRaw, ipv6_tcp(), true},
      {"raw, by its BSD number", LinkType::kRawBsd, ipv4_tcp()},
      {"raw, by its OpenBSD number", LinkType::kRawOpenBsd, ipv6_tcp(), true},
      {"IPv4 alone", LinkType::kIpv4, ipv4_tcp()},
      {"IPv6 alone", LinkType::kIpv6, ipv6_tcp(), true},
      {"NULL, little endian", LinkType::kNull, hex("02 00 00 00") + ipv4_tcp()},
      {"NULL, big endian", LinkType::kNull, hex("00 00 00 02") + ipv4_tcp()},
      {"NULL, IPv6 of Linux", LinkType::kNull, hex("0A 00 00 00") + ipv6_tcp(), true},
      {"NULL, IPv6 of NetBSD and OpenBSD", LinkType::kNull, hex("18 00 00 00") + ipv6_tcp(), true},
      {"NULL, IPv6 of FreeBSD", LinkType::kNull, hex("00 00 00 1C") + ipv6_tcp(), true},
      {"NULL, IPv6 of macOS", LinkType::kNull, hex("1E 00 00 00") + ipv6_tcp(), true},
      {"LOOP", LinkType::kLoop, hex("00 00 00 02") + ipv4_tcp()},
      {"LOOP in the wrong order", LinkType::kLoop, hex("1E 00 00 00") + ipv6_tcp(), true},
  };
}

std::vector<Sample> ppp_and_mpls_samples() {
  const std::string session = hex("11 00  00 2A  00 2F  00 21");  // PPPoE session 42, 47 bytes, IPv4
  const std::string label = hex("00 01 01 40");
  return {
      {"PPP", LinkType::kPpp, hex("00 21") + ipv4_tcp()},
      {"PPP, IPv6", LinkType::kPpp, hex("00 57") + ipv6_tcp(), true},
      {"PPP with address and control", LinkType::kPpp, hex("FF 03 00 21") + ipv4_tcp()},
      {"PPP with its protocol field compressed", LinkType::kPppHdlc, hex("FF 03 21") + ipv4_tcp()},
      {"PPP in HDLC framing", LinkType::kPppHdlc, hex("FF 03 00 57") + ipv6_tcp(), true},
      {"Cisco HDLC", LinkType::kPppHdlc, hex("0F 00 08 00") + ipv4_tcp()},
      {"MPLS in PPP", LinkType::kPpp, hex("02 81  00 01 01 40") + ipv4_tcp()},
      {"PPPoE", LinkType::kEthernet, ethernet(0x8864, session + ipv4_tcp()) + std::string(4, '\0')},
      {"PPPoE without Ethernet", LinkType::kPppEther, session + ipv4_tcp()},
      {"PPPoE in a VLAN", LinkType::kEthernet, ethernet(0x8100, hex("00 09 88 64") + session + ipv4_tcp()),
       false, 9},
      {"MPLS, one label", LinkType::kEthernet, ethernet(0x8847, label + ipv4_tcp())},
      {"MPLS, three labels, IPv6", LinkType::kEthernet,
       ethernet(0x8847, hex("00 01 00 40  00 02 00 40") + label + ipv6_tcp()), true},
      {"upstream labels", LinkType::kEthernet, ethernet(0x8848, label + ipv4_tcp())},
      {"pseudowire with control word", LinkType::kEthernet,
       ethernet(0x8847, label + hex("00 00 00 07") + plain()), false, 0, true},
      {"pseudowire without control word, address 02-…", LinkType::kEthernet,
       ethernet(0x8847, label + plain()), false, 0, true},
      {"pseudowire without control word, address A2-…", LinkType::kEthernet,
       ethernet(0x8847, label + "\xA2" + plain().substr(1)), false, 0, true},
      {"a VLAN inside the pseudowire wins", LinkType::kEthernet,
       ethernet(0x8100, hex("00 09 88 47") + label + hex("00 00 00 00") +
                            ethernet(0x8100, hex("00 0B 08 00") + ipv4_tcp())),
       false, 11, true},
  };
}

TEST(LinkLayer, FindsTheSegmentInEthernet) {
  expect_all_decoded(ethernet_samples());
}
TEST(LinkLayer, FindsTheSegmentInCookedAndRawFrames) {
  expect_all_decoded(cooked_and_raw_samples());
}
TEST(LinkLayer, FindsTheSegmentInPppAndMpls) {
  expect_all_decoded(ppp_and_mpls_samples());
}

TEST(LinkLayer, SurvivesEveryCut) {
  expect_cuts_survived(ethernet_samples());
  expect_cuts_survived(cooked_and_raw_samples());
  expect_cuts_survived(ppp_and_mpls_samples());
}

TEST(LinkLayer, CountsWhatIsNotIpByReason) {
  expect_all_refused({
      {"a link type nobody has told us of", LinkType{147}, plain(), NotDecoded::kUnknownLinkType},
      {"ARP", LinkType::kEthernet, ethernet(0x0806, std::string(28, '\0')), NotDecoded::kUnknownEtherType},
      {"spanning tree", LinkType::kEthernet, ethernet(0x0026, hex("42 42 03") + std::string(43, '\0')),
       NotDecoded::kUnknownEtherType},
      {"SNAP of another organisation", LinkType::kEthernet,
       ethernet(0x0035, hex("AA AA 03  00 00 0C  20 00") + ipv4_tcp()), NotDecoded::kUnknownEtherType},
      {"PPPoE discovery", LinkType::kEthernet, ethernet(0x8863, hex("11 09 00 00 00 00")),
       NotDecoded::kUnknownEtherType},
      {"PPPoE discovery without Ethernet", LinkType::kPppEther, hex("11 09 00 00 00 00"),
       NotDecoded::kUnknownEtherType},
      {"PPP link control", LinkType::kPpp, hex("C0 21 01 01 00 04"), NotDecoded::kUnknownEtherType},
      {"netlink in a cooked frame", LinkType::kLinuxSll, std::string(14, '\0') + hex("00 10"),
       NotDecoded::kUnknownEtherType},
      {"an address family that is not IP", LinkType::kNull, hex("07 00 00 00") + ipv4_tcp(),
       NotDecoded::kUnknownEtherType},
      {"pseudowire status message", LinkType::kEthernet,
       ethernet(0x8847, hex("00 01 01 40  10 00 00 27 00 00")), NotDecoded::kUnknownEtherType},
      {"raw, neither 4 nor 6", LinkType::kRaw, hex("50") + ipv4_tcp(), NotDecoded::kMalformedIp},
  });
}

TEST(LinkLayer, CountsContradictionsAsMalformed) {
  expect_all_refused({
      {"nothing at all", LinkType::kEthernet, "", NotDecoded::kMalformedLink},
      {"13 bytes of Ethernet", LinkType::kEthernet, std::string(13, '\0'), NotDecoded::kMalformedLink},
      {"a length larger than 802.3 allows, a type smaller", LinkType::kEthernet, ethernet(0x05DD, ipv4_tcp()),
       NotDecoded::kMalformedLink},
      {"802.3 length shorter than LLC", LinkType::kEthernet, ethernet(0x0002, hex("AA AA 03 00 00 00 08 00")),
       NotDecoded::kMalformedLink},
      {"802.3 length shorter than SNAP", LinkType::kEthernet,
       ethernet(0x0007, hex("AA AA 03 00 00 00 08 00")), NotDecoded::kMalformedLink},
      {"tag without type", LinkType::kEthernet, ethernet(0x8100, hex("00 01 08")),
       NotDecoded::kMalformedLink},
      {"label stack without bottom", LinkType::kEthernet, ethernet(0x8847, hex("00 01 00 40")),
       NotDecoded::kMalformedLink},
      {"label stack with nothing below", LinkType::kEthernet, ethernet(0x8847, hex("00 01 01 40")),
       NotDecoded::kMalformedLink},
      {"PPPoE version 2", LinkType::kEthernet, ethernet(0x8864, hex("21 00 00 01 00 2F 00 21") + ipv4_tcp()),
       NotDecoded::kMalformedLink},
      {"PPPoE length without room for a protocol", LinkType::kEthernet,
       ethernet(0x8864, hex("11 00 00 01 00 01 00 21") + ipv4_tcp()), NotDecoded::kMalformedLink},
      {"PPP that ends behind address and control", LinkType::kPpp, hex("FF 03"), NotDecoded::kMalformedLink},
      {"EtherType says IPv4, the packet says 6", LinkType::kEthernet, ethernet(0x0800, ipv6_tcp()),
       NotDecoded::kMalformedIp},
      {"EtherType says IPv6, the packet says 4", LinkType::kEthernet, ethernet(0x86DD, ipv4_tcp()),
       NotDecoded::kMalformedIp},
  });
}

}  // namespace
}  // namespace mogura::packet
