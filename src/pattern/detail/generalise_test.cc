#include "pattern/detail/generalise.h"

#include <gtest/gtest.h>

#include <vector>

namespace mogura::pattern::detail {
namespace {

Columns columns_of(std::string_view text) {
  Columns columns;
  columns.fill(kVaries);
  for (std::size_t i = 0; i < text.size() && i < kColumns; ++i)
    columns[i] = static_cast<std::uint8_t>(text[i]);
  return columns;
}

// With "?" for what varies, up to the last byte that does not.
std::string text_of(const Columns& columns) {
  std::string text;
  for (const std::int16_t column : columns) text += column == kVaries ? '?' : static_cast<char>(column);
  text.resize(text.find_last_not_of('?') + 1);
  return text;
}

TEST(BlankVersions, KeepsTheProductsName) {
  const struct {
    const char* text;
    const char* kept;
    const char* why;
  } cases[] = {
      {"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH-2.0-OpenSSH_", "the protocol's version stays"},
      {"SSH-2.0-dropbear_2022.83\r\n", "SSH-2.0-dropbear_", "a year"},
      {"SSH-2.0-Go\r\n", "SSH-2.0-Go\r\n", "no version"},
      {"RFB 003.008\n", "RFB ", "behind a space"},
      {"tool/1.2 more words", "tool/", "what follows moves with it"},
      {"\x02\x29SSH-2.0-OpenSSH_9\r\n", "\x02\x29SSH-2.0-OpenSSH_", "text that begins by chance"},
      {"curve25519-sha256,ecdh", "curve25519-sha256,ecdh", "names with digits are no versions"},
      {"diffie-hellman-group14-sha256", "diffie-hellman-group14-sha256", "likewise"},
  };
  for (const auto& one : cases) {
    Columns columns = columns_of(one.text);
    blank_versions(columns);
    EXPECT_EQ(text_of(columns), one.kept) << one.why;
  }
}

TEST(BlankNames, LeavesOutHostsInAnyCase) {
  const std::vector<std::string_view> names = {"gate.example", "abc", ""};
  Columns columns = columns_of("220 Gate.Example ESMTP abc");
  blank_names(columns, names);
  EXPECT_EQ(text_of(columns), "220 ???????????? ESMTP abc") << "short names stand anywhere";
}

TEST(BlankRandom, LeavesOutKeysAndKeepsStructure) {
  Columns columns = columns_of(std::string("\x48\x00\x00\x00", 4) + "\x9b\x9d\x34\xe4\xd7\x8b\xee\xa8");
  blank_random(columns, 8);
  EXPECT_EQ(text_of(columns), std::string("\x48\x00\x00\x00", 4));
  columns = columns_of("\x02\x01\x03\x04 framing");
  blank_random(columns, 5);
  EXPECT_EQ(text_of(columns), "\x02\x01\x03\x04 framing") << "words are not random";
  columns = columns_of(std::string("\x38\x00\x00\x00\x00\x01\xff\xff\xff\x00", 10));
  const Columns before = columns;
  blank_random(columns, 5);
  EXPECT_EQ(columns, before) << "counters are not random";
  columns = columns_of("Key: ZGhlIHNhbXBsZSBub25jZQ0 end");
  blank_random(columns, 8);
  EXPECT_EQ(text_of(columns).substr(0, 5), "Key: ");
  EXPECT_EQ(text_of(columns).find("ZGhl"), std::string::npos) << "Base64";
  columns = columns_of("application/octet-stream, text/html");
  const Columns words = columns;
  blank_random(columns, 8);
  EXPECT_EQ(columns, words);
}

TEST(GlobForUserAgent, LeavesOutTheVersion) {
  const struct {
    const char* user_agent;
    const char* glob;
  } cases[] = {
      {"curl/7.88.1", "curl/*"},
      {"Open AnyConnect VPN Agent v9.01-3", "Open AnyConnect VPN Agent v9.01-*"},
      {"OpenVPN 2.6", "OpenVPN *"},
      {"backdoor", "backdoor"},
      {"a/1", "a/1"},
      {"Mozilla/5.0 (X11) Firefox/126.0", "Mozilla/5.0 (X11) Firefox/126.0"},
      {"bad\xff\nname/2", "bad**name/*"},
  };
  for (const auto& one : cases) EXPECT_EQ(glob_for_user_agent(one.user_agent), one.glob);
}

}  // namespace
}  // namespace mogura::pattern::detail
