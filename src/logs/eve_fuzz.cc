// Events of Suricata's log, joined. No more sessions come out than events went in, whatever the limit of open
// ones, and each can be written and read back.

#include "logs/detail/open_sessions.h"
#include "logs/detail/round_trip_fuzz.h"
#include "logs/eve.h"

using namespace mogura;  // NOLINT(google-build-using-namespace)

namespace {

std::size_t sessions_of(std::string_view text, std::size_t most, std::size_t& events) {
  std::size_t sessions = 0;
  logs::detail::OpenSessions open(Limits{}, most, [&sessions](const session::Session& session) {
    ++sessions;
    logs::testing::check_round_trip(session);
  });
  logs::EveReader reader;
  logs::EveRow row;
  events = 0;
  logs::testing::each_line(text, [&](std::string_view line) {
    if (!reader.read(line, row)) return;
    const auto use = logs::add_eve_row(row, open);
    events += use && *use == logs::EveUse::kUsed ? 1u : 0u;
  });
  open.finish();
  return sessions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t events = 0;
  const std::size_t few = sessions_of(as_text({data, size}), 2, events);
  MOGURA_CHECK(few <= events);
  const std::size_t many = sessions_of(as_text({data, size}), 1000, events);
  MOGURA_CHECK(many <= few);
  return 0;
}
