#include "identity/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mogura::identity {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Clues clues(std::vector<Clue> some, std::vector<FirstBytes> first_bytes = {}) {
  return {std::move(some), std::move(first_bytes)};
}

std::string bytes(std::initializer_list<int> some) {
  std::string text;
  for (const int byte : some) text.push_back(static_cast<char>(byte));
  return text;
}

TEST(Catalogue, TheBundledOneKnowsMoreThanAHundredProducts) {
  EXPECT_GE(Catalogue::bundled().products(), 200u);
}

TEST(Catalogue, NamesWhatIsBehindTheCluesOfAService) {
  struct Case {
    Clues clues;
    std::string_view name;
    Class cls;
    std::string_view why;
  };
  const std::string openssh = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
  const std::string down_frame = bytes({0x02, 0x00, 0x29});
  const std::vector<Case> cases = {
      {clues({{"kind", "connect"}, {"destination", "relay.example:443"}, {"inner-protocol", "ssh"}},
             {{openssh, openssh}}),
       "OpenSSH 9.2 (SSH)", Class::kRemoteAccess, "SSH through CONNECT, by its banner"},
      {clues({{"inner-protocol", "ssh"}}), "SSH", Class::kRemoteAccess, "a banner nobody knows"},
      {clues({{"kind", "websocket"}, {"upgrade", "websocket"}, {"inner-protocol", "ssh"}},
             {{openssh, openssh}}),
       "SSH in WebSocket (websockify, websocat, wstunnel or alike)", Class::kTunnel,
       "what carries it says more than what is carried"},
      {clues({{"inner-protocol", "ssh"}, {"destination", "github.com:22"}}), "Git over SSH at a code host",
       Class::kDeveloperTool, "the place makes it another thing"},
      {clues({{"kind", "connect"}, {"destination", "gw.example:443"}, {"inner-protocol", "openvpn"}}),
       "OpenVPN", Class::kVpn, "by its packets"},
      {clues({{"inner-protocol", "openvpn"}, {"destination", "jp12.nordvpn.com:443"}}), "NordVPN",
       Class::kVpn, "of the same class the product says more than the protocol"},
      {clues({{"inner-protocol", "tls"}, {"user-agent", "Open AnyConnect VPN Agent v9.01-3"}}),
       "OpenConnect (AnyConnect, GlobalProtect and other VPNs)", Class::kVpn, "by its name"},
      {clues({{"inner-protocol", "tls"}, {"user-agent", "sstp-client"}}), "SSTP VPN (sstp-client, Windows)",
       Class::kVpn, "the CONNECT names it"},
      {clues({{"inner-protocol", "tls"},
              {"absent", "user-agent"},
              {"absent", "alpn"},
              {"ja4", "t13d461000_0cb0c5806038_1f22a2ca17c4"}}),
       "stunnel", Class::kTunnel, "by the cipher list that it offers"},
      {clues({{"inner-protocol", "tls"},
              {"absent", "user-agent"},
              {"absent", "alpn"},
              {"shape", "interactive"}}),
       "TLS-wrapped tunnel (stunnel, socat, ncat or alike)", Class::kTunnel, "by its shape"},
      {clues({{"kind", "get-post"}, {"absent", "user-agent"}},
             {{bytes({0x01, 0x00, 0x01, 0x2A, 0x02, 0x00, 0x29}) + openssh, down_frame + openssh}}),
       "httptunnel (htc, hts)", Class::kTunnel, "by its frames; the SSH is inside"},
      {clues({{"kind", "connect"}, {"inner-protocol", "http"}, {"user-agent", "curl/7.88.1"}}), "curl 7.88.1",
       Class::kDeveloperTool, "plain HTTP in CONNECT"},
      {clues({{"kind", "get-post"},
              {"shape", "beacon"},
              {"absent", "referer"},
              {"user-agent", "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)"}}),
       "HTTP beacon (unknown implant or poller)", Class::kBackdoor, "a browser's name counts for nothing"},
      {clues({{"certificate", "CN=www.kq3xl6dtm2.net"}, {"certificate-issuer", "CN=www.7zhv2ycv.com"}}),
       "Tor", Class::kAnonymizer, "made-up names on both sides of a certificate"},
      {clues({{"kind", "connect"}}, {{"", "RFB 003.008\n"}}), "VNC (RFB 003.008)", Class::kRemoteAccess,
       "the server's greeting"},
      {clues({{"inner-protocol", "rdp"}, {"destination", "pc.example:443"}}), "Remote Desktop (RDP)",
       Class::kRemoteAccess, "by its packets"},
      {clues({{"kind", "connect"}}, {{"CONNECT next.example:22 HTTP/1.0\r\n\r\n", ""}}),
       "Proxy chain (CONNECT inside CONNECT)", Class::kTunnel, "a proxy behind the proxy"},
      {clues({{"kind", "get-post"}}, {{"POST /vpnsvc/connect.cgi HTTP/1.1\r\n", ""}}),
       "SoftEther VPN (PacketiX VPN)", Class::kVpn, "its own path"},
      {clues({{"sni", "router14.teamviewer.com"}}), "TeamViewer", Class::kRemoteAccess,
       "a name below its domain"},
      {clues({{"certificate", "CN=Quasar Server CA"}}), "Quasar RAT", Class::kBackdoor,
       "its own certificate"},
      {clues({{"user-agent", "git/2.39.2"}, {"inner-protocol", "tls"}}), "git 2.39.2", Class::kDeveloperTool,
       "explained, not accused"},
      {clues({{"user-agent", "Debian APT-HTTP/1.3 (2.6.1)"}}), "Debian APT 2.6.1", Class::kUpdater,
       "explained"},
  };
  for (const Case& c : cases) {
    const Application found = Catalogue::bundled().identify(c.clues);
    EXPECT_EQ(found.name, c.name) << c.why;
    EXPECT_EQ(found.cls, c.cls) << c.why;
    EXPECT_GE(found.confidence, 0.4) << c.why;
    EXPECT_LT(found.confidence, 1) << c.why;
    EXPECT_FALSE(found.clues.empty()) << c.why;
  }
}

TEST(Catalogue, LeavesUnnamedWhatOnlyWeakCluesSpeakFor) {
  struct Case {
    Clues clues;
    std::string_view why;
  };
  for (const Case& c : {
           Case{clues({{"destination", "host.example:5938"}}), "a port"},
           {clues({{"port", "1194"}, {"shape", "interactive"}}), "a port and a shape"},
           {clues({{"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"}}),
            "everybody says to be a browser"},
           {clues({{"sni", "notteamviewer.com"}}), "a name that only ends alike"},
           {clues({{"sni", "teamviewer.com.evil.example"}}), "a name that only begins alike"},
           {clues({{"user-agent", "digit/2.0"}}), "a token in the middle of a word"},
           {clues({{"inner-protocol", "tls"}, {"absent", "alpn"}}), "a plain hello"},
           {clues({}), "nothing"},
       }) {
    const Application found = Catalogue::bundled().identify(c.clues);
    EXPECT_THAT(found.name, IsEmpty()) << c.why;
    EXPECT_EQ(found.cls, Class::kUnknown) << c.why;
    EXPECT_EQ(found.confidence, 0) << c.why;
  }
}

TEST(Catalogue, TellsTheMostTellingCluesOfWhatItDoesNotKnow) {
  const Application found = Catalogue::bundled().identify(clues(
      {{"length", "36"}, {"sni", "odd.example"}, {"user-agent", "odd/1"}, {"ja4", "x"}, {"kind", "ssl"}}));
  EXPECT_EQ(found.name, "");
  EXPECT_EQ(found.clues, (std::vector<Clue>{{"user-agent", "odd/1"}, {"sni", "odd.example"}, {"ja4", "x"}}));
}

TEST(Catalogue, TheMostTellingClueComesFirst) {
  const Application found = Catalogue::bundled().identify(
      clues({{"absent", "user-agent"}, {"kind", "ssl"}, {"ja4", "t13d461000_0cb0c5806038_1f22a2ca17c4"}}));
  EXPECT_EQ(found.name, "stunnel");
  EXPECT_EQ(found.clues.front().source, "ja4");
}

TEST(Catalogue, BytesAreBelievedBeforeNames) {
  const Application found =
      Catalogue::bundled().identify(clues({{"user-agent", "curl/8.0"}, {"inner-protocol", "ssh"}}));
  EXPECT_EQ(found.name, "SSH");
}

TEST(Catalogue, ConfidenceIsTheDocumentedSum) {
  // inner 0.85, port 0.15: 1 − 0.15 × 0.85
  const Application found =
      Catalogue::bundled().identify(clues({{"inner-protocol", "ssh"}, {"destination", "host.example:22"}}));
  EXPECT_NEAR(found.confidence, 1 - 0.15 * 0.85, 1e-9);
}

TEST(Catalogue, SeveralCluesOfOneKindCountOnce) {
  const Application one = Catalogue::bundled().identify(clues({{"sni", "a.teamviewer.com"}}));
  const Application two = Catalogue::bundled().identify(
      clues({{"sni", "a.teamviewer.com"}, {"destination", "b.teamviewer.com:443"}, {"sni", "dyngate.com"}}));
  EXPECT_EQ(one.name, "TeamViewer");
  EXPECT_DOUBLE_EQ(one.confidence, two.confidence);
}

TEST(Catalogue, MatchesNamesInAnyCase) {
  EXPECT_EQ(Catalogue::bundled().identify(clues({{"sni", "WWW.AnyDesk.COM"}})).name, "AnyDesk");
  EXPECT_EQ(Catalogue::bundled().identify(clues({{"user-agent", "ANYDESK/7"}})).name, "AnyDesk");
}

TEST(Catalogue, NamesProgramsByTheirUserAgent) {
  struct Case {
    std::string_view user_agent, name;
    Class cls;
  };
  constexpr std::string_view kChrome =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 "
      "Safari/537.36";
  const std::string edge = std::string(kChrome) + " Edg/125.0.0.0";
  const std::string teams = std::string(kChrome) + " Teams/24.1";
  for (const Case& c : {
           Case{kChrome, "Chrome 125.0.0.0", Class::kBrowser},
           {edge, "Edge 125.0.0.0", Class::kBrowser},
           {teams, "Microsoft Teams", Class::kMessaging},
           {"Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox 126.0",
            Class::kBrowser},
           {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.4 Safari/605.1.15",
            "Safari 17.4", Class::kBrowser},
           {"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11.0",
            Class::kBrowser},
           {"curl/7.88.1", "curl 7.88.1", Class::kDeveloperTool},
           {"Wget/1.21.3", "Wget 1.21.3", Class::kDeveloperTool},
           {"python-requests/2.31.0", "Python requests 2.31.0", Class::kDeveloperTool},
           {"Go-http-client/1.1", "Go HTTP client", Class::kDeveloperTool},
           {"rclone/v1.60.1", "rclone 1.60.1", Class::kCloudStorage},
           {"hey/0.0.1", "Load generator (hey, ab, wrk, k6)", Class::kDeveloperTool},
           {"Java-http-client/17.0.11", "Java HTTP client", Class::kDeveloperTool},
           {"check_http/v2.3.3 (monitoring-plugins 2.3.3)", "Nagios, Icinga (check_http)",
            Class::kMonitoring},
           {"curl", "", Class::kUnknown},
           {"", "", Class::kUnknown},
           {"Chrome/125", "", Class::kUnknown},
       }) {
    const Application found = Catalogue::bundled().identify_user_agent(c.user_agent);
    EXPECT_EQ(found.name, c.name) << c.user_agent;
    EXPECT_EQ(found.cls, c.cls) << c.user_agent;
  }
}

TEST(Catalogue, HostileValuesAreOnlyLookedAt) {
  const std::string huge(1 << 20, 'a');
  const std::string zeros(300, '\0');
  const Application found = Catalogue::bundled().identify(
      clues({{"sni", huge}, {"user-agent", huge}, {"certificate", zeros}, {"ja4", huge}, {"nonsense", "x"}},
            {{huge, zeros}, {"", ""}}));
  EXPECT_EQ(found.name, "");
}

TEST(Catalogue, SaysWhereAnErrorIs) {
  const Result<Catalogue> parsed =
      Catalogue::parse("format = 1\n[[product]]\nname = \"a\"\nclass = \"b\"\n", "my.toml");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::kFormat);
  EXPECT_THAT(parsed.error().message(), HasSubstr("my.toml:4"));
}

TEST(Catalogue, AnOwnOneReplacesTheBundled) {
  const Result<Catalogue> parsed = Catalogue::parse(R"(
format = 1
[[product]]
name = "House relay {version}"
class = "monitoring"
version_after = ["relay/"]
user_agent = ["^relay/"]
)",
                                                    "own.toml");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
  EXPECT_EQ(parsed->products(), 1u);
  EXPECT_EQ(parsed->identify_user_agent("relay/2.4-beta").name, "House relay 2.4");
  EXPECT_EQ(parsed->identify_user_agent("relay/").name, "House relay");
  EXPECT_EQ(parsed->identify(clues({{"sni", "teamviewer.com"}})).name, "");
}

}  // namespace
}  // namespace mogura::identity
