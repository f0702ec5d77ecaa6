#include "proxy/metrics.h"

#include <gtest/gtest.h>

#include "service/testing/exposition_test.h"

namespace mogura::proxy {
namespace {

TEST(ProxyMetrics, AreText) {
  Counters loop;
  loop.requests.add(42);
  const auto exposition =
      service::parse_exposition(metrics_text({.loops = {&loop}, .mode = "observe", .lost_events = 3}));
  EXPECT_EQ(exposition.samples.at("mogura_proxy_requests_total"), 42);
  EXPECT_EQ(exposition.types.at("mogura_proxy_requests_total"), "counter");
  EXPECT_EQ(exposition.types.at("mogura_proxy_tunnels"), "gauge");
  EXPECT_EQ(exposition.samples.at("mogura_proxy_challenge_info{mode=\"observe\"}"), 1);
  EXPECT_EQ(exposition.samples.at("mogura_proxy_bytes_total{side=\"client\",direction=\"sent\"}"), 0);
  EXPECT_EQ(exposition.samples.at("mogura_proxy_database_lost_total{what=\"events\"}"), 3);
  for (const auto& [name, type] : exposition.types) EXPECT_FALSE(exposition.helps.at(name).empty()) << name;
}

}  // namespace
}  // namespace mogura::proxy
