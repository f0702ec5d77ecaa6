#include "session/detail/tls_layer.h"

#include <gtest/gtest.h>

#include "session/testing/conversation.h"

namespace mogura::session::detail {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'700'000'000)};

struct Fixture {
  Shared shared{Limits{}};
  Finished record;
  MessageStats stats{shared.limits, record.session, shared.message_memory};
  TlsLayer layer{shared, record};

  void up(std::string_view text) { layer.on_data(Direction::kUp, as_bytes(text), kNow, stats); }
  void up_cut(std::uint64_t length) { layer.on_gap(Direction::kUp, length, true, false, kNow, stats); }
};

TEST(TlsLayer, ReadsAHelloCutAnywhere) {
  const std::string hello = testing::client_hello();
  for (std::size_t cut = 1; cut < hello.size(); ++cut) {
    Fixture f;
    f.up(std::string_view(hello).substr(0, cut));
    f.up(std::string_view(hello).substr(cut));
    ASSERT_EQ(f.record.session.sni, "inside.example") << cut;
    ASSERT_EQ(f.record.session.cipher_suites, "1301") << cut;
    ASSERT_EQ(f.record.session.ja3.size(), 32u) << cut;
    ASSERT_EQ(f.stats.count_of(Direction::kUp), 1u) << cut;
  }
}

TEST(TlsLayer, TakesWhatItCanFromAHelloThatTheCaptureCut) {
  const std::string hello = testing::client_hello();
  Fixture f;
  f.up(hello.substr(0, 60));
  f.up_cut(hello.size() - 60);
  EXPECT_EQ(f.record.session.cipher_suites, "1301");
  EXPECT_EQ(f.record.session.ja3, "") << "half a hello has no fingerprint";
  EXPECT_EQ(f.shared.counters.tls_hello_unread, 1u);
}

TEST(TlsLayer, CountsRecordsAndWhileLostPayloads) {
  Fixture f;
  f.up(testing::client_hello());
  f.up(testing::record(10) + testing::record(20));
  EXPECT_EQ(f.stats.count_of(Direction::kUp), 3u);
  f.up(testing::record(100).substr(0, 40));
  f.up_cut(1400);  // beyond the record's end: where the next begins is not known
  f.up("no record header");
  EXPECT_EQ(f.stats.count_of(Direction::kUp), 5u);
  f.up(testing::record(7));
  EXPECT_EQ(f.stats.count_of(Direction::kUp), 6u);
}

}  // namespace
}  // namespace mogura::session::detail
