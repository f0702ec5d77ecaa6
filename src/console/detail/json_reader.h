#pragma once

// Reads JSON that came from outside: bodies of requests, and lines that were stored. simdjson inside (strict
// RFC 8259, UTF-8), its types outside of nobody's sight. Depth and size are bounded. One thread.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "report/json_writer.h"

namespace mogura::console::detail {

// Objects and lists within each other; the outermost counts.
inline constexpr std::size_t kJsonDepth = 32;
// Of one stored line. Longer ones are as good as broken.
inline constexpr std::size_t kJsonLineBytes = std::size_t{16} << 20;

class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  using Members = std::vector<std::pair<std::string, std::string>>;
  // An object whose members are texts, in order. Errors (kFormat), in words for whoever sent it: no JSON, no
  // object, a key that comes twice, a value that is no text.
  Result<Members> texts(std::string_view object);

  // Writes a stored object anew: whatever stood in it, what comes out is JSON as `json` writes it. False,
  // and nothing written: it is no object, or beyond the bounds.
  bool rewrite(std::string_view object, report::JsonWriter& json);
  // The same without braces, into an object that has been begun, and without the member `but`.
  bool rewrite_members(std::string_view object, report::JsonWriter& json, std::string_view but);
  // The values of some members as text: lists with "; " between, nothing for objects and what is not there.
  // False: as above, and all are empty.
  bool values(std::string_view object, std::span<const std::string_view> keys,
              std::vector<std::string>& values);
  // A member that is a list of texts, or one text; empty for anything else.
  std::vector<std::string> list(std::string_view object, std::string_view key);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::console::detail
