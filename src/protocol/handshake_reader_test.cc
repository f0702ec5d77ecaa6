#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/detail/handshake_collector.h"
#include "protocol/detail/tls_test_bytes.h"
#include "protocol/tls.h"

namespace mogura::protocol {
namespace {

using detail::collect_handshake;
using detail::collect_handshake_by;
using detail::CollectedHandshake;
using test::Bytes;
using test::operator+;
using test::client_hello;
using test::hex;
using test::message;
using test::record;
using test::server_name;
using State = HandshakeReader::State;

constexpr std::uint8_t kChangeCipherSpec = 20;
constexpr std::uint8_t kAlert = 21;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kApplicationData = 23;

Bytes hello_message(std::size_t name_size = 9) {
  return message(1, client_hello({0x1301}, server_name(std::string(name_size, 'a'))));
}

Bytes slice(const Bytes& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

// The handshake bytes in records of `size` bytes.
Bytes in_records(const Bytes& handshake, std::size_t size) {
  Bytes stream;
  for (std::size_t at = 0; at < handshake.size(); at += size) {
    stream =
        std::move(stream) + record(kHandshake, slice(handshake, at, std::min(at + size, handshake.size())));
  }
  return stream;
}

struct StreamCase {
  const char* why;
  Bytes stream;
  std::size_t messages;
  State end;
  bool has_partial;
};

std::vector<StreamCase> stream_cases() {
  const Bytes hello = hello_message();
  const Bytes done = message(14, {});
  const Bytes spec = record(kChangeCipherSpec, hex("01"));
  // TLS 1.2 with AES-GCM: an explicit nonce that begins with zeros looks like HelloRequest messages.
  const Bytes finished = record(kHandshake, Bytes(8, 0) + Bytes(32, 0x77));
  return {
      {"nothing", {}, 0, State::kNeedMore, false},
      {"one message in one record", record(kHandshake, hello), 1, State::kNeedMore, false},
      {"two messages in one record", record(kHandshake, hello + done), 2, State::kNeedMore, false},
      {"a message in records of one byte", in_records(hello, 1), 1, State::kNeedMore, false},
      {"messages across records", in_records(hello + done + hello, 50), 3, State::kNeedMore, false},
      {"empty handshake records between", record(kHandshake, {}) + record(kHandshake, hello), 1,
       State::kNeedMore, false},
      {"a message that is not complete", record(kHandshake, slice(hello, 0, 60)), 0, State::kNeedMore, true},
      {"a message whose header is not complete", record(kHandshake, slice(hello, 0, 3)), 0, State::kNeedMore,
       false},
      {"an alert", record(kHandshake, hello) + record(kAlert, hex("0228")), 1, State::kDone, false},
      {"application data inside a message",
       record(kHandshake, slice(hello, 0, 60)) + record(kApplicationData, hello), 0, State::kDone, true},
      {"a ChangeCipherSpec inside a message", record(kHandshake, slice(hello, 0, 60)) + spec, 0, State::kDone,
       true},
      {"a ChangeCipherSpec between hellos", record(kHandshake, hello) + spec + record(kHandshake, hello), 2,
       State::kNeedMore, false},
      {"a second hello in many records", record(kHandshake, hello) + spec + in_records(hello, 7), 2,
       State::kNeedMore, false},
      {"a Finished in cipher text", record(kHandshake, hello) + spec + finished, 1, State::kDone, false},
      {"cipher text that begins like a hello",
       record(kHandshake, hello) + spec + record(kHandshake, hex("01 00 00 40 99 03 00 00")), 1, State::kDone,
       false},
      {"cipher text that begins like a short hello",
       record(kHandshake, hello) + spec + record(kHandshake, hex("02 00 00 20 03 03")), 1, State::kDone,
       false},
      {"a ChangeCipherSpec of two bytes", record(kChangeCipherSpec, hex("0101")), 0, State::kDone, false},
      {"HTTP", test::text("GET / HTTP/1.1\r\n"), 0, State::kNotTls, false},
      {"a record longer than TLS has", hex("16 0303 4801"), 0, State::kNotTls, false},
      {"a major version that TLS does not have", hex("16 04"), 0, State::kNotTls, false},
      {"no record behind the first", record(kHandshake, hello) + hex("00"), 1, State::kNotTls, false},
  };
}

TEST(HandshakeReader, CollectsMessagesAndSaysWhyItStopped) {
  for (const StreamCase& c : stream_cases()) {
    SCOPED_TRACE(c.why);
    const CollectedHandshake handshake = collect_handshake(c.stream, {});
    EXPECT_EQ(handshake.messages.size(), c.messages);
    EXPECT_EQ(handshake.end, c.end);
    EXPECT_EQ(handshake.has_partial, c.has_partial);
  }
}

TEST(HandshakeReader, EveryCutGivesTheSame) {
  for (const StreamCase& c : stream_cases()) {
    SCOPED_TRACE(c.why);
    const CollectedHandshake whole = collect_handshake(c.stream, {});
    EXPECT_EQ(collect_handshake_by(1, c.stream), whole);
    for (std::size_t cut = 0; cut <= c.stream.size(); ++cut)
      ASSERT_EQ(collect_handshake(c.stream, {cut}), whole) << cut;
  }
}

TEST(HandshakeReader, EveryCutOfARecordedHandshakeGivesTheSame) {
  for (const char* name : {"client_hello_fuzz/chromium.bin", "client_hello_fuzz/hello-retry.bin",
                           "client_hello_fuzz/fragmented.bin", "server_hello_fuzz/tls12-java.bin",
                           "server_hello_fuzz/hello-retry.bin"}) {
    SCOPED_TRACE(name);
    const Bytes stream = test::recorded("protocol_" + std::string(name));
    const CollectedHandshake whole = collect_handshake(stream, {});
    EXPECT_FALSE(whole.messages.empty());
    EXPECT_EQ(collect_handshake_by(1, stream), whole);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut)
      ASSERT_EQ(collect_handshake(stream, {cut}), whole) << cut;
  }
}

TEST(HandshakeReader, EveryTruncationGivesABeginningOfTheMessages) {
  const Bytes stream = test::recorded("protocol_server_hello_fuzz/tls12-java.bin");
  const CollectedHandshake whole = collect_handshake(stream, {});
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const CollectedHandshake part = collect_handshake(slice(stream, 0, size), {});
    ASSERT_LE(part.messages.size(), whole.messages.size());
    ASSERT_TRUE(std::equal(part.messages.begin(), part.messages.end(), whole.messages.begin()));
    if (part.has_partial) {
      ASSERT_LT(part.messages.size(), whole.messages.size());
      const auto& next = whole.messages[part.messages.size()];
      ASSERT_EQ(part.partial.first, next.first);
      ASSERT_EQ(part.partial.second, next.second.substr(0, part.partial.second.size()));
    }
  }
}

TEST(HandshakeReader, HandsOutAMessageInOnePieceWhereItLies) {
  const Bytes stream = record(kHandshake, hello_message());
  HandshakeReader reader{Limits{}};
  std::uint8_t type = 0;
  ByteView body;
  reader.add(stream);
  ASSERT_EQ(reader.next(type, body), State::kMessage);
  EXPECT_EQ(type, 1);
  EXPECT_EQ(body.data(), stream.data() + 9);
  EXPECT_EQ(reader.record_version(), 0x0301);
}

TEST(HandshakeReader, LimitHoldsForTheMessagesOfADirection) {
  const Bytes hello = hello_message();
  const struct {
    std::size_t limit;
    State end;
    std::size_t messages;
  } cases[] = {
      {2 * hello.size() - 1, State::kLimit, 1},
      {2 * hello.size(), State::kNeedMore, 2},
      {2 * hello.size() + 1, State::kNeedMore, 2},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.limit);
    Limits limits;
    limits.handshake_bytes = c.limit;
    const Bytes stream = record(kHandshake, hello + hello);
    const CollectedHandshake whole = collect_handshake(stream, {}, limits);
    EXPECT_EQ(whole.end, c.end);
    EXPECT_EQ(whole.messages.size(), c.messages);
    EXPECT_EQ(collect_handshake_by(1, stream, limits), whole);
  }
}

TEST(HandshakeReader, GivesTheBeginningOfAHelloBeyondTheLimit) {
  Limits limits;
  limits.handshake_bytes = 1000;
  const CollectedHandshake handshake = collect_handshake(in_records(hello_message(3000), 500), {}, limits);
  EXPECT_EQ(handshake.end, State::kLimit);
  ASSERT_TRUE(handshake.has_partial);
  EXPECT_EQ(handshake.partial.second.size(), 1000u - 4);
}

TEST(HandshakeReader, CollectsAHelloOf64KiB) {
  Bytes body = client_hello({0x1301}, server_name("a.example"));
  body.resize(std::size_t{64} << 10);
  const Bytes stream = in_records(message(1, body), 1u << 14);
  const CollectedHandshake handshake = collect_handshake_by(1460, stream);
  ASSERT_EQ(handshake.messages.size(), 1u);
  EXPECT_EQ(handshake.messages[0].second.size(), body.size());
}

TEST(HandshakeReader, CollectsNothingBehindAGap) {
  const Bytes stream = record(kHandshake, hello_message());
  const Bytes first = slice(stream, 0, 60);
  HandshakeReader reader{Limits{}};
  std::uint8_t type = 0;
  ByteView body;
  reader.add(first);
  EXPECT_EQ(reader.next(type, body), State::kNeedMore);
  reader.gap();
  reader.add(stream);
  EXPECT_EQ(reader.next(type, body), State::kDone);
  ASSERT_TRUE(reader.partial(type, body));
  EXPECT_EQ(body.size(), 60u - 9);
}

TEST(HandshakeReader, TakesBytesThatNobodyAskedForAsAGap) {
  const Bytes stream = record(kHandshake, hello_message() + hello_message());
  HandshakeReader reader{Limits{}};
  std::uint8_t type = 0;
  ByteView body;
  reader.add(stream);
  ASSERT_EQ(reader.next(type, body), State::kMessage);
  reader.add(stream);
  EXPECT_EQ(reader.next(type, body), State::kDone);
}

}  // namespace
}  // namespace mogura::protocol
