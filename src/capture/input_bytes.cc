#include "capture/input_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "capture/detail/decompress.h"
#include "capture/detail/reader.h"

namespace mogura::capture {
namespace {

using detail::Content;
using detail::Descriptor;
using detail::Reader;
using detail::system_error;

constexpr std::string_view kStandardInput = "-";
// Enough of a compressed input to tell its compression and to get anything out of it.
constexpr std::size_t kLeastBytes = 4096;

std::string_view compression_of(Content content) {
  if (content == Content::kGzip) return "+gzip";
  return content == Content::kZstd ? "+zstd" : "";
}

std::unique_ptr<Reader> decompressing(Content content, std::unique_ptr<Reader> reader) {
  if (content == Content::kGzip) return detail::make_gzip_reader(std::move(reader));
  if (content == Content::kZstd) return detail::make_zstd_reader(std::move(reader));
  return reader;
}

// Bytes in memory, as a reader.
class TextReader final : public Reader {
 public:
  explicit TextReader(std::string text) : text_(std::move(text)) {}

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min(into.size(), text_.size() - at_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] std::uint64_t position() const override { return at_; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

Result<std::string> beginning_of_file(int descriptor, std::size_t max_bytes) {
  const off_t here = std::max<off_t>(lseek(descriptor, 0, SEEK_CUR), 0);
  std::string bytes(max_bytes, '\0');
  std::size_t size = 0;
  while (size < max_bytes) {
    const ssize_t count =
        pread(descriptor, bytes.data() + size, max_bytes - size, here + static_cast<off_t>(size));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(system_error(errno));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

// tee(2) copies what waits in a pipe into another one without taking it out.
Result<std::string> beginning_of_pipe(int descriptor, std::size_t max_bytes) {
  std::array<int, 2> copy{};
  if (pipe2(copy.data(), O_CLOEXEC) != 0) return tl::unexpected(system_error(errno));
  ssize_t count = 0;
  do {
    count = tee(descriptor, copy[1], max_bytes, 0);
  } while (count < 0 && errno == EINTR);
  const int failure = count < 0 ? errno : 0;
  std::string bytes(static_cast<std::size_t>(std::max<ssize_t>(count, 0)), '\0');
  count = bytes.empty() ? 0 : read(copy[0], bytes.data(), bytes.size());
  close(copy[0]);
  close(copy[1]);
  if (failure != 0) return tl::unexpected(system_error(failure));
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

// As the file has them, perhaps compressed.
Result<std::string> raw_beginning_of(const std::string& path, std::size_t max_bytes) {
  struct stat status {};
  const bool is_standard = path == kStandardInput;
  if ((is_standard ? fstat(STDIN_FILENO, &status) : stat(path.c_str(), &status)) != 0) {
    return tl::unexpected(system_error(errno));
  }
  if (is_standard && S_ISFIFO(status.st_mode)) return beginning_of_pipe(STDIN_FILENO, max_bytes);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kUnsupported, {}, "cannot be looked at without using it up");
  }
  if (is_standard) return beginning_of_file(STDIN_FILENO, max_bytes);
  const Result<Descriptor> file = Descriptor::open(path);
  if (!file) return tl::unexpected(file.error());
  return beginning_of_file(file->number(), max_bytes);
}

}  // namespace

InputBytes::InputBytes(std::unique_ptr<Reader> reader, std::string_view compression)
    : reader_(std::move(reader)), compression_(compression) {}
InputBytes::InputBytes(InputBytes&&) noexcept = default;
InputBytes& InputBytes::operator=(InputBytes&&) noexcept = default;
InputBytes::~InputBytes() = default;

Result<InputBytes> InputBytes::open(const std::string& path) {
  Result<Descriptor> file =
      path == kStandardInput ? Result<Descriptor>(Descriptor::standard_input()) : Descriptor::open(path);
  if (!file) return tl::unexpected(file.error());
  auto plain = std::make_unique<detail::DescriptorReader>(std::move(*file));
  const Result<Content> content = plain->recognise();
  if (!content) return tl::unexpected(content.error());
  return InputBytes(decompressing(*content, std::move(plain)), compression_of(*content));
}

Result<std::size_t> InputBytes::read(std::span<std::uint8_t> into) {
  return reader_->read(into);
}

std::uint64_t InputBytes::position() const {
  return reader_->position();
}

Result<std::string> beginning_of(const std::string& path, std::size_t max_bytes) {
  Result<std::string> raw = raw_beginning_of(path, std::max(max_bytes, kLeastBytes));
  if (!raw) return raw;
  const Content content = detail::recognise(as_bytes(*raw));
  if (compression_of(content).empty()) return raw->substr(0, max_bytes);
  const std::unique_ptr<Reader> reader =
      decompressing(content, std::make_unique<TextReader>(std::move(*raw)));
  std::string plain(max_bytes, '\0');
  std::size_t size = 0;
  while (size < max_bytes) {
    const Result<std::size_t> count =
        reader->read({reinterpret_cast<std::uint8_t*>(plain.data()) + size, max_bytes - size});
    if (!count || *count == 0) break;  // an error: the rest of the member was not looked at
    size += *count;
  }
  plain.resize(size);
  return plain;
}

}  // namespace mogura::capture
