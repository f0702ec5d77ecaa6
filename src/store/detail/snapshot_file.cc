#include "store/detail/snapshot_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace mogura::store::detail {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::string temporary(const std::string& path) {
  return path + ".tmp";
}

// The name's own change reaches the disk, too. Without right to open the folder, it does so later.
void sync_folder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() >= 0) ::fsync(opened.number());
}

std::size_t read_fully(int descriptor, std::span<std::uint8_t> buffer, int& error) {
  std::size_t got = 0;
  while (got < buffer.size()) {
    const ssize_t count = ::read(descriptor, buffer.data() + got, buffer.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

// A pipe would wait for its writer, and a device may never end.
bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

Result<void> settle(const std::string& path, int descriptor, const SnapshotContents& contents) {
  constexpr std::uint8_t kRead = 0;
  if (!contents.damage.empty()) {
    if (std::rename(path.c_str(), (path + ".damaged").c_str()) == 0) return {};
  } else if (!contents.header.is_end || ::pwrite(descriptor, &kRead, 1, kEndedAt) == 1) {
    return {};
  }
  return fail(ErrorCode::kIo, path, std::strerror(errno));
}

}  // namespace

Result<SnapshotWriter> SnapshotWriter::begin(const std::string& path) {
  const std::string beside = temporary(path);
  ::unlink(beside.c_str());
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(ErrorCode::kIo, beside, std::strerror(errno));
  SnapshotWriter writer(path, descriptor);
  if (auto written = writer.write(encode(SnapshotHeader{})); !written) return tl::unexpected(written.error());
  return writer;
}

SnapshotWriter::SnapshotWriter(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor), block_(kBlockBytes) {
  waiting_.reserve(kRecordsPerBlock);
}

SnapshotWriter::SnapshotWriter(SnapshotWriter&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      block_(std::move(other.block_)),
      waiting_(std::move(other.waiting_)),
      header_(other.header_) {}

SnapshotWriter::~SnapshotWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary(path_).c_str());
}

Result<void> SnapshotWriter::failure() const {
  return fail(ErrorCode::kIo, temporary(path_), std::strerror(errno));
}

Result<void> SnapshotWriter::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure();
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> SnapshotWriter::write_block(std::span<const StateRecord> records) {
  fill_block(block_, static_cast<std::uint32_t>(header_.blocks), records);
  header_.records += records.size();
  ++header_.blocks;
  return write(block_);
}

Result<void> SnapshotWriter::add(std::span<const StateRecord> records) {
  while (!records.empty()) {
    const auto part = records.first(std::min(records.size(), kRecordsPerBlock - waiting_.size()));
    waiting_.insert(waiting_.end(), part.begin(), part.end());
    records = records.subspan(part.size());
    if (waiting_.size() < kRecordsPerBlock) break;
    if (auto written = write_block(waiting_); !written) return written;
    waiting_.clear();
  }
  return {};
}

Result<void> SnapshotWriter::finish(Timestamp now, bool is_end) {
  if (!waiting_.empty()) {
    if (auto written = write_block(waiting_); !written) return written;
  }
  header_.written = now;
  header_.is_end = is_end;
  const auto bytes = encode(header_);
  if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()) ||
      ::fsync(descriptor_) != 0 || std::rename(temporary(path_).c_str(), path_.c_str()) != 0) {
    return failure();
  }
  ::close(std::exchange(descriptor_, -1));
  sync_folder(path_);
  return {};
}

Result<SnapshotFile> read_snapshot_file(const std::string& path, const SnapshotSink& sink) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0 && errno == ENOENT) return SnapshotFile{};
  if (file.number() < 0) return fail(ErrorCode::kIo, path, std::strerror(errno));
  if (!is_regular(file.number())) return fail(ErrorCode::kFormat, path, "is not a file");
  int error = 0;
  const auto read = [&](std::span<std::uint8_t> buffer) { return read_fully(file.number(), buffer, error); };
  auto contents = read_snapshot(read, sink);
  if (error != 0) return fail(ErrorCode::kIo, path, std::strerror(error));
  if (!contents) return fail(contents.error().code, path, contents.error().cause);
  if (auto settled = settle(path, file.number(), *contents); !settled) return tl::unexpected(settled.error());
  return SnapshotFile{.is_there = true, .contents = std::move(*contents)};
}

}  // namespace mogura::store::detail
