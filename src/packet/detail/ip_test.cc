#include "packet/detail/ip.h"

#include "packet/detail/frames_for_test.h"

namespace mogura::packet {
namespace {

using namespace frames;

std::vector<Sample> ip_samples() {
  const std::string options = hex("01 01 01 00");  // three no-operations and the end
  const std::string v4_with_options =
      hex("46 00 00 31  12 34 40 00  40 06 00 00  0A 00 00 01  C0 00 02 07") + options + tcp();
  const std::string hop_by_hop = hex("3C 00  05 02 00 00  01 00");  // then 60: router alert
  const std::string destination =
      hex("2B 01  01 0C") + std::string(12, '\0');  // then 43: 16 bytes of padding
  const std::string routing =
      hex("33 02  04 00  00 00 00 00") + std::string(16, '\0');  // then 51: segment routing
  const std::string authentication =
      hex("06 04 00 00  00 00 00 01  00 00 00 01") + std::string(12, '\0');  // then TCP
  return {
      {"IPv4 options", LinkType::kRaw, v4_with_options},
      {"bytes behind the total length are padding", LinkType::kRaw, ipv4_tcp() + "padding"},
      {"IPv4 authentication header", LinkType::kRaw, ipv4(51, authentication + tcp())},
      {"IPv6 payload length cuts padding", LinkType::kRaw, ipv6_tcp() + "padding", true},
      {"IPv6 hop-by-hop options", LinkType::kRaw, ipv6(0, hex("06 00  01 04 00 00 00 00") + tcp()), true},
      {"IPv6 with four extension headers", LinkType::kRaw,
       ipv6(0, hop_by_hop + destination + routing + authentication + tcp()), true},
      {"IPv6 fragment header around a whole packet", LinkType::kRaw, ipv6_fragment(6, 0, false, 1, tcp()),
       true},
      {"the reserved flag of a fragment field is no fragment", LinkType::kRaw, ipv4(6, tcp(), 0x8000)},
  };
}

TEST(Ip, FindsTheSegment) {
  expect_all_decoded(ip_samples());
}
TEST(Ip, SurvivesEveryCut) {
  expect_cuts_survived(ip_samples());
}

TEST(Ip, TakesTheFramesLengthWhereOffloadLeftNone) {
  std::string v4 = ipv4_tcp();
  v4[2] = v4[3] = 0;
  std::string v6 = ipv6_tcp();
  v6[4] = v6[5] = 0;
  for (const std::string& packet : {v4, v6}) {
    const HeapFrame frame(packet, LinkType::kRaw);
    const Decoded whole = decode_alone(*frame);
    ASSERT_TRUE(whole.is_segment);
    expect_the_segment(whole.segment, packet == v6, 0);
    EXPECT_EQ(whole.segment.wire_length, packet.size());
    const HeapFrame cut_frame(packet, LinkType::kRaw, 70'000);
    const Decoded cut = decode_alone(*cut_frame);
    ASSERT_TRUE(cut.is_segment);
    EXPECT_EQ(cut.segment.payload_length, 70'000 - packet.size() + 5);
    EXPECT_EQ(as_text(cut.segment.payload), "Hello");
  }
}

TEST(Ip, KnowsAJumbogramByItsFrame) {
  // Payload length 0; hop-by-hop header with the jumbo payload option (RFC 2675).
  std::string packet = ipv6(0, hex("06 00  C2 04 00 01 11 70") + tcp());
  packet[4] = packet[5] = 0;
  const HeapFrame frame(packet, LinkType::kRaw, 70'040);
  const Decoded decoded = decode_alone(*frame);
  ASSERT_TRUE(decoded.is_segment);
  EXPECT_EQ(decoded.segment.payload_length, 70'000u - 8 - 20);
}

TEST(Ip, CountsTheWireLengthOfTheInnermostPacket) {
  EXPECT_EQ(decode_alone(*HeapFrame(plain())).segment.wire_length, 45u);
  EXPECT_EQ(decode_alone(*HeapFrame(ethernet(0x86DD, ipv6_tcp()))).segment.wire_length, 65u);
  EXPECT_EQ(decode_alone(*HeapFrame(ethernet(0x0800, ipv4(41, ipv6_tcp())))).segment.wire_length, 65u);
}

TEST(Ip, CountsWhatIsNotTcpByReason) {
  expect_all_refused({
      {"ICMP", LinkType::kRaw, ipv4(1, std::string(8, '\0')), NotDecoded::kIcmp},
      {"ICMPv6", LinkType::kRaw, ipv6(58, std::string(8, '\0')), NotDecoded::kIcmp},
      {"UDP", LinkType::kRaw, ipv4(17, udp(53, "question")), NotDecoded::kUdp},
      {"OSPF", LinkType::kRaw, ipv4(89, std::string(24, '\0')), NotDecoded::kUnknownIpProtocol},
      {"ESP", LinkType::kRaw, ipv6(50, std::string(24, '\0')), NotDecoded::kUnknownIpProtocol},
      {"no next header", LinkType::kRaw, ipv6(59, ""), NotDecoded::kUnknownIpProtocol},
      {"an IPv6 extension has no meaning in IPv4", LinkType::kRaw,
       ipv4(60, hex("06 00 00 00 00 00 00 00") + tcp()), NotDecoded::kUnknownIpProtocol},
  });
}

TEST(Ip, CountsContradictionsAsMalformed) {
  const std::string addresses = hex("0A 00 00 01  C0 00 02 07");
  expect_all_refused({
      {"header of four words", LinkType::kRaw,
       hex("44 00 00 2D  12 34 40 00  40 06 00 00") + addresses + tcp(), NotDecoded::kMalformedIp},
      {"total length less than the header", LinkType::kRaw,
       hex("46 00 00 17  12 34 40 00  40 06 00 00") + addresses + tcp(), NotDecoded::kMalformedIp},
      {"offload, and options that are not there", LinkType::kRaw,
       hex("46 00 00 00  12 34 40 00  40 06 00 00") + addresses, NotDecoded::kMalformedIp},
      {"19 bytes of IPv4", LinkType::kRaw, ipv4_tcp().substr(0, 19), NotDecoded::kMalformedIp},
      {"39 bytes of IPv6", LinkType::kRaw, ipv6_tcp().substr(0, 39), NotDecoded::kMalformedIp},
      {"extension header longer than the packet", LinkType::kRaw,
       ipv6(0, hex("06 05  01 04 00 00 00 00") + tcp()), NotDecoded::kMalformedIp},
      {"extension header of one byte", LinkType::kRaw, ipv6(0, hex("06")), NotDecoded::kMalformedIp},
      {"fragment header of seven bytes", LinkType::kRaw, ipv6(44, hex("06 00 00 00 00 00 00")),
       NotDecoded::kMalformedIp},
      {"nothing behind the header", LinkType::kRaw, ipv4(6, ""), NotDecoded::kMalformedTcp},
  });
}

TEST(Ip, LooksThroughSoManyExtensionHeaders) {
  const std::string to_same = hex("3C 00  01 04 00 00 00 00");
  const std::string to_tcp = hex("06 00  01 04 00 00 00 00");
  for (unsigned count = detail::kExtensionHeaders - 1; count <= detail::kExtensionHeaders + 1; ++count) {
    std::string headers;
    for (unsigned i = 1; i < count; ++i) headers += to_same;
    const Decoded decoded = decode_alone(*HeapFrame(ipv6(60, headers + to_tcp + tcp()), LinkType::kRaw));
    EXPECT_EQ(decoded.is_segment, count <= detail::kExtensionHeaders) << count;
    if (!decoded.is_segment) {
      EXPECT_EQ(decoded.reason, NotDecoded::kTooDeep);
    }
  }
}

TEST(Ip, LooksThroughSoManyAuthenticationHeaders) {
  for (unsigned count = detail::kExtensionHeaders - 1; count <= detail::kExtensionHeaders + 1; ++count) {
    std::string headers;
    for (unsigned i = 1; i < count; ++i) headers += hex("33 01 00 00  00 00 00 01  00 00 00 01");
    headers += hex("06 01 00 00  00 00 00 01  00 00 00 01");
    const Decoded decoded = decode_alone(*HeapFrame(ipv4(51, headers + tcp()), LinkType::kRaw));
    EXPECT_EQ(decoded.is_segment, count <= detail::kExtensionHeaders) << count;
    if (!decoded.is_segment) {
      EXPECT_EQ(decoded.reason, NotDecoded::kTooDeep);
    }
  }
}

// --- fragments, as they come in packets ---

TEST(IpFragments, MakeOneSegmentInEitherOrder) {
  const std::string datagram = tcp();
  const std::vector<std::string> v4{ipv4(6, datagram.substr(0, 16), 0x2000),
                                    ipv4(6, datagram.substr(16), 0x0002)};
  const std::vector<std::string> v6{ipv6_fragment(6, 0, true, 9, datagram.substr(0, 16)),
                                    ipv6_fragment(6, 16, false, 9, datagram.substr(16))};
  for (const auto& parts : {v4, v6}) {
    for (const std::size_t first : {0u, 1u}) {
      Decoder decoder{Limits{}};
      TcpSegment segment;
      EXPECT_FALSE(decoder.decode(*HeapFrame(parts[first], LinkType::kRaw), segment));
      EXPECT_FALSE(decoder.is_reassembled());
      ASSERT_TRUE(decoder.decode(*HeapFrame(parts[1 - first], LinkType::kRaw), segment));
      EXPECT_TRUE(decoder.is_reassembled());
      expect_the_segment(segment, parts == v6, 0);
      EXPECT_EQ(segment.wire_length, (parts == v6 ? 48u : 20u) + datagram.size());
      EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentHeld), 1u);
      EXPECT_EQ(decoder.counters().datagrams_reassembled, 1u);
      EXPECT_TRUE(decoder.decode(*HeapFrame(plain()), segment));
      EXPECT_FALSE(decoder.is_reassembled());
    }
  }
}

TEST(IpFragments, AreKeptApartByIdProtocolAddressAndVlan) {
  const std::string head = tcp().substr(0, 16);
  const std::string tail = tcp().substr(16);
  std::string other_source = ipv4(6, tail, 0x0002);
  other_source[15] = 2;
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(decoder.decode(*HeapFrame(ethernet(0x0800, ipv4(6, head, 0x2000))), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ethernet(0x0800, ipv4(6, tail, 0x0002, 0x1235))), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ethernet(0x0800, ipv4(17, tail, 0x0002))), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ethernet(0x0800, other_source)), segment));
  EXPECT_FALSE(
      decoder.decode(*HeapFrame(ethernet(0x8100, hex("00 02 08 00") + ipv4(6, tail, 0x0002))), segment));
  EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentHeld), 5u);
  EXPECT_TRUE(decoder.decode(*HeapFrame(ethernet(0x0800, ipv4(6, tail, 0x0002))), segment));
}

TEST(IpFragments, InIpv6TakeTheProtocolFromTheFirst) {
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(
      decoder.decode(*HeapFrame(ipv6_fragment(17, 16, false, 9, tcp().substr(16)), LinkType::kRaw), segment));
  ASSERT_TRUE(
      decoder.decode(*HeapFrame(ipv6_fragment(6, 0, true, 9, tcp().substr(0, 16)), LinkType::kRaw), segment));
  expect_the_segment(segment, true, 0);
}

TEST(IpFragments, InsideFragmentsArePutTogetherToo) {
  // The outer packet carries a fragment of the inner one, in two fragments itself; the other inner fragment
  // is whole.
  const std::string inner = ipv4(6, tcp().substr(0, 16), 0x2000, 0x7777);
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(
      decoder.decode(*HeapFrame(ipv4(6, tcp().substr(16), 0x0002, 0x7777), LinkType::kRaw), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(4, inner.substr(0, 24), 0x2000), LinkType::kRaw), segment));
  ASSERT_TRUE(decoder.decode(*HeapFrame(ipv4(4, inner.substr(24), 0x0003), LinkType::kRaw), segment));
  expect_the_segment(segment, false, 0);
  EXPECT_EQ(decoder.counters().datagrams_reassembled, 2u);
}

TEST(IpFragments, CutByTheCaptureStillTellTheSegmentsLength) {
  const std::string datagram = tcp() + std::string(43, 'x');  // 68 bytes: 48 and 20
  const std::string head = ipv4(6, datagram.substr(0, 48), 0x2000);
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(decoder.decode(*HeapFrame(head.substr(0, 20 + 22), LinkType::kRaw, head.size()), segment));
  ASSERT_TRUE(decoder.decode(*HeapFrame(ipv4(6, datagram.substr(48), 0x0006), LinkType::kRaw), segment));
  EXPECT_EQ(segment.payload_length, 48u);
  EXPECT_EQ(as_text(segment.payload), "He");
}

TEST(IpFragments, CutBeforeTheTcpHeaderEndsCountAsTruncated) {
  const std::string head = ipv4(6, tcp().substr(0, 24), 0x2000);
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(decoder.decode(*HeapFrame(head.substr(0, 20 + 19), LinkType::kRaw, head.size()), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(6, tcp().substr(24), 0x0003), LinkType::kRaw), segment));
  EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentHeld), 1u);
  EXPECT_EQ(decoder.counters().of(NotDecoded::kTruncatedByCapture), 1u);
}

TEST(IpFragments, ThatContradictThemselvesAreCountedAndDropped) {
  Decoder decoder{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(6, tcp().substr(0, 16), 0x2000), LinkType::kRaw), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(6, std::string(16, 'y'), 0x2001), LinkType::kRaw), segment));
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(6, tcp().substr(16), 0x0002), LinkType::kRaw), segment));
  EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentHeld), 1u);
  EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentMalformed), 2u);
  EXPECT_EQ(decoder.counters().fragments_evicted, 1u);
}

}  // namespace
}  // namespace mogura::packet
