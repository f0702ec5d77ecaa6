#pragma once

// The body of a request that changes something: a JSON object of texts, each asked for by its key. What is
// left over, comes twice, is no text, is too long or holds control characters is wrong. One use.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/detail/api_errors.h"
#include "console/detail/json_reader.h"
#include "console/message.h"

namespace mogura::console::detail {

class Body {
 public:
  enum class Lines : std::uint8_t { kOne, kMany, kAny };  // kMany: line feeds; kAny: tabs and returns, too

  Body(JsonReader& json, const Request& request);

  // Empty: not given. UTF-8, without control characters.
  std::string text(std::string_view key, std::size_t limit, Lines lines = Lines::kOne);
  // The same; not given is wrong.
  std::string given(std::string_view key, std::size_t limit, Lines lines = Lines::kOne);
  // The same; not given, or nothing but blanks, is wrong.
  std::string needed(std::string_view key, std::size_t limit, Lines lines = Lines::kOne);
  void complain(std::string_view key, std::string_view cause);

  // Asked last: the first thing that was wrong, if any.
  [[nodiscard]] std::optional<Reply> wrong() const;

 private:
  JsonReader::Members members_;
  std::vector<bool> is_known_;
  std::optional<Reply> wrong_;
};

// Empty: it can be taken. Else what is wrong with it, in words.
std::string_view fault_in(std::string_view text, Body::Lines lines);
// Its beginning of at most that many bytes, without half a character at its end.
std::string beginning_of(std::string_view text, std::size_t bytes);

}  // namespace mogura::console::detail
