// A spool file of any bytes: it is read or refused; what is read back are the lines that a plain split finds,
// before and after the file has been opened again in the middle and lines were added.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "alert/detail/spool.h"
#include "base/bytes.h"
#include "base/check.h"

using namespace mogura::alert::detail;

namespace {

constexpr std::size_t kLimit = std::size_t{1} << 20;

// In memory, with a name.
struct File {
  File() : number(memfd_create("spool", MFD_CLOEXEC)), name("/proc/self/fd/" + std::to_string(number)) {
    MOGURA_CHECK(number >= 0);
  }
  void write(std::string_view bytes) const {
    MOGURA_CHECK(ftruncate(number, 0) == 0);
    MOGURA_CHECK(pwrite(number, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  const int number;
  const std::string name;
};

// What waits in `bytes`, by the words of the format.
std::vector<std::string> expected_lines(std::string_view bytes) {
  std::vector<std::string> lines;
  bytes.remove_prefix(kSpoolHead.size());
  for (std::size_t feed = bytes.find('\n'); feed != std::string_view::npos; feed = bytes.find('\n')) {
    const std::string_view line = bytes.substr(0, feed);
    if (line.starts_with('{') && line.size() <= kSpoolLineBytes) lines.emplace_back(line);
    bytes.remove_prefix(feed + 1);
  }
  return lines;
}

void take(Spool& spool, const std::string& expected) {
  const auto line = spool.front();
  MOGURA_CHECK(line && *line && **line == expected);
  MOGURA_CHECK(spool.pop_front());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const File file;
  const std::string_view bytes = mogura::as_text({data, size});
  file.write(bytes);
  auto spool = Spool::open(file.name, kLimit);
  MOGURA_CHECK(spool.has_value() == (bytes.empty() || bytes.starts_with(kSpoolHead)));
  if (!spool) return 0;
  std::vector<std::string> expected = bytes.empty() ? std::vector<std::string>() : expected_lines(bytes);
  MOGURA_CHECK(spool->waiting() == expected.size());
  const std::size_t half = expected.size() / 2;
  for (std::size_t i = 0; i < half; ++i) take(*spool, expected[i]);
  if (spool->append("{new}")) expected.emplace_back("{new}");
  { const Spool closed = *std::move(spool); }
  auto again = Spool::open(file.name, kLimit);
  MOGURA_CHECK(again && again->waiting() == expected.size() - half);
  for (std::size_t i = half; i < expected.size(); ++i) take(*again, expected[i]);
  MOGURA_CHECK(again->waiting() == 0 && !again->front()->has_value());
  return 0;
}
