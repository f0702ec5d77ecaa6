#include "pattern/detail/generalise.h"

#include <algorithm>
#include <bitset>

#include "base/limits.h"

namespace mogura::pattern::detail {
namespace {

static_assert(kColumns == Limits{}.kept_bytes_per_message);

constexpr std::size_t kNameBytes = 4;  // shorter names of hosts stand anywhere by chance
constexpr std::size_t kTokenBytes =
    20;                                // letters and digits in a row: an identifier in hexadecimal or Base64
constexpr std::size_t kWordBytes = 6;  // text in a row that is no chance
constexpr std::size_t kPrefixBytes = 3;  // of a User-Agent, before its version

bool is_digit(std::int16_t c) {
  return c >= '0' && c <= '9';
}
bool is_upper(std::int16_t c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(std::int16_t c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(std::int16_t c) {
  return is_upper(c) || is_lower(c);
}
bool is_text(std::int16_t c) {
  return c >= 0x20 && c < 0x7F;
}
bool is_separator(std::int16_t c) {
  return c == '/' || c == '_' || c == ' ' || c == '-';
}

void blank(Columns& columns, std::size_t from, std::size_t to) {
  std::fill(columns.begin() + static_cast<std::ptrdiff_t>(from),
            columns.begin() + static_cast<std::ptrdiff_t>(to), kVaries);
}

// Calls `visit(from, to)` for each maximal run of columns that are `wanted`.
template <class Wanted, class Visit>
void for_each_run(const Columns& columns, Wanted wanted, Visit visit) {
  std::size_t from = 0;
  for (std::size_t at = 0; at <= kColumns; ++at) {
    if (at < kColumns && wanted(columns[at])) continue;
    if (at > from) visit(from, at);
    from = at + 1;
  }
}

// "SSH-2.0-" is the protocol's version, which does not change.
bool is_protocol_ssh(const Columns& columns, std::size_t separator) {
  return columns[separator] == '-' && columns[separator - 1] == 'H' && columns[separator - 2] == 'S' &&
         columns[separator - 3] == 'S';
}

// Where a version begins in the text [from, to); `to`: nowhere.
std::size_t find_version(const Columns& columns, std::size_t from, std::size_t to) {
  for (std::size_t at = from + 4; at < to; ++at) {
    const bool follows_name = is_letter(columns[at - 2]) && is_letter(columns[at - 3]);
    if (is_digit(columns[at]) && is_separator(columns[at - 1]) && follows_name &&
        !is_protocol_ssh(columns, at - 1)) {
      return at;
    }
  }
  return to;
}

bool equals_without_case(std::int16_t column, char c) {
  const auto lower = [](int value) { return value >= 'A' && value <= 'Z' ? value + 32 : value; };
  return lower(column) == lower(static_cast<unsigned char>(c));
}

bool stands_at(const Columns& columns, std::size_t at, std::string_view name) {
  if (at + name.size() > kColumns) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!equals_without_case(columns[at + i], name[i])) return false;
  }
  return true;
}

// Letters and digits in a row as nobody writes them: long, and hexadecimal or with capitals in between.
bool is_random_token(const Columns& columns, std::size_t from, std::size_t to) {
  if (to - from < kTokenBytes) return false;
  const auto begin = columns.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = columns.begin() + static_cast<std::ptrdiff_t>(to);
  const bool is_hex = std::all_of(begin, end, [](std::int16_t c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  const bool is_mixed = std::any_of(begin, end, is_upper) && std::any_of(begin, end, is_lower);
  return std::count_if(begin, end, is_digit) >= 2 && (is_hex || is_mixed);
}

bool is_random_window(const Columns& columns, std::size_t from, std::size_t size) {
  std::bitset<256> seen;
  std::size_t texts = 0;
  for (std::size_t at = from; at < from + size; ++at) {
    const std::int16_t c = columns[at];
    if (c <= 0 || c == 0xFF) return false;
    seen.set(static_cast<std::size_t>(c));
    if (is_text(c)) ++texts;
  }
  // Of random bytes three in eight are text.
  return seen.count() + 1 >= size && texts * 4 <= size * 3;
}

}  // namespace

void blank_versions(Columns& columns) {
  const Columns before = columns;
  for_each_run(before, is_text, [&](std::size_t from, std::size_t to) {
    const std::size_t version = find_version(before, from, to);
    if (version != to) blank(columns, version, kColumns);
  });
}

void blank_names(Columns& columns, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (name.size() < kNameBytes) continue;
    for (std::size_t at = 0; at < kColumns; ++at) {
      if (stands_at(columns, at, name)) blank(columns, at, at + name.size());
    }
  }
}

void blank_random(Columns& columns, std::size_t window) {
  // Words are looked at by themselves.
  Columns wordless = columns;
  for_each_run(columns, is_text, [&](std::size_t from, std::size_t to) {
    if (to - from >= kWordBytes) blank(wordless, from, to);
  });
  for (std::size_t from = 0; from + window <= kColumns; ++from) {
    if (is_random_window(wordless, from, window)) blank(columns, from, from + window);
  }
  const Columns before = columns;
  const auto is_token = [](std::int16_t c) {
    return is_digit(c) || is_letter(c) || c == '+' || c == '/' || c == '=';
  };
  for_each_run(before, is_token, [&](std::size_t from, std::size_t to) {
    if (is_random_token(before, from, to)) blank(columns, from, to);
  });
}

std::string glob_for_user_agent(std::string_view user_agent) {
  std::string glob;
  for (const char c : user_agent) glob += is_text(static_cast<unsigned char>(c)) ? c : '*';
  if (glob.starts_with("Mozilla/")) return glob;
  for (std::size_t at = kPrefixBytes; at < glob.size(); ++at) {
    if (is_digit(glob[at]) && is_separator(glob[at - 1])) return glob.substr(0, at) + "*";
  }
  return glob;
}

}  // namespace mogura::pattern::detail
