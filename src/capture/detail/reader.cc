#include "capture/detail/reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace mogura::capture::detail {
namespace {

Result<std::size_t> read_some(int descriptor, std::span<std::uint8_t> into) {
  for (;;) {
    const ssize_t count = ::read(descriptor, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return tl::unexpected(system_error(errno));
  }
}

}  // namespace

Error system_error(int number) {
  return {ErrorCode::kIo, {}, std::generic_category().message(number)};
}

Result<Descriptor> Descriptor::open(const std::string& path) {
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return tl::unexpected(system_error(errno));
  return Descriptor(number, true);
}

Descriptor Descriptor::standard_input() {
  return {STDIN_FILENO, false};
}

Descriptor::~Descriptor() {
  if (owned_ && number_ >= 0) ::close(number_);
}

Result<Content> DescriptorReader::recognise() {
  while (ahead_.size() < kMagicBytes) {
    std::uint8_t bytes[kMagicBytes];
    const Result<std::size_t> count =
        read_some(descriptor_.number(), std::span(bytes).first(kMagicBytes - ahead_.size()));
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) break;
    ahead_.insert(ahead_.end(), bytes, bytes + *count);
  }
  return detail::recognise(ahead_);
}

Result<std::size_t> DescriptorReader::read(std::span<std::uint8_t> into) {
  if (!ahead_.empty()) {
    const std::size_t count = std::min(ahead_.size(), into.size());
    std::copy_n(ahead_.begin(), count, into.begin());
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(count));
    position_ += count;
    return count;
  }
  Result<std::size_t> count = read_some(descriptor_.number(), into);
  if (count) position_ += *count;
  return count;
}

}  // namespace mogura::capture::detail
