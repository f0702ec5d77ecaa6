#include "identity/detail/index.h"

#include <gtest/gtest.h>

#include "identity/detail/catalogue_reader.h"

namespace mogura::identity::detail {
namespace {

Index index_of(std::string_view rules) {
  Result<Tables> tables =
      read_catalogue("format = 1\n[[product]]\nname = \"x\"\nclass = \"vpn\"\n" + std::string(rules), "c");
  EXPECT_TRUE(tables.has_value()) << (tables ? "" : tables.error().message());
  return Index(std::move(*tables));
}

bool meets(std::string_view rules, const Clue& clue) {
  Hits hits;
  index_of(rules).meet(clue, hits);
  return !hits.hits().empty();
}

bool meets(std::string_view rules, const FirstBytes& bytes) {
  Hits hits;
  index_of(rules).meet(bytes, hits);
  return !hits.hits().empty();
}

TEST(CatalogueIndex, ClueMeetsConditionOrNot) {
  struct Case {
    std::string_view rules;
    Clue clue;
    bool is_met;
    std::string_view why;
  };
  for (const Case& c : {
           Case{R"(domain = "b.example")", {"sni", "b.example"}, true, "the name itself"},
           {R"(domain = "b.example")",
            {"destination", "A.B.Example:443"},
            true,
            "a name below it, in any case"},
           {R"(domain = "b.example")",
            {"certificate", "CN=*.b.example,O=x"},
            true,
            "a certificate for all below"},
           {R"(domain = "b.example")", {"sni", "ab.example"}, false, "labels are whole"},
           {R"(domain = "b.example")", {"user-agent", "b.example"}, false, "another source"},
           {R"(user_agent = "^git/")", {"user-agent", "Git/2.1"}, true, "at the beginning"},
           {R"(user_agent = "^git/")", {"user-agent", "my git/2.1"}, false, "not at the beginning"},
           {R"(user_agent = "git/")", {"user-agent", "my (git/2.1)"}, true, "at a word's beginning"},
           {R"(user_agent = "git/")", {"user-agent", "digit/2.1"}, false, "inside a word"},
           {R"(user_agent = "node$")", {"user-agent", "node"}, true, "at the end"},
           {R"(user_agent = "node$")", {"user-agent", "nodes"}, false, "not at the end"},
           {R"(certificate = "Quasar Server")",
            {"certificate", "cn=quasar server ca"},
            true,
            "anywhere in it"},
           {R"(certificate = "cn=www.*.net")", {"certificate-issuer", "CN=www.q.net"}, true, "a pattern"},
           {R"(ja4 = "*_0cb0c5806038_*")", {"ja4", "t13d461000_0cb0c5806038_1f22a2ca17c4"}, true, "a part"},
           {R"(ja4 = "t13d461000_0cb0")", {"ja4", "t13d461000_0cb0c"}, false, "not the beginning alone"},
           {R"(port = 22)", {"destination", "[2001:db8::1]:22"}, true, "the destination's port"},
           {R"(port = 22)", {"port", "220"}, false, "another port"},
           {R"(ndpi = "AnyDesk")", {"ndpi", "TLS.AnyDesk"}, true, "either of nDPI's two names"},
           {R"(ndpi = "Tor")", {"ndpi", "BitTorrent"}, false, "not a part of one"},
           {R"(whois = "zerotier")", {"whois", "OrgName: ZeroTier, Inc."}, true, "in an answer"},
           {R"(path = "/vpn.cgi")", {"path", "/x/vpn.cgi?y"}, true, "in a target"},
           {R"(path = "/vpn.cgi")", {"path", "/x/VPN.cgi"}, false, "targets have a case"},
           {R"(string = "abcd")", {"string", "xxabcdxx"}, true, "anywhere"},
           {R"(bytes = { at = 0, text = "abcd" })", {"banner", "abcde"}, true, "a banner begins the stream"},
           {R"(bytes = { at = 0, text = "abcd" })", {"banner", "xabcde"}, false, "not where it begins"},
           {R"(shape = "beacon")", {"shape", "beacon"}, true, "a shape"},
           {R"(kind = "connect")", {"kind", "ssl"}, false, "another kind"},
       }) {
    EXPECT_EQ(meets(c.rules, c.clue), c.is_met) << c.rules << ": " << c.why;
  }
}

TEST(CatalogueIndex, BytesMeetConditionOrNot) {
  struct Case {
    std::string_view rules;
    FirstBytes bytes;
    bool is_met;
    std::string_view why;
  };
  for (const Case& c : {
           Case{R"(bytes = { side = "up", at = 1, text = "bcd" })", {"abcd", ""}, true, "there"},
           {R"(bytes = { side = "up", at = 1, text = "bcd" })", {"", "abcd"}, false, "the other side"},
           {R"(bytes = { side = "up", at = 1, text = "bcd" })", {"abc", ""}, false, "cut"},
           {R"(bytes = { side = "up", at = 9, text = "bcd" })", {"abc", ""}, false, "beyond the end"},
           {R"(bytes = { text = "abcd" })", {"", "xxabcd"}, true, "anywhere on either side"},
           {R"(string = "abcd")", {"", "xxabcd"}, true, "likewise"},
           {R"(path = "/vpn.cgi")", {"POST /vpn.cgi HTTP/1.1\r\n", ""}, true, "a request inside"},
           {R"(path = "/vpn.cgi")", {"post it to /vpn.cgi", ""}, false, "no request"},
           {R"(path = "/vpn.cgi")", {"GET / HTTP/1.1\r\nReferer: /vpn.cgi", ""}, false, "another line"},
       }) {
    EXPECT_EQ(meets(c.rules, c.bytes), c.is_met) << c.rules << ": " << c.why;
  }
}

TEST(CatalogueIndex, AConditionIsMetOnceByItsFirstClue) {
  const Index index = index_of(R"(domain = "b.example")");
  Hits hits;
  index.meet(Clue{"sni", "a.b.example"}, hits);
  index.meet(Clue{"sni", "c.b.example"}, hits);
  ASSERT_EQ(hits.hits().size(), 1u);
  EXPECT_EQ(hits.clues().at(hits.hits()[0].clue), (Clue{"sni", "a.b.example"}));
}

TEST(CatalogueIndex, BytesAreShownToTheEndOfTheirLine) {
  const Index index = index_of(R"(string = "SSH-2.0-")");
  Hits hits;
  index.meet(FirstBytes{"xxSSH-2.0-tool\r\nmore", ""}, hits);
  ASSERT_EQ(hits.clues().size(), 1u);
  EXPECT_EQ(hits.clues()[0], (Clue{"first-bytes", "SSH-2.0-tool"}));
}

}  // namespace
}  // namespace mogura::identity::detail
