// Rows made of the input: the first byte of each says how long it is, and every third row begins a new group.
// What find_runs() reports has to be there, as often as it says.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "feature/detail/runs.h"

using namespace mogura;
using feature::detail::ByteRun;
using feature::detail::Row;

namespace {

std::vector<Row> rows_of(std::string_view input) {
  std::vector<Row> rows;
  while (!input.empty()) {
    const auto wanted = static_cast<std::uint8_t>(input.front());
    const std::string_view bytes = input.substr(1, wanted % 80);
    rows.push_back({bytes, static_cast<std::uint32_t>(rows.size() / 3)});
    input.remove_prefix(1 + bytes.size());
  }
  return rows;
}

bool has(const Row& row, const ByteRun& run) {
  return row.bytes.size() >= run.offset && row.bytes.substr(run.offset).starts_with(run.bytes);
}

void check(const std::vector<Row>& rows, const ByteRun& run) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < rows.size() && i < feature::detail::kRows; ++i)
    count += has(rows[i], run) ? 1u : 0u;
  MOGURA_CHECK(count == run.rows);
  MOGURA_CHECK(run.rows >= 3 && run.groups >= 1 && run.groups <= run.rows);
  MOGURA_CHECK(run.bytes.size() >= feature::detail::kMinRun);
  MOGURA_CHECK(run.offset + run.bytes.size() <= feature::detail::kRowBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<Row> rows = rows_of(input);
  const std::vector<ByteRun> runs = feature::detail::find_runs(rows, {});
  MOGURA_CHECK(runs.size() <= feature::detail::kRuns);
  for (const ByteRun& run : runs) check(rows, run);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view text = feature::detail::readable_text(rows[i].bytes, i);
    MOGURA_CHECK(text.empty() ||
                 (text.size() >= feature::detail::kMinText && rows[i].bytes.find(text) != text.npos));
  }
  return 0;
}
