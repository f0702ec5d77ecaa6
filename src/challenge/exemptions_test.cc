#include "challenge/exemptions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "challenge/testing/naive_exemptions_test.h"

namespace mogura::challenge {
namespace {

using testing::naive_covering;

constexpr Timestamp kNow = std::chrono::sys_days(std::chrono::year(2026) / 6 / 1);

Address address(std::string_view text) {
  return *Address::parse(text);
}

Asker asker(std::string_view host, std::string_view user_agent = "Mozilla/5.0", std::string_view path = "/",
            std::string_view client = "10.1.0.5") {
  return {address(client), user_agent, host, path};
}

Exemptions list_of(const std::string& toml) {
  Exemptions list;
  const Result<void> added = list.add(toml, "exempt.toml");
  EXPECT_TRUE(added) << toml << (added ? "" : added.error().message());
  return list;
}

Exemptions entry_of(const std::string& keys) {
  return list_of("[[exempt]]\ncomment = \"c\"\n" + keys);
}

TEST(Exemptions, CoverWhatAllGivenKeysFit) {
  const struct {
    const char* entry;
    Asker asker;
    bool is_covered;
    const char* why;
  } cases[] = {
      {"host = \"a.example\"", asker("a.example"), true, "the host"},
      {"host = \"A.Example\"", asker("a.example"), true, "names have no case"},
      {"host = \"a.example\"", asker("b.a.example"), false, "a host is not a suffix"},
      {"host = \"a*.example\"", asker("a1.example"), true, "a glob"},
      {"host = \"a*.example\"", asker("b.example"), false, "that does not fit"},
      {"host = \"*\"", asker("a.example"), true, "any host"},
      {"host = \"2001:db8::1\"", asker("[2001:db8::1]"), true, "an address, asked with brackets"},
      {"host = \"[2001:DB8::1]\"", asker("2001:db8::1"), true, "an address, listed with brackets"},
      {"suffix = \"example\"", asker("a.b.example"), true, "below it"},
      {"suffix = \".B.example\"", asker("b.example"), true, "the name itself"},
      {"suffix = \"b.example\"", asker("bb.example"), false, "only at a label's boundary"},
      {"suffix = \"b.example\"", asker("b.example.net"), false, "at the end"},
      {"suffix = \"b.example\"", asker(""), false, "no host"},
      {"client = \"10.1.0.0/16\"", asker("a"), true, "in the network"},
      {"client = \"10.1.0.5\"", asker("a"), true, "the address alone"},
      {"client = \"10.2.0.0/16\"", asker("a"), false, "another network"},
      {"client = \"0.0.0.0/0\"", asker("a", "", "/", "2001:db8::1"), false, "another family"},
      {"client = \"::/0\"", asker("a"), false, "the same the other way round"},
      {"client = \"::/0\"", asker("a", "", "/", "2001:db8::1"), true, "any of its family"},
      {"client = \"0.0.0.0/0\"", asker("a"), true, "the same"},
      {"client = \"2001:db8:8000::/33\"", asker("a", "", "/", "2001:db8:ffff::1"), true, "33 bits"},
      {"client = \"2001:db8::a0/123\"", asker("a", "", "/", "2001:db8::bf"), true, "beyond 64 bits"},
      {"client = \"2001:db8::a0/123\"", asker("a", "", "/", "2001:db8::c0"), false, "the next"},
      {"user_agent = \"apt/*\"", asker("a", "APT/1 (x)"), true, "a glob, no difference of case"},
      {"user_agent = \"apt/*\"", asker("a", "my apt/1"), false, "of all of it"},
      {"user_agent = \"*\"", asker("a", ""), false, "there is no User-Agent to fit"},
      {"path = \"/generate_204\"", asker("a", "u", "/generate_204"), true, "the path"},
      {"path = \"/generate_204\"", asker("a", "u", "/generate_204?x"), false, "the query belongs to it"},
      {"path = \"/generate_204*\"", asker("a", "u", "/generate_204?x"), true, "a glob"},
      {"path = \"/a\"", asker("a", "u", "/A"), false, "paths have case"},
      {"host = \"a\"\npath = \"/x\"", asker("a"), false, "the host fits, the path does not"},
      {"host = \"a\"\nsuffix = \"b\"", asker("a"), false, "both cannot hold"},
      {"host = \"*.b\"\nsuffix = \"c.b\"", asker("a.c.b"), true, "both hold"},
      {"suffix = \"a\"\nuser_agent = \"x*\"\nclient = \"10.1.0.0/24\"\npath = \"/y*\"",
       asker("z.a", "X/1", "/y?"), true, "all of them"},
  };
  for (const auto& c : cases) {
    const Exemptions list = entry_of(c.entry);
    EXPECT_EQ(list.covering(c.asker, kNow) != nullptr, c.is_covered) << c.entry << ": " << c.why;
    EXPECT_EQ(list.covering(c.asker, kNow), naive_covering(list, c.asker, kNow)) << c.entry;
  }
}

TEST(Exemptions, ApplyToTheEndOfTheDayTheyExpire) {
  const Exemptions list = entry_of("host = \"a\"\nexpires = 2026-06-01");
  EXPECT_TRUE(list.covering(asker("a"), kNow + std::chrono::hours(23)));
  EXPECT_FALSE(list.covering(asker("a"), kNow + std::chrono::hours(24)));
}

TEST(Exemptions, NameTheFirstThatCovers) {
  const Exemptions list = list_of(
      "[[exempt]]\nhost = \"a.b\"\nexpires = 2020-01-01\ncomment = \"expired\"\n"
      "[[exempt]]\nuser_agent = \"x\"\ncomment = \"agent\"\n"
      "[[exempt]]\nsuffix = \"b\"\ncomment = \"suffix\"\n"
      "[[exempt]]\nhost = \"a.b\"\ncomment = \"host\"\n"
      "[[exempt]]\nclient = \"10.0.0.0/8\"\ncomment = \"client\"\n");
  EXPECT_EQ(list.covering(asker("a.b", "x"), kNow)->comment, "agent");
  EXPECT_EQ(list.covering(asker("a.b"), kNow)->comment, "suffix");
  EXPECT_EQ(list.covering(asker("c"), kNow)->comment, "client");
}

TEST(Exemptions, SayWhereTheyStand) {
  Exemptions list = list_of("format = 1\n\n[[exempt]]\nhost = \"a\"\ncomment = \"株 ~7e\"\n");
  ASSERT_TRUE(list.add("[[exempt]]\nhost = \"b\"\ncomment = \"c\"\n", "more.toml"));
  ASSERT_EQ(list.entries().size(), 2u);
  EXPECT_EQ(list.entries()[0].comment, "株 ~7e");
  EXPECT_EQ(list.entries()[0].list, "exempt.toml");
  EXPECT_EQ(list.entries()[0].line, 3u);
  EXPECT_EQ(list.covering(asker("b"), kNow)->list, "more.toml");
}

TEST(Exemptions, RefuseWhatTheyDoNotUnderstandAndNameThePlace) {
  const struct {
    const char* keys;
    const char* message;
  } cases[] = {
      {"comment = \"c\"\nhots = \"a\"", "x.toml line 3: there is no key \"hots\" in an exempt entry"},
      {"comment = \"c\"",
       "x.toml line 1: this entry would exempt everybody: it needs client, user_agent, host, suffix or path"},
      {"host = \"a\"", "x.toml line 1: an entry needs a comment that says why"},
      {"host = \"a\"\ncomment = 1", "x.toml line 3: comment must be a text that is not empty"},
      {"comment = \"c\"\nhost = \"a:80\"",
       "x.toml line 3: host \"a:80\" is no host: it stands without scheme, port and path"},
      {"comment = \"c\"\nhost = \"http://a/\"",
       "x.toml line 3: host \"http://a/\" is no host: it stands without scheme, port and path"},
      {"comment = \"c\"\nhost = \"[]\"",
       "x.toml line 3: host \"[]\" is no host: it stands without scheme, port and path"},
      {"comment = \"c\"\nsuffix = \"*.a\"",
       "x.toml line 3: suffix \"*.a\" is no name; a suffix covers all below it without *"},
      {"comment = \"c\"\nsuffix = \".\"",
       "x.toml line 3: suffix \".\" is no name; a suffix covers all below it without *"},
      {"comment = \"c\"\npath = \"a\"", "x.toml line 3: path \"a\" begins neither with / nor with *"},
      {"comment = \"c\"\nclient = \"10.0.0.0/33\"",
       "x.toml line 3: client \"10.0.0.0/33\" is no address or network"},
      {"comment = \"c\"\nhost = \"a\"\nexpires = \"soon\"",
       "x.toml line 4: expires must be a date: 2027-01-31"},
  };
  for (const auto& c : cases) {
    Exemptions list;
    const Result<void> added = list.add(std::string("[[exempt]]\n") + c.keys, "x.toml");
    ASSERT_FALSE(added) << c.keys;
    EXPECT_EQ(added.error().message(), c.message);
  }
}

TEST(Exemptions, TakeNothingOfAFileWithAnError) {
  Exemptions list = entry_of("host = \"a\"");
  EXPECT_FALSE(list.add("[[exempt]]\nhost = \"b\"\ncomment = \"c\"\n[[exempt]]\nhost = \"c\"\n", "x.toml"));
  EXPECT_EQ(list.entries().size(), 1u);
  EXPECT_FALSE(list.covering(asker("b"), kNow));
  EXPECT_FALSE(list.add("[[exempt\n", "x.toml"));
}

TEST(Exemptions, HaveTextsWithinTheirLimits) {
  const auto accepts = [](const char* key, const std::string& text) {
    return Exemptions()
        .add("[[exempt]]\ncomment = \"c\"\n" + std::string(key) + " = \"" + text + "\"\n", "x.toml")
        .has_value();
  };
  const struct {
    const char* key;
    std::size_t limit;
  } limits[] = {{"host", 253}, {"suffix", 253}, {"user_agent", kExemptionTextBytes}};
  for (const auto& c : limits) {
    EXPECT_TRUE(accepts(c.key, std::string(c.limit - 1, 'a'))) << c.key;
    EXPECT_TRUE(accepts(c.key, std::string(c.limit, 'a'))) << c.key;
    EXPECT_FALSE(accepts(c.key, std::string(c.limit + 1, 'a'))) << c.key;
  }
}

TEST(Exemptions, AreNoMoreThanTheLimitInAllFilesTogether) {
  const auto entries = [](std::size_t count) {
    std::string toml;
    for (std::size_t i = 0; i < count; ++i) toml += "[[exempt]]\nhost = \"a\"\ncomment = \"c\"\n";
    return toml;
  };
  Exemptions list;
  ASSERT_TRUE(list.add(entries(kExemptions - 1), "x.toml"));
  EXPECT_FALSE(list.add(entries(2), "y.toml"));
  EXPECT_TRUE(list.add(entries(1), "y.toml"));
  const Result<void> added = list.add(entries(1), "z.toml");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message(), "z.toml: more than 10000 entries in all lists");
  list.add_built_in();  // does not count
  EXPECT_GT(list.entries().size(), kExemptions);
}

TEST(Exemptions, CoverHostsOfAnyLength) {
  const Exemptions list = entry_of("suffix = \"" + std::string(251, 'b') + "\"");
  const std::string suffix(251, 'b');
  EXPECT_TRUE(list.covering(asker(suffix), kNow));
  EXPECT_TRUE(list.covering(asker("a." + suffix), kNow)) << "253 bytes";
  EXPECT_TRUE(list.covering(asker("aaa." + suffix), kNow));
  EXPECT_TRUE(list.covering(asker(std::string(9000, '.') + suffix), kNow));
  EXPECT_FALSE(list.covering(asker(std::string(9000, 'a') + suffix), kNow));
  EXPECT_FALSE(list.covering(asker(std::string(9000, '.')), kNow));
}

// A small space of names, agents and addresses, so that much of it meets.
class Random {
 public:
  std::uint32_t below(std::uint32_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state_ >> 33) % bound);
  }
  std::string host() {
    static constexpr std::array<const char*, 5> kLabels = {"a", "b", "aa", "www", "x"};
    std::string host = kLabels[below(5)];
    for (std::uint32_t i = below(3); i > 0; --i) host += std::string(".") + kLabels[below(5)];
    return host;
  }
  std::string client() { return "10.0." + std::to_string(below(3)) + "." + std::to_string(below(4)); }
  std::string entry() {
    std::string keys;
    if (below(3) == 0) keys += "host = \"" + std::string(below(4) == 0 ? "*" : "") + host() + "\"\n";
    if (below(3) == 0) keys += "suffix = \"" + host() + "\"\n";
    if (below(3) == 0) keys += "client = \"" + client() + "/" + std::to_string(20 + below(13)) + "\"\n";
    if (below(4) == 0) keys += "user_agent = \"ua" + std::string(below(2) == 0 ? "*" : "1") + "\"\n";
    if (below(4) == 0) keys += "expires = 2026-0" + std::to_string(1 + below(9)) + "-01\n";
    if (keys.find("host") == std::string::npos || below(4) == 0) keys += "path = \"/p*\"\n";
    return "[[exempt]]\ncomment = \"c\"\n" + keys;
  }

 private:
  std::uint64_t state_ = 7;
};

TEST(Exemptions, CoverWhatTryingOneAfterTheOtherCovers) {
  Random random;
  std::size_t covered = 0;
  for (int round = 0; round < 60; ++round) {
    std::string toml;
    for (std::uint32_t i = random.below(40); i > 0; --i) toml += random.entry();
    const Exemptions list = list_of(toml);
    for (int question = 0; question < 300; ++question) {
      const std::string host = random.host();
      const std::string client = random.client();
      const Asker a =
          asker(host, random.below(2) == 0 ? "ua1" : "UA2", random.below(2) == 0 ? "/p" : "/q", client);
      ASSERT_EQ(list.covering(a, kNow), naive_covering(list, a, kNow)) << toml << host << ' ' << client;
      covered += list.covering(a, kNow) != nullptr ? 1u : 0u;
    }
  }
  EXPECT_GT(covered, 1000u);
  EXPECT_LT(covered, 17'000u);
}

// --- the list that is compiled in ---

Exemptions built_in() {
  Exemptions list;
  list.add_built_in();
  return list;
}

TEST(BuiltInExemptions, CoverWellKnownServices) {
  const Exemptions list = built_in();
  const struct {
    const char* host;
    const char* path;
    const char* user_agent;
  } known[] = {
      {"www.msftconnecttest.com", "/connecttest.txt", "Microsoft NCSI"},
      {"captive.apple.com", "/hotspot-detect.html", "CaptiveNetworkSupport-407.0.1 wispr"},
      {"connectivitycheck.gstatic.com", "/generate_204", "Mozilla/5.0 (X11; Linux x86_64)"},
      {"clients3.google.com", "/generate_204", ""},
      {"detectportal.firefox.com", "/success.txt?ipv4", "Mozilla/5.0 (X11; rv:128.0) Firefox/128.0"},
      {"ctldl.windowsupdate.com", "/msdownload/update/v3/static/trustedr/en/authrootstl.cab",
       "Microsoft-CryptoAPI/10.0"},
      {"7.tlu.dl.delivery.mp.microsoft.com", "/filestreamingservice/files/x", "Microsoft BITS/7.8"},
      {"r3.o.lencr.org", "/", "MicroMessenger"},
      {"ocsp.digicert.com", "/MFEwTzBN", ""},
      {"niig4.ocsp.secomtrust.net", "/", ""},
      {"edgedl.me.gvt1.com", "/edgedl/release2/chrome_component/x", "Microsoft BITS/7.8"},
      {"mirror.example", "/debian/dists/stable/InRelease", "Debian APT-HTTP/1.3 (2.6.1)"},
      {"mirror.example", "/core/os/x86_64/core.db", "pacman/6.0.2 (Linux x86_64) libalpm/13.0.2"},
  };
  for (const auto& c : known) {
    const Exemption* entry = list.covering(asker(c.host, c.user_agent, c.path), kNow);
    ASSERT_NE(entry, nullptr) << c.host;
    EXPECT_EQ(entry->list, "built-in");
  }
}

TEST(BuiltInExemptions, CoverNothingBeyondTheServices) {
  const Exemptions list = built_in();
  const char* const browser =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 "
      "Safari/537.36";
  const struct {
    const char* host;
    const char* path;
  } others[] = {
      {"www.google.com", "/"},      {"www.microsoft.com", "/ja-jp/"}, {"www.apple.com", "/jp/"},
      {"clients2.google.com", "/"}, {"evilwindowsupdate.com", "/"},   {"windowsupdate.com.evil.example", "/"},
      {"www.sectigo.com", "/"},     {"gvt1.com.example", "/"},        {"a.example", "/generate_204"},
  };
  for (const auto& c : others) {
    EXPECT_EQ(list.covering(asker(c.host, browser, c.path), kNow), nullptr) << c.host << c.path;
    EXPECT_EQ(list.covering(asker(c.host, "", c.path), kNow), nullptr) << c.host << c.path;
  }
}

TEST(BuiltInExemptions, NameTheirSourcesAndSayWhatRestsOnAUserAgentAlone) {
  const Exemptions list = built_in();
  EXPECT_GT(list.entries().size(), 100u);
  for (const Exemption& entry : list.entries()) {
    EXPECT_NE(entry.comment.find("Source: "), std::string::npos) << entry.line;
    EXPECT_FALSE(entry.client || entry.expires) << entry.line;
    const bool has_place = !entry.host.empty() || !entry.suffix.empty();
    EXPECT_EQ(entry.comment.find("By User-Agent alone") == std::string::npos, has_place) << entry.line;
    EXPECT_FALSE(!has_place && entry.user_agent.starts_with('*')) << "slow: line " << entry.line;
  }
}

TEST(BuiltInExemptions, HaveNoEntryThatAnotherMakesNeedless) {
  const Exemptions list = built_in();
  for (const Exemption& entry : list.entries()) {
    if (entry.host.empty() && entry.suffix.empty()) continue;
    std::string path = entry.path.empty() ? "/some/path" : entry.path;
    std::replace(path.begin(), path.end(), '*', 'x');
    const std::string& host = entry.host.empty() ? entry.suffix : entry.host;
    const std::string agent = entry.user_agent.empty() ? std::string("ua") : entry.user_agent;
    const Asker a = asker(host, agent, path);
    EXPECT_EQ(list.covering(a, kNow), &entry) << entry.line;
  }
}

}  // namespace
}  // namespace mogura::challenge
