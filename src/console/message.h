#pragma once

// One request to the console and its answer, as values: what the server has read, checked and decoded on one
// side, what the pages' questions and actions are answered with on the other.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"

namespace mogura::console {

using Field = std::pair<std::string, std::string>;

struct Request {
  std::string method{};        // "GET", "POST", "DELETE"
  std::string path{};          // percent-decoded, begins with '/', without "." and ".." segments
  std::vector<Field> query{};  // percent-decoded, in order; at most kQueryFields
  std::string body{};          // at most kBodyBytes; JSON where there is one
  std::string user{};          // who is logged in; "local" where nobody needs to
  Address client{};
  static constexpr std::size_t kQueryFields = 64;
  static constexpr std::size_t kBodyBytes = std::size_t{128} << 10;

  // The first of that name; empty where there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct Reply {
  unsigned status = 200;
  std::string type = "application/json";  // with "; charset=utf-8" added where it is text
  std::string body{};
  std::string file_name{};  // not empty: to be saved under that name (Content-Disposition); of [A-Za-z0-9._-]
};

// {"error":{"code":"not-found","message":"…"}}; docs/formats/console-api.md has the codes.
Reply error_reply(unsigned status, std::string_view code, std::string_view message);

}  // namespace mogura::console
