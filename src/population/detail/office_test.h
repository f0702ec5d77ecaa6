#pragma once

// For the tests of this room: sessions of a made-up office. Every client has one browser, goes to some of the
// sites that everybody knows and to some of its own, several times. All from a seed.

#include <cstdint>
#include <string>
#include <vector>

#include "population/population.h"
#include "session/session.h"

namespace mogura::population::testing {

inline const std::string kChromeList = "1301-1302-1303-c02b";
inline const std::string kFirefoxList = "1301-1303-1302-c02b";

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  // 0 … n − 1 (splitmix64).
  std::uint32_t below(std::uint32_t n) {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) % n);
  }

 private:
  std::uint64_t state_;
};

struct Visit {
  std::uint32_t client = 0;
  std::string host;
  std::string user_agent;   // "-": none
  std::string cipher_list;  // "": plain HTTP
  std::uint32_t step = 0;   // of ten seconds
};

inline session::Session session_of(const Visit& visit) {
  session::Session session;
  session.client.address = Address::v4(0x0A000000 + visit.client);
  session.start = session.end = Timestamp(std::chrono::seconds(1'800'000'000 + visit.step * 10));
  session.user_agent_seen = visit.user_agent != "-";
  if (session.user_agent_seen) session.user_agent = visit.user_agent;
  session.kind = visit.cipher_list.empty() ? session::Kind::kGetPost : session::Kind::kSsl;
  session.destination = visit.host + (visit.cipher_list.empty() ? ":80" : ":443");
  session.methods = {{visit.cipher_list.empty() ? "GET" : "CONNECT", 1}};
  session.cipher_suites = visit.cipher_list;
  if (!visit.cipher_list.empty()) {
    session.sni = visit.host;
    session.alpn = {"h2", "http/1.1"};
  }
  session.bytes = {700, 9000};
  return session;
}

inline bool has_chrome(std::uint32_t client) {
  return client % 3 != 0;
}
inline std::string browser_of(std::uint32_t client) {
  const std::string version = std::to_string(100 + client % 9);
  return has_chrome(client)
             ? "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + version +
                   ".0.0.0 Safari/537.36"
             : "Mozilla/5.0 (X11; rv:" + version + ".0) Gecko/20100101 Firefox/" + version + ".0";
}
inline std::string list_of(std::uint32_t client) {
  return has_chrome(client) ? kChromeList : kFirefoxList;
}
inline Visit browse(std::uint32_t client, const std::string& host, std::uint32_t step) {
  return {client, host, browser_of(client), list_of(client), step};
}

using Day = std::vector<session::Session>;

inline Day office(std::uint32_t clients, std::uint64_t seed = 1) {
  Dice dice(seed);
  Day day;
  constexpr std::uint32_t kKnownSites = 40;
  for (std::uint32_t client = 1; client <= clients; ++client) {
    for (std::uint32_t site = 0; site < 15; ++site) {
      const bool is_own = site >= 10;
      const std::string name = (is_own ? "own" + std::to_string(client) + "-" + std::to_string(site)
                                       : "known" + std::to_string(dice.below(kKnownSites))) +
                               ".com";
      const std::uint32_t visits = 1 + dice.below(6);
      for (std::uint32_t visit = 0; visit < visits; ++visit) {
        const char* host = visit % 2 == 0 ? "www." : "img.";
        day.push_back(session_of(browse(client, host + name, dice.below(3000))));
      }
    }
  }
  return day;
}

inline void append(Day& day, const Day& more) {
  day.insert(day.end(), more.begin(), more.end());
}

// A program of one client that calls one place again and again.
inline Day beacon(std::uint32_t client, const std::string& host, const std::string& user_agent,
                  std::uint32_t calls, const std::string& cipher_list = "") {
  Day day;
  for (std::uint32_t call = 0; call < calls; ++call) {
    day.push_back(session_of({client, host, user_agent, cipher_list, 7 + call * 3}));
  }
  return day;
}

inline Population population_of(const Day& day, const Limits& limits = {}) {
  Population population(limits);
  for (const session::Session& session : day) population.add(session);
  return population;
}

// The statement of that code, or one with strength 0.
inline Statement find(const std::vector<Statement>& statements, std::string_view code) {
  for (const Statement& statement : statements) {
    if (statement.code == code) return statement;
  }
  return {std::string(code), "not made", 0, 0, 0};
}
inline double strength(const Population& population, std::string_view destination, std::string_view code) {
  return find(population.about_destination(destination), code).strength;
}

}  // namespace mogura::population::testing
