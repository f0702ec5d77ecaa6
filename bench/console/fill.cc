// A database as a month leaves it: sessions of 30 days, 5,000 clients, 3,000 destinations and 2,000
// User-Agents, of which a few are frequent and most are rare; 300 findings, 100,000 alerts, 50,000 verdicts,
// challenge states, sensors. The same numbers every time.
//
//     fill OUT.db [SESSIONS]

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/hash.h"
#include "store/archive.h"
#include "store/store.h"

namespace {

using namespace mogura;
using std::chrono::seconds;

constexpr std::uint32_t kClients = 5000, kDestinations = 3000, kUserAgents = 2000, kCipherLists = 300;
constexpr std::uint32_t kFindings = 300, kAlerts = 100'000, kVerdicts = 50'000, kStates = 100'000;
constexpr std::uint32_t kMostSessions = 20'000'000;
constexpr seconds kSpan{30 * 86'400};
constexpr Timestamp kStart{seconds(1'795'000'000)};

// Random in looks, and reproducible.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return hash_mix(++state_, 0x6D6F67757261); }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(next() % limit); }
  // Few are frequent, most are rare: the n-th about as often as 1/n.
  std::uint32_t skewed(std::uint32_t limit) {
    const double share = static_cast<double>(next() >> 11) / 9007199254740992.0;
    return std::min(limit - 1, static_cast<std::uint32_t>(std::pow(limit, share)) - 1);
  }

 private:
  std::uint64_t state_;
};

std::string client(std::uint32_t n) {
  return "10.20." + std::to_string(n / 250) + "." + std::to_string(n % 250 + 1);
}

std::string host(std::uint32_t n) {
  return "host" + std::to_string(n) + ".site" + std::to_string(n / 4) + ".example.com";
}

std::string user_agent(std::uint32_t n) {
  return "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" +
         std::to_string(60 + n % 70) + ".0." + std::to_string(n) + ".0 Safari/537.36";
}

std::string cipher_suites(std::uint32_t n) {
  std::string list = "1301-1302-1303";
  for (std::uint32_t i = 0; i < 12; ++i) list += "-c0" + std::to_string(10 + (n * 7 + i * 5) % 90);
  return list;
}

void set_what(session::Session& session, Dice& dice) {
  const std::uint32_t destination = dice.skewed(kDestinations);
  session.destination = host(destination) + ":443";
  session.sni = host(destination);
  const std::uint32_t kind = dice.below(1000);
  session.kind = kind == 0    ? session::Kind::kWebSocket
                 : kind < 5   ? session::Kind::kConnect
                 : kind < 100 ? session::Kind::kGetPost
                 : kind < 900 ? session::Kind::kSsl
                              : session::Kind::kOther;
  session.methods = {{kind < 100 ? "GET" : "CONNECT", 1}};
  session.status = {200};
  if (session.kind != session::Kind::kSsl) return;
  const std::uint32_t list = dice.skewed(kCipherLists);
  session.cipher_suites = cipher_suites(list);
  session.ja4 = "t13d1516h2_8daaf6152771_" + std::to_string(100'000'000'000 + list);
  session.inner = protocol::Inner::kTls;
}

void set_amounts(session::Session& session, Dice& dice) {
  session.exchanges = {dice.below(60), dice.below(90)};
  session.packets = {session.exchanges[0] + 5, session.exchanges[1] + 5};
  session.bytes = {std::uint64_t{dice.below(50'000)}, std::uint64_t{dice.below(2'000'000)}};
  for (std::uint32_t i = 0; i < 12; ++i) {
    session.lengths.push_back(
        {static_cast<session::Direction>(i % 2), 40 + dice.below(1400), 5 + dice.below(9)});
    session.messages.push_back({static_cast<session::Direction>(i % 2), 40 + dice.below(1400), i * 20, 0, 0});
  }
}

session::Session make_session(std::uint32_t n, std::uint32_t count, Dice& dice) {
  session::Session session;
  session.start = kStart + std::chrono::microseconds(kSpan) / count * n;
  session.end = session.start + std::chrono::milliseconds(dice.below(60'000));
  const std::uint32_t of = dice.skewed(kClients);
  session.client = {Address::v4(0x0A140000u + of / 250 * 256 + of % 250 + 1),
                    static_cast<std::uint16_t>(1024 + n % 60'000)};
  session.server = {Address::v4(0xC0000201u), 3128};
  session.user_agent_seen = dice.below(20) != 0;
  // A client has a handful of programs.
  if (session.user_agent_seen) session.user_agent = user_agent((of * 13 + dice.below(4) * 997) % kUserAgents);
  set_what(session, dice);
  set_amounts(session, dice);
  return session;
}

finding::Finding make_finding(std::uint32_t n, Dice& dice) {
  finding::Finding finding;
  finding.destination = host(n * 9 % kDestinations) + ":443";
  finding.kind = n % 3 == 0 ? "connect" : "ssl";
  finding.finding_id = finding::finding_id_of(finding.kind, finding.destination);
  for (std::uint32_t i = 0; i < 1 + dice.below(99); ++i)
    finding.clients.push_back(client(dice.below(kClients)));
  std::sort(finding.clients.begin(), finding.clients.end());
  finding.clients_count = finding.clients.size();
  for (std::uint32_t i = 0; i < 5; ++i) finding.user_agents.push_back(user_agent(dice.below(kUserAgents)));
  finding.user_agents_count = finding.user_agents.size();
  finding.sessions = dice.below(10'000);
  finding.first = kStart + seconds(dice.below(86'400));
  finding.last = kStart + kSpan - seconds(dice.below(86'400));
  finding.score = dice.below(101) / 100.0;
  for (std::uint32_t i = 0; i < 6; ++i) {
    finding.evidence.push_back(
        {"connect-not-tls",
         "what came after the CONNECT was not TLS in " + std::to_string(dice.below(900)) + " sessions", 0.1,
         1.0, 2.0});
  }
  finding.application.name = n % 4 == 0 ? "" : "Application " + std::to_string(n % 23);
  return finding;
}

population::Group make_group(std::size_t table, std::uint32_t rank) {
  population::Group group;
  const std::string keys[] = {host(rank) + ":443", user_agent(rank), cipher_suites(rank),
                              "t13d1516h2_8daaf6152771_" + std::to_string(100'000'000'000 + rank),
                              "example.com"};
  group.key = keys[table];
  group.sessions = 100'000 / (rank + 1);
  group.clients = 5000 / (rank + 1);
  group.first = kStart;
  group.last = kStart + kSpan;
  return group;
}

report::Analysis make_analysis(Dice& dice) {
  report::Analysis analysis;
  analysis.version = "0.1.0";
  for (std::uint32_t n = 0; n < kFindings; ++n) analysis.findings.push_back(make_finding(n, dice));
  for (std::size_t table = 0; table < analysis.groups.size(); ++table) {
    for (std::uint32_t rank = 0; rank < report::kGroupRows; ++rank)
      analysis.groups[table].rows.push_back(make_group(table, rank));
  }
  return analysis;
}

report::Alert make_alert(std::uint32_t n, Dice& dice) {
  report::Alert alert;
  alert.kind = n % 10 == 0 ? report::AlertKind::kFinding : report::AlertKind::kPattern;
  alert.alert_id = "alert/" + std::to_string(n);
  alert.time = kStart + std::chrono::microseconds(kSpan) / kAlerts * n;
  alert.pattern_id = "pattern-" + std::to_string(dice.skewed(50));
  const std::uint32_t of = n * 9 % (kFindings * 9);
  alert.destination = host(of % kDestinations) + ":443";
  if (n % 10 == 0) alert.finding_id = finding::finding_id_of("ssl", alert.destination);
  alert.severity = n % 100 == 1 ? "high" : n % 2 == 0 ? "medium" : "low";
  alert.client = {Address::v4(0x0A140001u + dice.below(250)), 40'000};
  alert.sentences = {"the second message up has 51 bytes", "the inner protocol is SSH"};
  return alert;
}

bool add_challenge(store::Store& store, Dice& dice) {
  const char* const verdicts[] = {"browser", "cookie-jar", "no-jar", "tampering", "exempt"};
  const char* const states[] = {"set", "addvalue", "resetvalue", "suspicious", "neverset"};
  for (std::uint32_t n = 0; n < kVerdicts; ++n) {
    const std::uint32_t of = dice.skewed(kClients);
    const Timestamp time = kStart + std::chrono::microseconds(kSpan) / kVerdicts * n;
    if (!store.add_verdict({time,
                            client(of),
                            user_agent(of * 13 % kUserAgents),
                            host(dice.skewed(200)),
                            verdicts[dice.skewed(5)],
                            0.5,
                            {"our cookie was given 2 times", "it never came back"}}))
      return false;
  }
  for (std::uint32_t n = 0; n < kStates; ++n) {
    const std::uint32_t of = dice.skewed(kClients);
    const Timestamp time = kStart + std::chrono::microseconds(kSpan) / kStates * n;
    if (!store.add_challenge({{},
                              time,
                              client(of),
                              user_agent(of * 13 % kUserAgents),
                              host(dice.skewed(200)),
                              states[dice.below(5)],
                              "none came back",
                              1 + dice.below(9)}))
      return false;
  }
  for (const char* kind : {"watch", "proxy"}) {
    if (!store.put_sensor({std::string(kind) + "-1",
                           kind,
                           "gate.example",
                           "eth1",
                           "0.1.0",
                           kStart,
                           kStart + kSpan,
                           false,
                           {{"packets", 123'456'789}, {"dropped", 12}}}))
      return false;
  }
  return store.commit().has_value();
}

bool annotate(const std::string& path) {
  auto archive = store::open_archive(path);
  if (!archive) return false;
  report::FindingFilter all;
  const auto findings = (*archive)->findings(all, {300, ""}, kStart);
  if (!findings) return false;
  for (std::size_t n = 0; n < findings->rows.size(); n += 3) {
    const std::string& id = findings->rows[n].finding_id;
    const report::AuditEntry audit{kStart + kSpan, "anna", "127.0.0.1", "note", id, "looked at it"};
    if (!(*archive)->add_note(id, "seen before, see ticket " + std::to_string(n), audit)) return false;
    const report::Decision decision{
        n % 2 == 0 ? "sanctioned" : "confirmed", "net team", "known", {}, "anna", audit.time};
    if (n % 9 == 0 && !(*archive)->decide(id, decision, audit)) return false;
  }
  return true;
}

bool fill(const std::string& path, std::uint32_t sessions) {
  auto store = store::Store::open(path);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message().c_str());
    return false;
  }
  Dice dice(1);
  for (std::uint32_t n = 0; n < sessions; ++n) {
    if (!store->add_session(make_session(n, sessions, dice))) return false;
  }
  for (std::uint32_t n = 0; n < kAlerts; ++n) {
    if (!store->add_alert(make_alert(n, dice))) return false;
  }
  return store->put_analysis(make_analysis(dice)) && add_challenge(*store, dice) && annotate(path);
}

}  // namespace

int main(int count, char** arguments) {
  const long sessions = count > 2 ? std::strtol(arguments[2], nullptr, 10) : 1'000'000;
  if (count < 2 || count > 3 || sessions < 1 || sessions > long{kMostSessions}) {
    std::fprintf(stderr, "usage: fill OUT.db [SESSIONS]\n");
    return 2;
  }
  return fill(arguments[1], static_cast<std::uint32_t>(sessions)) ? 0 : 1;
}
