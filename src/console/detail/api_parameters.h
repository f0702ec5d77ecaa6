#pragma once

// The parameters of a request, read strictly: each is asked for by name and kind, and what then is left over,
// came twice or does not fit is wrong. An empty value stands for none. One use.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "console/detail/api_errors.h"
#include "console/message.h"
#include "report/archive.h"

namespace mogura::console::detail {

// Of one parameter; of words to search for.
inline constexpr std::size_t kParameterBytes = 8192;
inline constexpr std::size_t kSearchBytes = 1024;

// How a list is answered.
struct ListForm {
  enum class As : std::uint8_t { kPage, kCsv, kJsonLines } as = As::kPage;
  report::Page page{};  // kPage
};

class Parameters {
 public:
  explicit Parameters(const std::vector<Field>& query) : query_(query), is_known_(query.size()) {}

  std::string text(std::string_view name, std::size_t limit = kParameterBytes);
  // One of these, or empty.
  std::string one_of(std::string_view name, std::span<const std::string_view> words);
  bool flag(std::string_view name);  // "1", "0"
  std::optional<Timestamp> time(std::string_view name);
  std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most,
                       std::uint64_t otherwise);
  double decimal(std::string_view name, double least, double most, double otherwise);
  // "limit", "after", "format".
  ListForm list_form();

  // Asked last: the first thing that was wrong, if any.
  [[nodiscard]] std::optional<Reply> wrong() const;

 private:
  const std::string* find(std::string_view name);
  void complain(std::string_view name, std::string_view cause);

  const std::vector<Field>& query_;
  std::vector<bool> is_known_;
  std::optional<Reply> wrong_;
};

}  // namespace mogura::console::detail
