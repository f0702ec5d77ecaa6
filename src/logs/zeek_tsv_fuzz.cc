// Rows of Zeek's logs (tab-separated), joined. No more sessions come out than rows went in, whatever the
// limit of open ones, and each can be written and read back.

#include "logs/detail/round_trip_fuzz.h"
#include "logs/detail/zeek_records.h"

using namespace mogura;  // NOLINT(google-build-using-namespace)

namespace {

std::size_t sessions_of(std::string_view text, std::size_t most, std::size_t& rows) {
  std::size_t sessions = 0;
  logs::detail::OpenSessions open(Limits{}, most, [&sessions](const session::Session& session) {
    ++sessions;
    logs::testing::check_round_trip(session);
  });
  logs::ZeekTsv reader;
  logs::ZeekRow row;
  rows = 0;
  logs::testing::each_line(text, [&](std::string_view line) {
    const auto read = reader.read(line, row);
    if (!read || *read != logs::ZeekTsv::Line::kRow) return;
    const auto use = logs::detail::add_zeek_row(row, reader.log(), open);
    rows += use && *use == logs::detail::ZeekUse::kUsed ? 1u : 0u;
  });
  open.finish();
  return sessions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t rows = 0;
  const std::size_t few = sessions_of(as_text({data, size}), 2, rows);
  MOGURA_CHECK(few <= rows);
  const std::size_t many = sessions_of(as_text({data, size}), 1000, rows);
  MOGURA_CHECK(many <= few);
  return 0;
}
