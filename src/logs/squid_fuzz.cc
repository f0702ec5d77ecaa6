// Lines of Squid's log. What is a session names a destination, and can be written and read back; what one
// line gives does not depend on the lines before it.

#include "logs/detail/round_trip_fuzz.h"
#include "logs/squid.h"

using namespace mogura;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  session::Session reused;
  logs::testing::each_line(as_text({data, size}), [&reused](std::string_view line) {
    const auto outcome = logs::parse_squid_line(line, Limits{}, reused);
    session::Session fresh;
    MOGURA_CHECK(logs::parse_squid_line(line, Limits{}, fresh).has_value() == outcome.has_value());
    if (!outcome || outcome->line != logs::SquidLine::kSession) return;
    MOGURA_CHECK(reused == fresh);
    MOGURA_CHECK(!fresh.destination.empty() && fresh.methods.size() == 1);
    logs::testing::check_round_trip(fresh);
  });
  return 0;
}
