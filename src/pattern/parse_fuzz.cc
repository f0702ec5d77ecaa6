// Input: a pattern file. What is accepted must survive being written and read again, and must compile.
#include <memory>
#include <string>

#include "base/check.h"
#include "pattern/exporters.h"
#include "pattern/matcher.h"

namespace {

using namespace mogura::pattern;

void check_exports(const Pattern& pattern) {
  for (const Format format :
       {Format::kSuricata, Format::kSnort, Format::kZeek, Format::kSigma, Format::kJson}) {
    MOGURA_CHECK(export_patterns({pattern}, format).text.find(pattern.id) != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const mogura::Result<Pattern> pattern = parse(text, "x.toml");
  if (!pattern) {
    MOGURA_CHECK(!pattern.error().cause.empty() && pattern.error().place.starts_with("x.toml"));
    return 0;
  }
  const std::string written = write(*pattern);
  const mogura::Result<Pattern> again = parse(written, "x.toml");
  MOGURA_CHECK(again && *again == *pattern);
  MOGURA_CHECK(write(*again) == written);
  check_exports(*pattern);
  MOGURA_CHECK(Matcher::make({*pattern}, true).has_value());
  return 0;
}
