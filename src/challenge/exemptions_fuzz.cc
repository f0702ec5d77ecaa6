// The exemptions' reader on any text: it refuses and adds nothing, or gives entries that are within their
// limits; and what covering() says is what trying one entry after the other says.
//
// Input: four bytes of an address, User-Agent NUL host NUL path NUL, and the list's text.

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "challenge/exemptions.h"
#include "challenge/testing/naive_exemptions_test.h"

namespace {

using namespace mogura;  // NOLINT(google-build-using-namespace)

void must(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_text(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return text;
}

const challenge::Exemptions& built_in() {
  static const challenge::Exemptions list = [] {
    challenge::Exemptions made;
    made.add_built_in();
    return made;
  }();
  return list;
}

void check_entry(const challenge::Exemption& entry) {
  must(!entry.comment.empty() && entry.line != 0 && entry.list == "x.toml");
  must(entry.client || !entry.user_agent.empty() || !entry.host.empty() || !entry.suffix.empty() ||
       !entry.path.empty());
  for (const std::string* text : {&entry.user_agent, &entry.host, &entry.suffix, &entry.path, &entry.comment})
    must(text->size() <= challenge::kExemptionTextBytes);
}

void check_covering(const challenge::Exemptions& list, const challenge::Asker& asker) {
  for (const int year : {1971, 2027, 2199}) {
    const Timestamp now = std::chrono::sys_days(std::chrono::year(year) / 1 / 31);
    must(list.covering(asker, now) == challenge::testing::naive_covering(list, asker, now));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  challenge::Asker asker;
  asker.client = Address::v4(load_be32(data));
  std::string_view rest = as_text(ByteView(data, size).subspan(4));
  asker.user_agent = take_text(rest);
  asker.host = take_text(rest);
  asker.path = take_text(rest);
  check_covering(built_in(), asker);
  challenge::Exemptions list;
  if (const Result<void> added = list.add(rest, "x.toml"); !added) {
    must(added.error().place.starts_with("x.toml") && !added.error().cause.empty());
    must(list.entries().empty());
    return 0;
  }
  for (const challenge::Exemption& entry : list.entries()) check_entry(entry);
  check_covering(list, asker);
  // Entries behind others are found behind them.
  const std::size_t count = list.entries().size();
  must(list.add(rest, "x.toml").has_value() && list.entries().size() == 2 * count);
  check_covering(list, asker);
  return 0;
}
