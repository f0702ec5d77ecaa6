#include "packet/decode.h"

#include <set>

#include "packet/detail/frames_for_test.h"

namespace mogura::packet {
namespace {

using namespace frames;

TEST(NotDecoded, HasANameForEachReason) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(NotDecoded::kCount); ++i) {
    const std::string_view name = name_of(static_cast<NotDecoded>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(name_of(NotDecoded::kUnknownLinkType), "unknown-link-type");
  EXPECT_TRUE(name_of(NotDecoded::kCount).empty());
}

TEST(Decoder, OrdersTheEndpointsAndNamesTheSender) {
  struct Case {
    const char* why;
    const char* addresses;
    const char* ports;
    Side from;
    const char* low;
  };
  const Case cases[] = {
      {"lower address sends", "0A 00 00 01  0A 00 00 02", "C0 00 01 BB", Side::kLow, "10.0.0.1:49152"},
      {"higher address sends", "0A 00 00 02  0A 00 00 01", "C0 00 01 BB", Side::kHigh, "10.0.0.1:443"},
      {"addresses compare as numbers", "80 00 00 00  7F FF FF FF", "C0 00 01 BB", Side::kHigh,
       "127.255.255.255:443"},
      {"same address, lower port", "0A 00 00 01  0A 00 00 01", "01 BB C0 00", Side::kLow, "10.0.0.1:443"},
      {"same address, higher port", "0A 00 00 01  0A 00 00 01", "C0 00 01 BB", Side::kHigh, "10.0.0.1:443"},
      {"equal endpoints", "0A 00 00 01  0A 00 00 01", "01 BB 01 BB", Side::kLow, "10.0.0.1:443"},
  };
  for (const Case& c : cases) {
    const std::string packet = hex("45 00 00 28  00 00 40 00  40 06 00 00") + hex(c.addresses) +
                               hex(c.ports) + hex("00 00 00 00  00 00 00 00  50 02 00 00  00 00 00 00");
    for (const bool is_raw : {false, true}) {
      const HeapFrame frame(is_raw ? packet : ethernet(0x0800, packet),
                            is_raw ? LinkType::kRaw : LinkType::kEthernet);
      const Decoded decoded = decode_alone(*frame);
      ASSERT_TRUE(decoded.is_segment) << c.why;
      EXPECT_EQ(decoded.segment.from, c.from) << c.why;
      EXPECT_EQ(decoded.segment.key.low.to_string(), c.low) << c.why;
      EXPECT_LE(decoded.segment.key.low, decoded.segment.key.high) << c.why;
    }
  }
}

TEST(Decoder, GivesBothDirectionsTheSameKey) {
  std::string back = ipv6_tcp();
  for (std::size_t i = 0; i < 16; ++i) std::swap(back[8 + i], back[24 + i]);
  std::swap(back[40], back[42]);
  std::swap(back[41], back[43]);
  const Decoded forth = decode_alone(*HeapFrame(ipv6_tcp(), LinkType::kRaw));
  const Decoded returned = decode_alone(*HeapFrame(back, LinkType::kRaw));
  EXPECT_EQ(forth.segment.key, returned.segment.key);
  EXPECT_EQ(forth.segment.from, opposite(returned.segment.from));
}

TEST(Decoder, HandsOnTimeAndAViewIntoTheFrame) {
  const HeapFrame frame = HeapFrame(plain()).at(std::chrono::seconds(1234));
  const Decoded decoded = decode_alone(*frame);
  EXPECT_EQ(decoded.segment.time, Timestamp(std::chrono::seconds(1234)));
  EXPECT_EQ(decoded.segment.payload.data(), (*frame).bytes.data() + 54);
}

TEST(Decoder, ChecksTheTcpHeadersLength) {
  std::string four_words = plain();
  four_words[14 + 20 + 12] = 0x40;
  std::string seven_words = plain();  // three bytes more than the packet has
  seven_words[14 + 20 + 12] = 0x70;
  expect_all_refused({
      {"header of four words", LinkType::kEthernet, four_words, NotDecoded::kMalformedTcp},
      {"options beyond the packet", LinkType::kEthernet, seven_words, NotDecoded::kMalformedTcp},
      {"19 bytes", LinkType::kEthernet, ethernet(0x0800, ipv4(6, tcp().substr(0, 19))),
       NotDecoded::kMalformedTcp},
  });
}

TEST(Decoder, SkipsTcpOptions) {
  std::string packet = tcp();
  packet[12] = 0x60;
  packet.insert(20, hex("01 01 01 00"));
  const HeapFrame frame(ethernet(0x0800, ipv4(6, packet)));
  const Decoded decoded = decode_alone(*frame);
  ASSERT_TRUE(decoded.is_segment);
  expect_the_segment(decoded.segment, false, 0);
}

TEST(Decoder, DeliversASegmentCutInItsOptionsWithoutPayload) {
  std::string packet = tcp();
  packet[12] = 0x60;
  packet.insert(20, hex("01 01 01 00"));
  const std::string whole = ethernet(0x0800, ipv4(6, packet));
  for (std::size_t size = 14 + 20 + 19; size <= whole.size(); ++size) {
    const HeapFrame frame(std::string_view(whole).substr(0, size), LinkType::kEthernet, whole.size());
    const Decoded decoded = decode_alone(*frame);
    ASSERT_EQ(decoded.is_segment, size >= 14 + 20 + 20) << size;
    if (!decoded.is_segment) continue;
    EXPECT_EQ(decoded.segment.payload_length, 5u);
    EXPECT_EQ(decoded.segment.payload.size(), size > 58 ? size - 58 : 0);
    EXPECT_EQ(decoded.segment.wire_length, 49u);
  }
}

TEST(Decoder, BelievesTheIpLengthOfASlicedPacket) {
  // Cut by a packet broker, which leaves no original length.
  const HeapFrame frame(plain().substr(0, plain().size() - 3));
  const Decoded decoded = decode_alone(*frame);
  ASSERT_TRUE(decoded.is_segment);
  EXPECT_EQ(decoded.segment.payload_length, 5u);
  EXPECT_EQ(as_text(decoded.segment.payload), "He");
}

TEST(Decoder, TakesAnOriginalLengthTooSmallForTheBytes) {
  const HeapFrame whole(ipv6_tcp(), LinkType::kRaw);
  Frame frame = *whole;
  frame.original_length = 3;
  EXPECT_TRUE(decode_alone(frame).is_segment);
}

TEST(Decoder, LooksThroughAsManyLayersAsTheLimitSays) {
  struct Case {
    const char* why;
    std::string one_layer;  // to be repeated
    std::string inside;
    LinkType link_type;
    std::string outside;
  };
  const std::string macs = hex("02 00 00 00 00 01  02 00 00 00 00 02");
  const Case cases[] = {
      {"VLAN tags", hex("81 00 00 05"), hex("08 00") + ipv4_tcp(), LinkType::kEthernet, macs},
      {"MPLS labels", hex("00 01 00 40"), hex("00 01 01 40") + ipv4_tcp(), LinkType::kPpp, hex("02 81")},
      {"IPv4 in IPv4, sizes left to offload",
       hex("45 00 00 00  00 00 40 00  40 04 00 00  0A 00 00 01  C0 00 02 07"), ipv4_tcp(), LinkType::kRaw,
       ""},
      {"GRE in GRE",
       hex("45 00 00 00  00 00 40 00  40 2F 00 00  0A 00 00 01  C0 00 02 07") + hex("00 00 08 00"),
       ipv4_tcp(), LinkType::kRaw, ""},
      {"VXLAN in VXLAN",
       hex("45 00 00 00  00 00 40 00  40 11 00 00  0A 00 00 01  C0 00 02 07") +
           hex("D0 00 12 B5 00 00 00 00  08 00 00 00  00 00 2A 00") + macs + hex("08 00"),
       ipv4_tcp(), LinkType::kRaw, ""},
  };
  for (const unsigned limit : {0u, 1u, 2u, 8u}) {
    Limits limits;
    limits.encapsulation_depth = limit;
    for (const Case& c : cases) {
      const bool is_mpls = c.link_type == LinkType::kPpp;  // whose innermost label is a layer as well
      for (unsigned layers = limit == 0 ? 0 : limit - 1; layers <= limit + 1; ++layers) {
        if (is_mpls && layers == 0) continue;
        std::string bytes = c.outside;
        for (unsigned i = is_mpls ? 1 : 0; i < layers; ++i) bytes += c.one_layer;
        const HeapFrame frame(bytes + c.inside, c.link_type);
        const Decoded decoded = decode_alone(*frame, limits);
        EXPECT_EQ(decoded.is_segment, layers <= limit) << c.why << ", " << layers << " of " << limit;
        if (!decoded.is_segment) {
          EXPECT_EQ(name_of(decoded.reason), "too-deep") << c.why;
        }
      }
    }
  }
}

TEST(Decoder, CountsEveryFrameOnce) {
  Decoder decoder{Limits{}};
  TcpSegment segment;
  const std::string frames[] = {plain(),
                                ethernet(0x0806, std::string(28, '\0')),
                                ethernet(0x0800, ipv4(17, udp(53, "q"))),
                                ethernet(0x0800, ipv4(6, tcp().substr(0, 16), 0x2000)),
                                ethernet(0x0800, ipv4(6, tcp().substr(16), 0x0002)),
                                ethernet(0x0800, ipv4(6, "")),
                                plain()};
  for (const std::string& bytes : frames) decoder.decode(*HeapFrame(bytes), segment);
  const DecodeCounters& counters = decoder.counters();
  EXPECT_EQ(counters.frames, 7u);
  EXPECT_EQ(counters.segments, 3u);
  EXPECT_EQ(counters.of(NotDecoded::kUnknownEtherType), 1u);
  EXPECT_EQ(counters.of(NotDecoded::kUdp), 1u);
  EXPECT_EQ(counters.of(NotDecoded::kFragmentHeld), 1u);
  EXPECT_EQ(counters.of(NotDecoded::kMalformedTcp), 1u);
  EXPECT_EQ(counters.frames, counters.segments + not_decoded(counters));
}

TEST(Decoder, ObeysTheLimitsOfFragments) {
  Limits limits;
  limits.fragment_datagrams = 1;
  Decoder decoder(limits);
  TcpSegment segment;
  const std::string head = tcp().substr(0, 16);
  decoder.decode(*HeapFrame(ipv4(6, head, 0x2000, 1), LinkType::kRaw), segment);
  decoder.decode(*HeapFrame(ipv4(6, head, 0x2000, 2), LinkType::kRaw), segment);
  EXPECT_FALSE(decoder.decode(*HeapFrame(ipv4(6, tcp().substr(16), 0x0002, 1), LinkType::kRaw), segment));
  EXPECT_EQ(decoder.counters().of(NotDecoded::kFragmentHeld), 3u);
  EXPECT_EQ(decoder.counters().fragments_evicted, 2u);
}

TEST(Decoder, KeepsItsFragmentsWhenMoved) {
  Decoder first{Limits{}};
  TcpSegment segment;
  EXPECT_FALSE(first.decode(*HeapFrame(ipv4(6, tcp().substr(0, 16), 0x2000), LinkType::kRaw), segment));
  Decoder second = std::move(first);
  EXPECT_TRUE(second.decode(*HeapFrame(ipv4(6, tcp().substr(16), 0x0002), LinkType::kRaw), segment));
  EXPECT_TRUE(second.is_reassembled());
}

}  // namespace
}  // namespace mogura::packet
