#include "proxy/detail/codecs.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Written text(std::string value, std::size_t line = 1) {
  return Written{std::move(value), line, false};
}
Written number(std::int64_t value) {
  return Written{value, 1, false};
}
Written argument(std::string value) {
  return Written{std::move(value), 0, true};
}
Written list(std::vector<Written> elements, bool is_argument = false) {
  return Written{std::move(elements), 1, is_argument};
}

TEST(Codecs, AFlagIsNoTextInAFile) {
  bool value = false;
  EXPECT_FALSE(FlagCodec::read(Written{true, 1, false}, value));
  EXPECT_TRUE(value);
  EXPECT_TRUE(FlagCodec::read(text("false"), value));
  EXPECT_TRUE(value) << "left alone";
  EXPECT_FALSE(FlagCodec::read(argument("false"), value));
  EXPECT_FALSE(value);
  EXPECT_TRUE(FlagCodec::read(argument("yes"), value));
}

TEST(Codecs, ACountIsInItsRange) {
  const CountCodec<unsigned> codec{1, 256};
  unsigned value = 7;
  for (const std::int64_t bad :
       {std::int64_t{0}, std::int64_t{257}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(codec.read(number(bad), value)->cause, "must be a number from 1 to 256") << bad;
  }
  EXPECT_TRUE(codec.read(text("12"), value)) << "a text is no number in a file";
  EXPECT_TRUE(codec.read(argument("12x"), value));
  EXPECT_TRUE(codec.read(Written{}, value));
  EXPECT_EQ(value, 7u);
  for (const std::int64_t good : {1, 256}) {
    EXPECT_FALSE(codec.read(number(good), value));
    EXPECT_EQ(value, good);
  }
  EXPECT_FALSE(codec.read(argument("12"), value));
  EXPECT_EQ(value, 12u);
}

TEST(Codecs, ASizeIsANumberOrATextWithAUnit) {
  const SizeCodec codec{1024, 65'536};
  std::size_t value = 0;
  EXPECT_FALSE(codec.read(number(1500), value));
  EXPECT_EQ(value, 1500u);
  EXPECT_FALSE(codec.read(text("64K"), value));
  EXPECT_EQ(value, 65'536u);
  EXPECT_EQ(codec.read(text("65K"), value)->cause, "must be a size from 1K to 64K, like 1500 or \"64K\"");
  EXPECT_TRUE(codec.read(number(1023), value));
  EXPECT_TRUE(codec.read(number(-1), value));
  EXPECT_TRUE(codec.read(Written{true, 1, false}, value));
  EXPECT_EQ(value, 65'536u);
}

TEST(Codecs, ATimeIsSecondsOrATextWithAUnit) {
  const TimeCodec<seconds> codec{seconds(1), seconds(60)};
  seconds value{5};
  EXPECT_FALSE(codec.read(number(30), value));
  EXPECT_EQ(value, seconds(30));
  EXPECT_FALSE(codec.read(text("1m"), value));
  EXPECT_EQ(value, seconds(60));
  EXPECT_EQ(codec.read(text("1500ms"), value)->cause, "must be whole seconds");
  EXPECT_EQ(codec.read(text("61s"), value)->cause, "must be a time from 1s to 1m, like \"1s\"");
  EXPECT_TRUE(codec.read(number(-1), value));
  EXPECT_TRUE(codec.read(number(INT64_MAX), value));
  EXPECT_EQ(value, seconds(60));
  const TimeCodec<Duration> fine{milliseconds(0), seconds(60)};
  Duration span{};
  EXPECT_FALSE(fine.read(text("250ms"), span));
  EXPECT_EQ(span, milliseconds(250));
  EXPECT_EQ(fine.write(span), "\"250ms\"");
}

TEST(Codecs, ATextHasNoControlCharacters) {
  const TextCodec codec{&kFile};
  std::string value = "before";
  EXPECT_TRUE(codec.read(number(1), value));
  for (const char c : {'\0', '\n', '\x1B', '\x7F'}) {
    EXPECT_EQ(codec.read(text(std::string("a") + c), value)->cause, "must not hold control characters");
  }
  EXPECT_TRUE(codec.read(text(std::string(kTextBytes + 1, 'a')), value));
  EXPECT_EQ(value, "before");
  EXPECT_FALSE(codec.read(text(std::string(kTextBytes, 'a')), value));
  EXPECT_FALSE(codec.read(text("m\xC3\xB6we"), value));
  EXPECT_EQ(value, "m\xC3\xB6we");
}

TEST(Codecs, WritesNoPassword) {
  EXPECT_EQ(StoreCodec::write("redis://:secret@localhost"), "\"redis://:…@localhost\"");
}

TEST(Codecs, AChoiceIsOneOfItsWords) {
  static constexpr std::array<std::string_view, 3> kWords{"off", "observe", "block"};
  const ChoiceCodec<challenge::Mode> codec{kWords};
  challenge::Mode mode = challenge::Mode::kOff;
  EXPECT_FALSE(codec.read(text("block"), mode));
  EXPECT_EQ(mode, challenge::Mode::kBlock);
  EXPECT_EQ(codec.write(mode), "\"block\"");
  EXPECT_EQ(codec.read(text("Block"), mode)->cause, "must be off, observe or block");
  EXPECT_TRUE(codec.read(number(1), mode));
  EXPECT_EQ(mode, challenge::Mode::kBlock);
}

TEST(Codecs, AListNamesTheLineOfABadElement) {
  const ListCodec<NetworkCodec> codec{};
  std::vector<Network> value;
  EXPECT_FALSE(codec.read(list({text("10.0.0.0/8"), text("::1")}), value));
  EXPECT_EQ(codec.write(value), "[\"10.0.0.0/8\", \"::1\"]");
  const Complaint wrong = codec.read(list({text("10.0.0.0/8", 3), text("10.0.0.0/33", 4)}), value);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->line, 4u);
  EXPECT_EQ(value.size(), 2u) << "left alone";
  EXPECT_TRUE(codec.read(text("10.0.0.0/8"), value)) << "one network is no list";
  EXPECT_FALSE(codec.read(list({}), value));
  EXPECT_EQ(codec.write(value), "[]");
}

TEST(Codecs, AListHasABound) {
  const ListCodec<NetworkCodec> codec{};
  std::vector<Network> value;
  EXPECT_FALSE(codec.read(list(std::vector<Written>(kListEntries, text("10.0.0.1"))), value));
  EXPECT_TRUE(codec.read(list(std::vector<Written>(kListEntries + 1, text("10.0.0.1"))), value));
}

TEST(Codecs, PortsAreAListOrAll) {
  Access access;
  EXPECT_FALSE(PortsCodec::read(list({number(1), number(65'535)}), access));
  EXPECT_EQ(PortsCodec::write(access), "[1, 65535]");
  for (const Written& all : {text("all"), argument("all"), list({argument("all")}, true)}) {
    access.any_connect_port = false;
    EXPECT_FALSE(PortsCodec::read(all, access));
    EXPECT_EQ(PortsCodec::write(access), "\"all\"");
  }
  for (const Written& bad : {text("some"), number(443), list({number(0)}), list({number(65'536)}),
                             list({text("all")}), list({text("443")})}) {
    EXPECT_TRUE(PortsCodec::read(bad, access));
  }
  EXPECT_TRUE(access.any_connect_port);
  EXPECT_FALSE(PortsCodec::read(list({argument("443")}, true), access));
  EXPECT_EQ(PortsCodec::write(access), "[443]");
}

TEST(Codecs, QuotesWhatTomlWouldTakeForSomethingElse) {
  EXPECT_EQ(toml_text("plain"), "\"plain\"");
  EXPECT_EQ(toml_text("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(toml_text("[}\n\x7F"), R"("[\u007D\u000A\u007F")");
  EXPECT_EQ(toml_text("m\xC3\xB6we~"), "\"m\xC3\xB6we~\"");
  EXPECT_EQ(toml_text("a\xFF"
                      "b"),
            "\"a?b\"")
      << "not UTF-8";
}

}  // namespace
}  // namespace mogura::proxy::detail
