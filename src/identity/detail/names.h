#pragma once

// Small comparisons of names and tokens that the matcher needs. ASCII case only; no allocation.

#include <string_view>

#include "base/text.h"

namespace mogura::identity::detail {

constexpr bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// `lowered` stands at `at`, in any case.
bool has_at(std::string_view text, std::size_t at, std::string_view lowered);
bool contains_ignoring_case(std::string_view text, std::string_view lowered);
// "host:port", "[v6]:port", "host" -> "host", "v6", "host"; a dot at the end is cut.
std::string_view host_of(std::string_view destination);
// Its port as text; empty without one.
std::string_view port_of(std::string_view destination);
// "CN=www.example.com,O=Example" -> "www.example.com"; a text without a CN is the name itself. "*." in front
// is cut.
std::string_view common_name_of(std::string_view distinguished_name);

}  // namespace mogura::identity::detail
