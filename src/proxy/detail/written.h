#pragma once

// A value of the configuration as it stands in a file or on the command line, before anybody knows what it
// means; and what is wrong with it. Plain values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mogura::proxy::detail {

struct Written {
  // The first stands for what no parameter takes: dates, fractions, tables.
  std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<Written>> value;
  std::size_t line = 0;      // in its file
  bool is_argument = false;  // from the command line, where everything is text
};

struct Wrong {
  std::string cause;
  std::size_t line = 0;  // of the element, in a list
};
// Nothing: it is good.
using Complaint = std::optional<Wrong>;

}  // namespace mogura::proxy::detail
