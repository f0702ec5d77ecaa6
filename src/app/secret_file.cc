#include "app/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace mogura::app {
namespace {

constexpr std::size_t kMostBytes = 4096;

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

// Wiped when it goes.
struct SecretText {
  std::array<char, kMostBytes> bytes{};
  std::size_t size = 0;

  SecretText() = default;
  ~SecretText() { explicit_bzero(bytes.data(), bytes.size()); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

tl::unexpected<Error> refused(const std::string& path) {
  return fail(ErrorCode::kIo, path, std::strerror(errno));
}

// Of the file that is open, so that nobody can put another in its place in between.
Result<void> check_mode(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0) return refused(path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kUsage, path, "the secret must be a file");
  if ((status.st_mode & 077u) == 0) return {};
  return fail(
      ErrorCode::kUsage, path,
      fmt::format("the secret's file is open to others (mode {:04o}); take a new secret if they may have "
                  "read it, then: chmod 600 {}",
                  status.st_mode & 07777u, path));
}

Result<void> read_all(int file, const std::string& path, SecretText& text) {
  while (text.size < text.bytes.size()) {
    const ssize_t size = read(file, text.bytes.data() + text.size, text.bytes.size() - text.size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return refused(path);
    if (size == 0) return {};
    text.size += static_cast<std::size_t>(size);
  }
  return fail(ErrorCode::kFormat, path, "is no file of a secret: it is too large");
}

// 64 digits and a line end.
Result<void> make_text(const std::string& path, SecretText& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::uint8_t, challenge::Secret::kBytes> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) return refused(path);
  for (const std::uint8_t byte : random) {
    text.bytes[text.size++] = kDigits[byte >> 4];
    text.bytes[text.size++] = kDigits[byte & 15];
  }
  text.bytes[text.size++] = '\n';
  explicit_bzero(random.data(), random.size());
  return {};
}

Result<void> write_all(int file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return refused(path);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return fsync(file) == 0 ? Result<void>{} : refused(path);
}

// So that the name, too, is there after a crash. Not all file systems can; then it is as good as it gets.
void keep_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) (void)fsync(opened.get());
}

// Written beside and linked into place: link() fails where the name is taken, and nobody sees half a file.
Result<void> create(const std::string& path, bool& created) {
  const std::string beside = fmt::format("{}.new-{}", path, getpid());
  (void)unlink(beside.c_str());
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return refused(path);
  SecretText text;
  Result<void> done = make_text(path, text);
  if (done) done = write_all(file.get(), path, text.view());
  if (done) {
    created = link(beside.c_str(), path.c_str()) == 0;
    if (!created && errno != EEXIST) done = refused(path);
  }
  (void)unlink(beside.c_str());
  if (done) keep_name(path);
  return done;
}

}  // namespace

Result<challenge::Secret> read_secret(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return refused(path);
  SecretText text;
  Result<void> done = check_mode(file.get(), path);
  if (done) done = read_all(file.get(), path, text);
  if (!done) return tl::unexpected(std::move(done.error()));
  return challenge::Secret::parse(text.view(), path);
}

Result<challenge::Secret> read_or_create_secret(const std::string& path, bool* created) {
  bool is_new = false;
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    Result<void> done = create(path, is_new);
    if (!done) return tl::unexpected(std::move(done.error()));
  }
  if (created != nullptr) *created = is_new;
  return read_secret(path);
}

}  // namespace mogura::app
