#pragma once

// Finds the runs of bytes that stand at the same place of several messages. Each message is seen as a row;
// for each column the rows are sorted by what follows, so that rows with a common run become neighbours, and
// the runs that cannot be made longer without losing a row fall out of the common prefixes of neighbours
// (the inner nodes of the suffix tree, but bound to one column).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mogura::feature::detail {

struct Row {
  std::string_view bytes;
  std::uint32_t group = 0;  // rows of one group (session) are counted as one there
};

struct ByteRun {
  std::uint32_t offset = 0;
  std::string_view bytes;    // a view of one of the rows
  std::uint32_t rows = 0;    // that have it
  std::uint32_t groups = 0;  // that have such a row
};

struct RunOptions {
  std::uint32_t min_rows = 3;
  std::uint32_t min_groups = 1;
};

// Runs of at least kMinRun bytes, of one value over and over at least kMinSameByteRun: most telling first
// (is_more_telling), without those that a longer one contains and that are hardly more frequent. At most
// kRuns. Rows beyond kRows, and bytes of a row beyond kRowBytes, are not looked at.
inline constexpr std::size_t kMinRun = 2;
inline constexpr std::size_t kMinSameByteRun = 4;
// Shorter runs than kMinTellingRun have to be in one of kShortRunShare rows: in texts a pair of letters
// stands at one place of some rows by chance.
inline constexpr std::size_t kMinTellingRun = 4;
inline constexpr std::size_t kShortRunShare = 8;
inline constexpr std::size_t kRuns = 32;
inline constexpr std::size_t kRows = 256;
inline constexpr std::size_t kRowBytes = 64;
// O(kRowBytes × rows × log rows) comparisons of what rows have in common.
std::vector<ByteRun> find_runs(std::span<const Row> rows, const RunOptions& options);

// True where all bytes are the same: padding, mostly.
bool is_one_value(std::string_view bytes);
// Several values before one value over and over, then longer before shorter.
bool is_more_telling(std::string_view a, std::string_view b);

// The first run of printable ASCII that reads like text, in a message of that number in its direction: at
// least kMinText characters at the beginning (in the first kTextNearStart bytes) of the first kEarlyMessages,
// at least kMinTextElsewhere anywhere else; encrypted bytes have one rarely.
inline constexpr std::size_t kMinText = 6;
inline constexpr std::size_t kTextNearStart = 5;
inline constexpr std::size_t kEarlyMessages = 3;
inline constexpr std::size_t kMinTextElsewhere = 10;
std::string_view readable_text(std::string_view bytes, std::size_t number);

}  // namespace mogura::feature::detail
