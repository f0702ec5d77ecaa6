#include "app/allow_file.h"

#include "app/read_file.h"

namespace mogura::app {
namespace {

constexpr std::size_t kAllowFileBytes = std::size_t{16} << 20;

}  // namespace

Result<finding::AllowList> read_allow_file(const std::string& path) {
  const Result<std::string> text = read_file(path, kAllowFileBytes);
  if (!text) return tl::unexpected(text.error());
  return finding::AllowList::parse(*text, path);
}

}  // namespace mogura::app
