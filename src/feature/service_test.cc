#include "feature/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "feature/detail/make_test.h"

namespace mogura::feature {
namespace {

using session::Kind;
using session::Session;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Session ssh(std::uint32_t client, double start_s, std::mt19937& random) {
  Session s = make_session(start_s, 30, client);
  s.kind = Kind::kConnect;
  s.exchanges = {40, 40};
  s.lengths = {{kUp, 36, 20}, {kDown, 36, 19}, {kUp, static_cast<std::uint32_t>(100 + random() % 50), 5}};
  add_message(s, kUp, "SSH-2.0-OpenSSH_9.2\r\n");
  add_message(s, kDown, "SSH-2.0-OpenSSH_8.4\r\n");
  for (int i = 0; i < 10; ++i) {
    std::string noise(30, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    add_message(s, i % 2 == 0 ? kUp : kDown, noise);
  }
  return s;
}

TEST(Service, LengthsAreCountedOverSessionsMostSessionsFirst) {
  std::mt19937 random(1);
  Service service;
  for (int i = 0; i < 3; ++i) service.add(ssh(1, 100.0 * i, random));
  const auto lengths = service.lengths();
  ASSERT_GE(lengths.size(), 2u);
  EXPECT_EQ(lengths[0], (RepeatedLength{kUp, 36, 60, 3}));
  EXPECT_EQ(lengths[1], (RepeatedLength{kDown, 36, 57, 3}));
  EXPECT_LE(lengths.back().sessions, 2u);
}

TEST(Service, LengthsRepeatedTooSeldomInASessionDoNotCount) {
  Service service({6});
  Session s = make_session();
  s.lengths = {{kUp, 36, 6}, {kUp, 37, 5}};
  service.add(s);
  EXPECT_THAT(service.lengths(), ElementsAre(RepeatedLength{kUp, 36, 6, 1}));
}

TEST(Service, FrequentLengthsOutliveTheLimit) {
  Service service;
  for (std::uint32_t i = 0; i < 10 * Service::kLengths; ++i) {
    Session s = make_session(i);
    s.lengths = {{kUp, 36, 7}, {kUp, 1000 + i, 5}, {kDown, 36, 5}};
    service.add(s);
  }
  const auto lengths = service.lengths();
  EXPECT_EQ(lengths.size(), Service::kListed);
  EXPECT_EQ(lengths[0], (RepeatedLength{kUp, 36, 70 * Service::kLengths, 10 * Service::kLengths}));
  EXPECT_EQ(lengths[1], (RepeatedLength{kDown, 36, 50 * Service::kLengths, 10 * Service::kLengths}));
}

TEST(Service, LimitOfLengthsIsReachedAtSoManyAndOne) {
  Service service;
  const auto add = [&service](std::uint32_t length) {
    Session s = make_session();
    s.lengths = {{kUp, length, 1000 + length}};
    service.add(s);
  };
  for (std::uint32_t i = 0; i < Service::kLengths; ++i) add(i);
  EXPECT_EQ(service.lengths().back().length, Service::kLengths - Service::kListed) << "none forgotten";
  add(Service::kLengths);
  for (std::uint32_t i = 0; i < Service::kLengths / 4; ++i) add(i);  // forgotten ones begin anew
  EXPECT_EQ(service.lengths()[Service::kListed - 1].sessions, 1u);
}

TEST(Service, WhatSessionsBeginWithIsCountedOverThem) {
  std::mt19937 random(1);
  Service service;
  for (int i = 0; i < 5; ++i) service.add(ssh(1, 100.0 * i, random));
  EXPECT_EQ(service.sampled_sessions(), 5u);
  const auto strings = service.strings();
  EXPECT_THAT(strings, ElementsAre(RepeatedBytes{kUp, 0, 0, "SSH-2.0-OpenSSH_9.2\r\n", 5, 5},
                                   RepeatedBytes{kDown, 0, 0, "SSH-2.0-OpenSSH_8.4\r\n", 5, 5}));
}

TEST(Service, OneSessionHasItsBannersAndRepeatedBytes) {
  Service service;
  Session s = make_session();
  s.kind = Kind::kConnect;
  add_message(s, kUp, "HELLO server");
  for (int i = 0; i < 5; ++i) add_message(s, kUp, std::string("\x17\x03") + static_cast<char>(i));
  service.add(s);
  EXPECT_THAT(service.strings(),
              UnorderedElementsAre(RepeatedBytes{kUp, RepeatedBytes::kAnyMessage, 0, "\x17\x03", 5, 1},
                                   RepeatedBytes{kUp, 0, 0, "HELLO server", 1, 1}));
}

TEST(Service, FramingThatIsInMessagesOfAllNumbersIsNotTiedToOne) {
  std::mt19937 random(1);
  Service service;
  for (int i = 0; i < 4; ++i) {
    Session s = make_session(i);
    for (int k = 0; k < 5; ++k) {
      add_message(s, kUp,
                  std::string("\x48\x01\x02") + static_cast<char>(random()) + static_cast<char>(random()));
    }
    service.add(s);
  }
  EXPECT_THAT(service.strings(),
              Contains(RepeatedBytes{kUp, RepeatedBytes::kAnyMessage, 0, "\x48\x01\x02", 20, 4}));
}

TEST(Service, SessionsWithoutBytesAreNotSampled) {
  Service service;
  for (int i = 0; i < 5; ++i) service.add(make_session(i));
  EXPECT_EQ(service.sampled_sessions(), 0u);
  EXPECT_THAT(service.strings(), IsEmpty());
}

TEST(Service, ArrivalsAreOfTheMostRegularClient) {
  Service service;
  std::mt19937 random(1);
  for (int i = 0; i < 30; ++i) service.add(make_session(60.0 * i + 0.01 * (i % 7), 1, 7));
  for (int i = 0; i < 40; ++i) service.add(make_session(static_cast<double>(random() % 1800), 1, 8));
  const auto arrivals = service.arrivals();
  ASSERT_TRUE(arrivals);
  EXPECT_EQ(arrivals->client, "10.0.0.7");
  EXPECT_EQ(arrivals->rhythm.intervals, 29u);
  EXPECT_NEAR(arrivals->rhythm.median_s, 60, 0.02);
  EXPECT_GT(arrivals->rhythm.regularity, 0.99);
}

TEST(Service, ForwardedClientIsTheClient) {
  Service service;
  for (int i = 0; i < 20; ++i) {
    Session s = make_session(60.0 * i);
    s.client_forwarded = i % 2 == 0 ? "192.0.2.7" : "unknown";
    service.add(s);
  }
  ASSERT_TRUE(service.arrivals());
  EXPECT_EQ(service.arrivals()->rhythm.median_s, 120);
}

TEST(Service, ArrivalsOfRefusedClientsAreLeftOut) {
  const auto arrivals = [](int answered) {
    Service service;
    for (int i = 0; i < 20; ++i) {
      Session s = make_session(60.0 * i);
      s.status = {static_cast<std::uint16_t>(i < answered ? 200 : 503)};
      service.add(s);
    }
    return service.arrivals().has_value();
  };
  EXPECT_FALSE(arrivals(0));
  EXPECT_FALSE(arrivals(9));
  EXPECT_TRUE(arrivals(10));
}

TEST(Service, ArrivalsAreBoundedAndTheEarliestStay) {
  Service service;
  std::vector<int> order(4 * Service::kArrivals);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  // A clock at first; later sessions come at random.
  for (const int i : order) {
    const bool early = i < static_cast<int>(Service::kArrivals);
    service.add(make_session(early ? 10.0 * i : 10'000 + (i * 7919) % 5000));
  }
  ASSERT_TRUE(service.arrivals());
  EXPECT_EQ(service.arrivals()->rhythm.intervals, Service::kArrivals - 1);
  EXPECT_EQ(service.arrivals()->rhythm.regularity, 1);
}

TEST(Service, InsideIsTheStrongestOfItsSessions) {
  Service service;
  EXPECT_FALSE(service.inside());
  for (const double mad_s : {3.0, 0.1, 5.0}) {
    Session s = make_session(0, 600);
    s.kind = Kind::kWebSocket;
    s.exchanges = {30, 30};
    s.has_interval = true;
    s.interval_median_s = 20;
    s.interval_mad_s = mad_s;
    service.add(s);
  }
  ASSERT_TRUE(service.inside());
  EXPECT_EQ(service.inside()->mad_s, 0.1);
}

TEST(Service, TotalsAreSumsAndExtremes) {
  Service service;
  for (int i = 1; i <= 2; ++i) {
    const auto n = static_cast<std::uint32_t>(i);
    Session s = make_session(0, 10 * i);
    s.bytes = {n, 10 * n};
    s.exchanges = {3 * n, 4 * n};
    s.http.requests = 5 * n;
    s.http.with_referer = n;
    s.http.with_cookie = 2 * n;
    s.http.with_body = 3 * n;
    s.http.target_entropy_bits = 4.5 / i;
    s.http.longest_body_s = {15, 0};
    service.add(s);
  }
  const Service::Totals& t = service.totals();
  EXPECT_EQ(t.sessions, 2u);
  EXPECT_EQ(t.bytes_up, 3u);
  EXPECT_EQ(t.bytes_down, 30u);
  EXPECT_EQ(t.exchanges_up, 9u);
  EXPECT_EQ(t.exchanges_down, 12u);
  EXPECT_EQ(t.most_exchanges, 6u);
  EXPECT_EQ(t.longest_s, 20);
  EXPECT_EQ(t.requests, 15u);
  EXPECT_EQ(t.with_referer, 3u);
  EXPECT_EQ(t.with_cookie, 6u);
  EXPECT_EQ(t.with_body, 9u);
  EXPECT_EQ(t.target_entropy_bits, 4.5);
  EXPECT_EQ(t.long_bodies, 2u);
  EXPECT_EQ(t.interactive, 0u);
}

std::string describe(const Service& service) {
  std::string text;
  for (const auto& l : service.lengths()) {
    text += std::to_string(l.length) + (l.direction == kUp ? "u" : "d") + std::to_string(l.count) + "/" +
            std::to_string(l.sessions) + " ";
  }
  for (const auto& s : service.strings()) {
    text += std::to_string(s.message) + "@" + std::to_string(s.offset) + s.bytes + std::to_string(s.count) +
            "/" + std::to_string(s.sessions) + " ";
  }
  if (const auto a = service.arrivals()) text += a->client + " " + std::to_string(a->rhythm.regularity) + " ";
  if (const auto i = service.inside()) text += std::to_string(i->regularity) + " ";
  const auto& t = service.totals();
  return text + std::to_string(t.sessions) + " " + std::to_string(t.exchanges_up) + " " +
         std::to_string(t.longest_s);
}

TEST(Service, PartsMergedInAnyOrderGiveWhatOneThatSawAllGives) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<Session> sessions;
    const auto clients = static_cast<std::uint32_t>(1 + random() % 60);  // more than are kept, at times
    for (std::uint32_t i = 0; i < 1 + random() % 200; ++i) {
      sessions.push_back(
          ssh(static_cast<std::uint32_t>(random() % clients), static_cast<double>(random() % 5000), random));
      sessions.back().has_interval = random() % 3 == 0;
      sessions.back().interval_median_s = 1 + static_cast<double>(random() % 50);
      sessions.back().interval_mad_s = 0.1 * static_cast<double>(random() % 20);
      if (random() % 5 == 0) sessions.back().client_forwarded = random() % 2 == 0 ? "192.0.2.9" : "somebody";
      sessions.back().client.port = static_cast<std::uint16_t>(random());
      sessions.back().lengths.resize(2);
    }
    Service whole;
    std::vector<Service> parts(1 + random() % 5);
    for (const Session& s : sessions) {
      whole.add(s);
      parts[random() % parts.size()].add(s);
    }
    std::shuffle(sessions.begin(), sessions.end(), random);
    Service shuffled;
    for (const Session& s : sessions) shuffled.add(s);
    Service merged;
    while (!parts.empty()) {
      const std::size_t i = random() % parts.size();
      merged.merge(parts[i]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
    }
    EXPECT_EQ(describe(merged), describe(whole));
    EXPECT_EQ(describe(shuffled), describe(whole));
  }
}

TEST(Service, OneOrdinarySessionTakesLittleMemory) {
  Service service;
  Session s = make_session();
  s.kind = Kind::kSsl;
  s.lengths = {{kDown, 1408, 4}};
  service.add(s);
  EXPECT_LE(service.memory_bytes(), 256u);
}

TEST(Service, MemoryIsBoundedWhateverComes) {
  std::mt19937 random(1);
  Service service;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    Session s = make_session(i, 1, i % 500);
    for (std::uint32_t k = 0; k < 20; ++k)
      s.lengths.push_back({kUp, static_cast<std::uint32_t>(random() % 16'000), 9});
    for (int k = 0; k < 40; ++k)
      add_message(s, k % 2 == 0 ? kUp : kDown, std::string(64, static_cast<char>(random())));
    service.add(s);
  }
  EXPECT_LE(service.memory_bytes(), 120'000u);
}

}  // namespace
}  // namespace mogura::feature
