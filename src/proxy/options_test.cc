#include "proxy/options.h"

#include <gtest/gtest.h>

namespace mogura::proxy {
namespace {

bool has(const std::vector<Network>& networks, const char* address) {
  for (const Network& network : networks) {
    if (network.contains(*Address::parse(address))) return true;
  }
  return false;
}

TEST(Options, LetInClientsOfPrivateNetworksOnly) {
  const Options options;
  for (const char* const inside : {"127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.1.1",
                                   "::1", "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(has(options.access.clients, inside)) << inside;
  }
  for (const char* const outside : {"192.0.2.1", "172.32.0.1", "11.0.0.1", "2001:db8::1", "::2"}) {
    EXPECT_FALSE(has(options.access.clients, outside)) << outside;
  }
}

TEST(Options, TheDefaultsAreInOrder) {
  EXPECT_EQ(contradiction_in(Options{}), "");
  EXPECT_TRUE(doubts_about(Options{}).empty());
}

TEST(Options, FindContradictions) {
  const struct {
    void (*change)(Options&);
    std::string_view contradiction;
  } cases[] = {
      {[](Options& o) { o.listen.endpoints.clear(); }, "proxy.listen is empty: nobody could reach the proxy"},
      {[](Options& o) {
         o.listen.endpoints.assign(2, {Address::v4(1), 80});
       },
       "proxy.listen names 0.0.0.1:80 twice"},
      {[](Options& o) {
         o.listen.endpoints.assign(2, {Address::v4(1), 0});
       },
       ""},
      {[](Options& o) { o.logs.metrics = "127.0.0.1:3128"; }, "logs.metrics is one of proxy.listen"},
      {[](Options& o) { o.upstream.parent = "127.0.0.1:3128"; }, "upstream.parent is one of proxy.listen"},
      {[](Options& o) { o.upstream.parent = "127.0.0.1:3129"; }, ""},
      {[](Options& o) { o.intercept.enabled = true; },
       "intercept.enabled needs intercept.certificate and intercept.key (mogura ca init makes them)"},
      {[](Options& o) {
         o.intercept.enabled = true;
         o.intercept.certificate_file = "/c";
         o.intercept.key_file = "/k";
       },
       ""},
      {[](Options& o) {
         o.intercept.enabled = true;
         o.intercept.certificate_file = "/c";
         o.intercept.key_file = "/k";
         o.upstream.parent = "127.0.0.1:3129";
       },
       "intercept.enabled does not go with upstream.parent"},
      {[](Options& o) { o.intercept.key_file = o.challenge.secret_file = "/x"; },
       "challenge.secret and intercept.key are the same file"},
      {[](Options& o) { o.access.clients.clear(); }, "access.clients is empty: nobody could use the proxy"},
      {[](Options& o) { o.limits.target_bytes = o.limits.head_bytes + 1; },
       "limits.target is larger than limits.head, which it is a part of"},
      {[](Options& o) { o.limits.target_bytes = o.limits.head_bytes; }, ""},
      {[](Options& o) { o.logs.access = o.logs.events = "-"; },
       "logs.access and logs.events are the same file"},
      {[](Options& o) { o.state.snapshot = o.challenge.secret_file = "/x"; },
       "state.snapshot and challenge.secret are the same file"},
      {[](Options& o) { o.logs.redact_key = "/k"; }, "logs.redact_key is for logs.redact"},
      {[](Options& o) {
         o.logs.redact = Redaction::kClients;
         o.logs.redact_key = o.challenge.secret_file = "/x";
       },
       "challenge.secret and logs.redact_key are the same file"},
  };
  for (const auto& [change, contradiction] : cases) {
    Options options;
    change(options);
    EXPECT_EQ(contradiction_in(options), contradiction);
  }
}

TEST(Options, DoubtWhatIsMostLikelyNotMeant) {
  const struct {
    void (*change)(Options&);
    std::size_t doubts;
    const char* why;
  } cases[] = {
      {[](Options& o) { o.state.store = "redis://localhost"; }, 1, "nothing is shared without a secret"},
      {[](Options& o) {
         o.state.store = "redis://localhost";
         o.challenge.secret_file = "/s";
       },
       0, "as it should be"},
      {[](Options& o) {
         o.state.store = "redis://localhost";
         o.challenge.policy.mode = challenge::Mode::kOff;
       },
       0, "nothing is judged"},
      {[](Options& o) { o.state.snapshot = "/s"; }, 1, "nothing in it will be found"},
      {[](Options& o) { o.access.clients.push_back(*Network::parse("0.0.0.0/0")); }, 1, "an open proxy"},
      {[](Options& o) { o.access.clients.push_back(*Network::parse("::/0")); }, 1, "an open proxy"},
      {[](Options& o) {
         o.access.clients.push_back(*Network::parse("::/0"));
         o.access.htpasswd = "/p";
       },
       0, "everybody, with a password"},
      {[](Options& o) { o.logs.redact = Redaction::kClients; }, 1, "nothing is redacted without a database"},
      {[](Options& o) {
         o.logs.redact = Redaction::kClients;
         o.logs.database = "/d";
       },
       1, "a new key each time"},
      {[](Options& o) {
         o.logs.redact = Redaction::kClients;
         o.logs.database = "/d";
         o.logs.redact_key = "/k";
       },
       0, "as it should be"},
  };
  for (const auto& [change, doubts, why] : cases) {
    Options options;
    change(options);
    EXPECT_EQ(doubts_about(options).size(), doubts) << why;
  }
}

}  // namespace
}  // namespace mogura::proxy
