#include "console/detail/small_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace mogura::console::detail {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> refused(const std::string& path) {
  return fail(ErrorCode::kIo, path, ::strerror(errno));
}

Result<std::string> read_all(int file, const std::string& path, std::size_t size, std::size_t most) {
  // One byte more than there should be, to see that there is none. In one piece, as it may be a secret.
  std::string text(size + 1, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t more = read(file, text.data() + got, text.size() - got);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return refused(path);
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  if (got > size || got > most) return fail(ErrorCode::kIo, path, "is being written");
  text.resize(got);
  return text;
}

}  // namespace

Result<SmallFile> read_small_file(const std::string& path, std::size_t most) {
  // Without waiting for somebody to write, should it be a pipe.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return refused(path);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return refused(path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kUsage, path, "is no file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > most) return fail(ErrorCode::kLimit, path, "is larger than " + std::to_string(most) + " bytes");
  Result<std::string> text = read_all(file.get(), path, size, most);
  if (!text) return tl::unexpected(std::move(text.error()));
  return SmallFile{std::move(*text), status.st_mode};
}

std::vector<std::int64_t> stamp_of_files(const std::vector<std::string>& paths) {
  std::vector<std::int64_t> stamp;
  for (const std::string& path : paths) {
    struct stat status {};
    const bool is_there = stat(path.c_str(), &status) == 0;
    for (const std::int64_t each : {std::int64_t{is_there}, static_cast<std::int64_t>(status.st_ino),
                                    std::int64_t{status.st_size}, std::int64_t{status.st_mtim.tv_sec},
                                    std::int64_t{status.st_mtim.tv_nsec}, std::int64_t{status.st_mode}}) {
      stamp.push_back(each);
    }
  }
  return stamp;
}

}  // namespace mogura::console::detail
