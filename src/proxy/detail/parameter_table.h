#pragma once

// All that can be set, once: from this table come the reader of the configuration, its errors, what `config
// show` prints, the command line's checks, and the rows of docs/formats/proxy-configuration.md. Any thread.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/detail/written.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

struct Parameter {
  std::string_view section, key;
  std::string type, range;
  std::string_view help;
  bool is_list = false;
  bool holds_commas = false;  // so that a list on the command line cannot be cut at them
  // Leaves the options as they were where it complains.
  std::function<Complaint(const Written&, Options&)> read;
  std::function<std::string(const Options&)> write;  // as TOML

  [[nodiscard]] std::string name() const { return std::string(section) + "." + std::string(key); }
};

// Parameters of one section stand together.
std::span<const Parameter> parameters();
// nullptr: there is none.
const Parameter* find_parameter(std::string_view section, std::string_view key);
bool is_section(std::string_view name);
// What a misspelt name was most likely meant to be, or empty: "timeouts.head"; a section.
std::string nearest_parameter(std::string_view section, std::string_view key);
std::string nearest_section(std::string_view name);

// How many letters must be changed, put in, left out, or swapped with the next, to make one text the other;
// at most `limit` + 1. Texts longer than 64 bytes are as far apart as can be.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace mogura::proxy::detail
