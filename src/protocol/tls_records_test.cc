#include "protocol/tls_records.h"

#include <gtest/gtest.h>

#include <utility>

#include "protocol/detail/tls_test_bytes.h"

namespace mogura::protocol {
namespace {

using test::Bytes;
using test::operator+;
using test::Exact;
using test::hex;
using test::record;

using Met = std::vector<std::pair<unsigned, std::uint32_t>>;

void feed(TlsRecords& records, ByteView bytes, Met& met) {
  const Exact exact(bytes);
  records.feed(exact.view(),
               [&](std::uint8_t type, std::uint32_t length) { met.emplace_back(type, length); });
}

Bytes three_records() {
  return record(22, Bytes(100, 1)) + record(20, hex("01")) + record(23, {}) + record(23, Bytes(300, 2));
}

TEST(TlsRecords, CountsRecordsWhereverTheStreamIsCut) {
  const Bytes stream = three_records();
  const Met expected = {{22, 100}, {20, 1}, {23, 0}, {23, 300}};
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    TlsRecords records;
    Met met;
    feed(records, ByteView(stream).first(cut), met);
    feed(records, ByteView(stream).subspan(cut), met);
    ASSERT_EQ(met, expected) << cut;
    ASSERT_FALSE(records.is_lost());
  }
}

TEST(TlsRecords, CountsTheSameByteByByte) {
  TlsRecords records;
  Met met;
  for (const std::uint8_t byte : three_records()) feed(records, {&byte, 1}, met);
  EXPECT_EQ(met.size(), 4u);
}

TEST(TlsRecords, KnowsARecordHeader) {
  const struct {
    const char* why;
    Bytes header;
    bool is_plausible;
  } cases[] = {
      {"a handshake record", hex("16 0301 0200"), true},
      {"a heartbeat", hex("18 0303 0013"), true},
      {"the longest of TLS 1.2", hex("17 0303 4800"), true},
      {"one byte more", hex("17 0303 4801"), false},
      {"a type below", hex("13 0303 0001"), false},
      {"a type above", hex("19 0303 0001"), false},
      {"SSL 2", hex("16 0200 0001"), false},
      {"a minor version not given out yet", hex("16 0305 0001"), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(TlsRecords::plausible(c.header.data()), c.is_plausible);
    for (std::size_t size = 0; size < 5; ++size) {
      EXPECT_TRUE(!c.is_plausible || TlsRecords::plausible_prefix(ByteView(c.header).first(size))) << size;
    }
  }
}

TEST(TlsRecords, GapInsideARecordLosesNothing) {
  TlsRecords records;
  Met met;
  const Bytes stream = record(23, Bytes(300, 2)) + record(23, Bytes(7, 3));
  feed(records, ByteView(stream).first(105), met);
  EXPECT_TRUE(records.skip(200));
  feed(records, ByteView(stream).subspan(305), met);
  EXPECT_EQ(met, (Met{{23, 300}, {23, 7}}));
}

TEST(TlsRecords, GapBeyondARecordWaitsForASegmentThatBeginsWithOne) {
  TlsRecords records;
  Met met;
  feed(records, ByteView(record(23, Bytes(300, 2))).first(105), met);
  EXPECT_FALSE(records.skip(201));
  EXPECT_TRUE(records.is_lost());
  feed(records, Bytes(100, 0xEE), met);
  EXPECT_TRUE(records.is_lost());
  feed(records, hex("17 03"), met);
  EXPECT_TRUE(records.is_lost()) << "too little to be believed";
  feed(records, record(23, Bytes(9, 4)), met);
  EXPECT_EQ(met, (Met{{23, 300}, {23, 9}}));
  EXPECT_FALSE(records.is_lost());
}

TEST(TlsRecords, GapInAHeaderIsLost) {
  TlsRecords records;
  Met met;
  feed(records, hex("17 03 03"), met);
  EXPECT_FALSE(records.skip(1));
  EXPECT_TRUE(records.is_lost());
}

TEST(TlsRecords, IsLostWhereNoRecordBegins) {
  TlsRecords records;
  Met met;
  feed(records, record(22, hex("00")) + test::text("GET / HTTP/1.1"), met);
  EXPECT_EQ(met.size(), 1u);
  EXPECT_TRUE(records.is_lost());
}

}  // namespace
}  // namespace mogura::protocol
