// A session line, and what is read from it written and read again. Nothing of the session before stays.

#include "logs/detail/round_trip_fuzz.h"
#include "logs/session_line.h"

using namespace mogura;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  logs::SessionLineParser parser;
  session::Session reused;
  logs::testing::each_line(as_text({data, size}), [&](std::string_view line) {
    const bool ok = parser.parse(line, reused).has_value();
    session::Session fresh;
    MOGURA_CHECK(logs::parse_session_line(line, fresh).has_value() == ok);
    if (!ok) return;
    MOGURA_CHECK(reused == fresh);
    logs::testing::check_round_trip(fresh);
  });
  return 0;
}
