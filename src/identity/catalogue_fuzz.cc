// The catalogue's text, and clues against the bundled one. The first byte decides: below 0x80 the rest is a
// catalogue; else lines of "source value" and, after an empty line, first bytes up and down in halves.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "identity/catalogue.h"
#include "identity/question.h"

namespace {

using namespace mogura::identity;

void check(const Application& application) {
  MOGURA_CHECK(application.confidence >= 0 && application.confidence < 1);
  MOGURA_CHECK(application.name.empty() == (application.confidence == 0));
  MOGURA_CHECK(application.clues.size() <= 12);
}

void check_safe(std::string_view text) {
  for (const char c : text) MOGURA_CHECK(c >= 0x20 && c <= 0x7E);
}

Clues clues_of(std::string_view text) {
  Clues clues;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty()) break;
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    clues.clues.push_back({std::string(line.substr(0, blank)), std::string(line.substr(blank + 1))});
  }
  const std::size_t half = text.size() / 2;
  clues.first_bytes.push_back({std::string(text.substr(0, half)), std::string(text.substr(half))});
  return clues;
}

void match(std::string_view text) {
  const Clues clues = clues_of(text);
  const Catalogue& catalogue = Catalogue::bundled();
  const Application application = catalogue.identify(clues);
  check(application);
  // Clues that come twice say nothing more.
  Clues twice = clues;
  twice.clues.insert(twice.clues.end(), clues.clues.begin(), clues.clues.end());
  twice.first_bytes.insert(twice.first_bytes.end(), clues.first_bytes.begin(), clues.first_bytes.end());
  const Application again = catalogue.identify(twice);
  MOGURA_CHECK(clues.clues.size() > 400 || again.name == application.name);
  check(catalogue.identify_user_agent(text));
  const std::string clients[] = {std::string(text.substr(0, 20))};
  const Question question = questions_for(clues, application, text, clients, {}, {});
  check_safe(question.search);
  check_safe(question.ask);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] >= 0x80) {
    match(text);
    return 0;
  }
  const mogura::Result<Catalogue> parsed = Catalogue::parse(text, "fuzz.toml");
  if (parsed) check(parsed->identify_user_agent("tool/1.0"));
  return 0;
}
