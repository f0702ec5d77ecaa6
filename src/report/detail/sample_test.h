#pragma once

// For the tests of this room: a small analysis with everything in it, and comparison with files in testdata/.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "report/analysis.h"

namespace mogura::report::testing {

inline Timestamp at(std::int64_t microseconds) {
  return Timestamp(std::chrono::microseconds(microseconds));
}

inline population::Group group(std::string key, std::uint64_t sessions, std::uint64_t others) {
  population::Group group;
  group.key = std::move(key);
  group.sessions = sessions;
  group.clients = others;
  group.user_agents = others + 1;
  group.destinations = others + 2;
  group.cipher_lists = others / 2;
  group.bytes_up = sessions * 4321;
  group.bytes_down = sessions * 1'234'567;
  return group;
}

inline finding::Finding tunnel_finding() {
  finding::Finding finding;
  finding.destination = "edge.example:443";
  finding.kind = "connect";
  finding.finding_id = finding::finding_id_of(finding.kind, finding.destination);
  finding.clients = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"};
  finding.clients_count = 7;
  finding.user_agents = {"", "corkscrew"};
  finding.user_agents_count = 2;
  finding.cipher_lists = {"1301-1302"};
  finding.ja4s = {"t13d0203h1_0123456789ab_ba9876543210"};
  finding.sessions = 51;
  finding.first = at(1'795'325'759'564'000);
  finding.last = at(1'795'331'470'000'001);
  finding.evidence = {
      {"connect-not-tls",
       "51 sessions from 7 clients went through CONNECT to edge.example:443 and carried ssh (49) and "
       "an unknown protocol (2), not TLS",
       0.6, 51.0, 0.0},
      {"inner-protocol", "49 of 51 sessions carried ssh, which gives access to another machine or network",
       0.2, 49.0, std::nullopt}};
  finding.lengths = {{session::Direction::kUp, 52, 340, 49}, {session::Direction::kDown, 36, 1200, 40}};
  finding.strings = {{session::Direction::kUp, 0, 0, "SSH-2.0-OpenSSH_", 49, 49}};
  finding.application = {"OpenSSH", identity::Class::kRemoteAccess, 0.95, {{"inner-protocol", "ssh"}}};
  finding.question = {"\"OpenSSH\" \"edge.example\"", "What is edge.example:443 used for?"};
  finding.patterns = {"ssh-in-connect"};
  settle(finding);
  return finding;
}

inline finding::Finding web_finding() {
  finding::Finding finding = tunnel_finding();
  finding.destination = "plain.example:80";
  finding.finding_id = finding::finding_id_of(finding.kind, finding.destination);
  finding.clients = {"192.0.2.1"};
  finding.clients_count = finding.sessions = 1;
  finding.user_agents = {};
  finding.user_agents_count = 0;
  finding.cipher_lists.clear();
  finding.ja4s.clear();
  finding.lengths.clear();
  finding.strings.clear();
  finding.application = {};
  finding.question = {};
  finding.patterns.clear();
  finding.status = finding::Status::kSanctioned;
  finding.sanction = "sanctioned by net team: mirror [allow.toml line 3]";
  finding.evidence = {
      {"connect-not-tls",
       "1 session from 1 client went through CONNECT to plain.example:80 and carried plain http, not "
       "TLS",
       0.6, 1.0, 0.0},
      {"inner-protocol",
       "1 of 1 session carried plain http, which some ordinary programs send through CONNECT", -0.3, 1.0,
       std::nullopt}};
  settle(finding);
  return finding;
}

inline void add_groups(Analysis& analysis) {
  auto& [destinations, user_agents, ciphers, ja4s, domains] = analysis.groups;
  destinations.rows = {
      group("www.example.org:443", 1234, 19), group("edge.example:443", 51, 7),
      group("a-very-long-name-of-a-content-delivery-network.region-7.cdn.example.net:443", 7, 2),
      group("日本語.example:443", 3, 1), group("[2001:db8::1]:8443", 1, 1)};
  destinations.groups = 150;
  user_agents.rows = {group("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                            "Chrome/126.0.0.0 Safari/537.36",
                            900, 12),
                      group("", 20, 3), group("curl/8.5.0", 2, 1)};
  user_agents.groups = 3;
  ciphers.rows = {
      group("1301-1302-1303-c02b-c02f-c02c-c030-cca9-cca8-c013-c014-009c-009d-002f-0035", 800, 12),
      group("c02f-c030", 4, 2)};
  ciphers.rows[0].ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1";
  ciphers.rows[1].ja3 = "0123456789abcdef0123456789abcdef";
  ciphers.groups = 2;
}

inline Analysis sample_analysis() {
  Analysis analysis;
  analysis.version = "1.2.3";
  analysis.inputs = {{"samples/day.pcap.gz",
                      "pcap+gzip",
                      41'234,
                      12'400'191,
                      at(1'795'325'759'564'000),
                      at(1'795'331'470'000'001),
                      {}},
                     {"cut.pcapng",
                      "pcapng",
                      2,
                      120,
                      at(1'795'325'759'564'000),
                      at(1'795'325'760'000'000),
                      {{ErrorCode::kTruncated, "cut.pcapng at offset 240", "the file ends inside a block"}}},
                     {"missing.pcap", "", 0, 0, {}, {}, {{ErrorCode::kIo, "missing.pcap", "No such file"}}}};
  analysis.breakdown.total = 1296;
  analysis.breakdown.by_kind = {812, 52, 400, 12, 20};
  analysis.breakdown.by_method = {{"GET", 800}, {"CONNECT", 464}, {"POST", 31}};
  analysis.breakdown.analysed = {10, 86, 14, 71};
  add_groups(analysis);
  analysis.findings = {tunnel_finding(), web_finding()};
  analysis.counters = {{"packets", 41'236},
                       {"decoded", 41'200},
                       {"gaps_bytes", 1500},
                       {"evicted_sessions", 0},
                       {"fragment_evicted", 3}};
  analysis.not_decoded = {{"arp", 30}, {"udp", 6}};
  return analysis;
}

// With MOGURA_UPDATE_GOLDEN set, writes the file instead.
inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(MOGURA_SOURCE_DIR) + "/src/report/testdata/" + name;
  if (std::getenv("MOGURA_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(actual, expected) << name << ": run with MOGURA_UPDATE_GOLDEN=1 and read the difference";
}

}  // namespace mogura::report::testing
