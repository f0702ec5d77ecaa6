#include "feature/detail/runs.h"

#include <algorithm>
#include <string>

namespace mogura::feature::detail {
namespace {

// Rows in the order of their bytes from one column on, with what each has in common with the one before.
struct Sorted {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> common;  // common[i]: bytes shared by order[i-1] and order[i]; common[0] is 0
};

class Finder {
 public:
  Finder(std::span<const Row> rows, const RunOptions& options)
      : rows_(rows.first(std::min(rows.size(), kRows))), options_(options) {}

  std::vector<ByteRun> find() {
    for (column_ = 0; column_ + kMinRun <= kRowBytes; ++column_) {
      sort_rows();
      if (sorted_.order.size() < options_.min_rows) continue;
      collect();
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string_view tail(std::uint32_t row) const {
    return rows_[row].bytes.substr(0, kRowBytes).substr(column_);
  }

  void sort_rows() {
    auto& order = sorted_.order;
    order.clear();
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].bytes.size() >= column_ + kMinRun) order.push_back(row);
    }
    std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
      const int difference = tail(a).compare(tail(b));
      return difference != 0 ? difference < 0 : a < b;
    });
    sorted_.common.assign(order.size(), 0);
    for (std::size_t i = 1; i < order.size(); ++i) {
      sorted_.common[i] = common_bytes(tail(order[i - 1]), tail(order[i]));
    }
  }

  static std::uint32_t common_bytes(std::string_view a, std::string_view b) {
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t n = 0;
    while (n < most && a[n] == b[n]) ++n;
    return static_cast<std::uint32_t>(n);
  }

  // Walks the intervals of rows that have at least so many bytes in common, each once.
  void collect() {
    struct Open {
      std::uint32_t bytes;
      std::uint32_t first;
    };
    std::vector<Open> open;
    const auto end = static_cast<std::uint32_t>(sorted_.order.size());
    for (std::uint32_t i = 1; i <= end; ++i) {
      const std::uint32_t common = i < end ? sorted_.common[i] : 0;
      std::uint32_t first = i - 1;
      while (!open.empty() && open.back().bytes > common) {
        first = open.back().first;
        take(open.back().bytes, first, i);
        open.pop_back();
      }
      if (common >= kMinRun && (open.empty() || open.back().bytes < common)) open.push_back({common, first});
    }
  }

  void take(std::uint32_t bytes, std::uint32_t first, std::uint32_t end) {
    if (end - first < options_.min_rows || extends_to_the_left(first, end)) return;
    const std::string_view run = tail(sorted_.order[first]).substr(0, bytes);
    if (is_one_value(run) && bytes < kMinSameByteRun) return;
    if (bytes < kMinTellingRun && kShortRunShare * (end - first) < sorted_.order.size()) return;
    const std::uint32_t groups = count_groups(first, end);
    if (groups >= options_.min_groups) found_.push_back({column_, run, end - first, groups});
  }

  [[nodiscard]] bool extends_to_the_left(std::uint32_t first, std::uint32_t end) const {
    if (column_ == 0) return false;
    const char before = rows_[sorted_.order[first]].bytes[column_ - 1];
    for (std::uint32_t i = first + 1; i < end; ++i) {
      if (rows_[sorted_.order[i]].bytes[column_ - 1] != before) return false;
    }
    return true;
  }

  std::uint32_t count_groups(std::uint32_t first, std::uint32_t end) {
    groups_.clear();
    for (std::uint32_t i = first; i < end; ++i) groups_.push_back(rows_[sorted_.order[i]].group);
    std::sort(groups_.begin(), groups_.end());
    return static_cast<std::uint32_t>(std::unique(groups_.begin(), groups_.end()) - groups_.begin());
  }

  std::span<const Row> rows_;
  RunOptions options_;
  std::uint32_t column_ = 0;
  Sorted sorted_;
  std::vector<std::uint32_t> groups_;
  std::vector<ByteRun> found_;
};

// `part` stands inside `whole` and occurs in less than a quarter more rows: it says nothing new.
bool adds_nothing(const ByteRun& part, const ByteRun& whole) {
  return part.offset >= whole.offset &&
         part.offset + part.bytes.size() <= whole.offset + whole.bytes.size() &&
         whole.bytes.substr(part.offset - whole.offset, part.bytes.size()) == part.bytes &&
         4 * part.rows < 5 * whole.rows;
}

bool is_word_character(char c) {
  const auto in = [c](char first, char last) { return c >= first && c <= last; };
  return in('a', 'z') || in('A', 'Z') || in('0', '9') ||
         std::string_view(" .-_/:").find(c) != std::string_view::npos;
}

bool reads_like_text(std::string_view run) {
  const auto others = static_cast<std::size_t>(
      std::count_if(run.begin(), run.end(), [](char c) { return !is_word_character(c); }));
  return 6 * others <= run.size();
}

}  // namespace

bool is_one_value(std::string_view bytes) {
  return bytes.find_first_not_of(bytes.front()) == std::string_view::npos;
}

bool is_more_telling(std::string_view a, std::string_view b) {
  const bool padding_a = is_one_value(a);
  const bool padding_b = is_one_value(b);
  if (padding_a != padding_b) return padding_b;
  return a.size() > b.size();
}

std::vector<ByteRun> find_runs(std::span<const Row> rows, const RunOptions& options) {
  std::vector<ByteRun> found = Finder(rows, options).find();
  std::stable_sort(found.begin(), found.end(), [](const ByteRun& a, const ByteRun& b) {
    if (is_more_telling(a.bytes, b.bytes)) return true;
    if (is_more_telling(b.bytes, a.bytes)) return false;
    return a.rows > b.rows;
  });
  std::vector<ByteRun> kept;
  for (const ByteRun& run : found) {
    const auto contains = [&run](const ByteRun& whole) { return adds_nothing(run, whole); };
    if (std::any_of(kept.begin(), kept.end(), contains)) continue;
    kept.push_back(run);
    if (kept.size() == kRuns) break;
  }
  return kept;
}

std::string_view readable_text(std::string_view bytes, std::size_t number) {
  const auto is_printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
  for (std::size_t i = 0; i < bytes.size();) {
    std::size_t end = i;
    while (end < bytes.size() && is_printable(bytes[end])) ++end;
    const std::string_view run = bytes.substr(i, end - i);
    const bool is_beginning = i < kTextNearStart && number < kEarlyMessages;
    if (run.size() >= (is_beginning ? kMinText : kMinTextElsewhere) && reads_like_text(run)) return run;
    i = end + 1;
  }
  return {};
}

}  // namespace mogura::feature::detail
