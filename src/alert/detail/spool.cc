#include "alert/detail/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace mogura::alert::detail {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

// All of it, at that place. 0 or the error.
int write_all(int file, std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  return 0;
}

// Bytes read, 0 at the end, -1 with errno.
ssize_t read_piece(int file, std::vector<char>& piece, std::uint64_t at) {
  ssize_t count = -1;
  do count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(at));
  while (count < 0 && errno == EINTR);
  return count;
}

// Open and ours alone. An error is in errno.
Descriptor open_locked(const std::string& path, int flags) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600));
  if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return file;
}

}  // namespace

SpoolLine kind_of(std::string_view line) {
  if (line.size() > kSpoolLineBytes || line.empty()) return SpoolLine::kDamaged;
  if (line.front() == '{') return SpoolLine::kWaiting;
  return line.front() == '#' ? SpoolLine::kTaken : SpoolLine::kDamaged;
}

tl::unexpected<Error> Spool::io_error(int error) const {
  if (error == EWOULDBLOCK) return fail(ErrorCode::kIo, path_, "is in use by another process");
  return fail(ErrorCode::kIo, path_, std::strerror(error));
}

Result<Spool> Spool::open(const std::string& path, std::size_t limit_bytes) {
  Spool spool(path, limit_bytes);
  spool.file_ = open_locked(path, 0);
  if (!spool.file_.is_open()) return spool.io_error(errno);
  struct stat found {};
  if (::fstat(spool.file_.get(), &found) != 0) return spool.io_error(errno);
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::kFormat, path, "is no file");
  if (found.st_size == 0) {
    if (const int error = write_all(spool.file_.get(), kSpoolHead, 0); error != 0)
      return spool.io_error(error);
    return spool;
  }
  if (auto done = spool.read_all(static_cast<std::uint64_t>(found.st_size)); !done) {
    return tl::unexpected(done.error());
  }
  return spool;
}

// Counts the lines, finds the first that waits and cuts off what a crash left of the last.
Result<void> Spool::read_all(std::uint64_t size) {
  std::vector<char> piece(kPieceBytes);
  std::string line;  // no more of it than tells its kind
  std::uint64_t line_at = 0;
  bool has_front = false;
  for (std::uint64_t at = 0; at < size;) {
    const ssize_t count = read_piece(file_.get(), piece, at);
    if (count < 0) return io_error(errno);
    if (count == 0) break;
    std::string_view rest(piece.data(), static_cast<std::size_t>(count));
    at += rest.size();
    while (!rest.empty()) {
      const std::size_t feed = rest.find('\n');
      line.append(
          rest.substr(0, std::min(feed, kSpoolLineBytes + 1 - std::min(line.size(), kSpoolLineBytes))));
      if (feed == std::string_view::npos) break;
      rest.remove_prefix(feed + 1);
      const std::uint64_t next = at - rest.size();
      if (line_at == 0 && line + '\n' != kSpoolHead) break;
      const SpoolLine kind = kind_of(line);
      if (kind == SpoolLine::kWaiting && !std::exchange(has_front, true)) begin_ = line_at;
      waiting_ += kind == SpoolLine::kWaiting;
      damaged_ += kind == SpoolLine::kDamaged;
      line.clear();
      line_at = next;
    }
    if (line_at == 0) return fail(ErrorCode::kFormat, path_, "is no spool of alerts");
  }
  end_ = line_at;
  if (!has_front) begin_ = end_;
  damaged_ += end_ < size;
  if (end_ < size && ::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return io_error(errno);
  return waiting_ == 0 ? shorten() : Result<void>{};
}

Result<void> Spool::append(std::string_view line) {
  if (kind_of(line) != SpoolLine::kWaiting || line.find('\n') != std::string_view::npos) {
    return fail(ErrorCode::kFormat, path_, "an alert is too long for the spool");
  }
  const std::size_t size = line.size() + 1;
  if (end_ + size > limit_ && (begin_ - kSpoolHead.size()) * 2 >= limit_) {
    if (auto done = compact(); !done) return done;
  }
  if (end_ + size > limit_) return fail(ErrorCode::kLimit, path_, "the spool is full");
  std::string bytes(line);
  bytes += '\n';
  if (const int error = write_all(file_.get(), bytes, end_); error != 0) {
    // Where even this fails, the next line writes over what there is, or open() cuts it off.
    (void)!::ftruncate(file_.get(), static_cast<off_t>(end_));
    return io_error(error);
  }
  if (waiting_++ == 0) begin_ = end_;
  end_ += size;
  return {};
}

Result<std::optional<std::string>> Spool::front() {
  if (waiting_ == 0) return std::nullopt;
  if (!front_) {
    if (auto done = find_front(); !done) return tl::unexpected(done.error());
  }
  return front_;
}

// The first line from begin_ on that waits; a line longer than any of ours is passed over like a damaged one.
Result<void> Spool::find_front() {
  std::vector<char> piece(kPieceBytes);
  std::string line;
  std::uint64_t line_at = begin_;
  for (std::uint64_t at = begin_; at < end_;) {
    const ssize_t count = read_piece(file_.get(), piece, at);
    if (count <= 0) return io_error(count < 0 ? errno : EIO);
    std::string_view rest(piece.data(), static_cast<std::size_t>(count));
    at += rest.size();
    for (std::size_t feed = rest.find('\n'); feed != std::string_view::npos; feed = rest.find('\n')) {
      line.append(rest.substr(0, feed));
      rest.remove_prefix(feed + 1);
      if (kind_of(line) == SpoolLine::kWaiting) {
        begin_ = line_at;
        front_ = std::move(line);
        return {};
      }
      line.clear();
      line_at = at - rest.size();
    }
    line.append(rest.substr(0, kSpoolLineBytes + 1 - std::min(line.size(), kSpoolLineBytes)));
  }
  return io_error(EIO);
}

Result<void> Spool::pop_front() {
  auto line = front();
  if (!line) return tl::unexpected(line.error());
  if (!*line) return {};
  const int error = write_all(file_.get(), "#", begin_);
  begin_ += (*line)->size() + 1;
  front_.reset();
  --waiting_;
  if (waiting_ == 0) return shorten();
  if (error != 0) return io_error(error);
  return {};
}

// Nothing waits: only the head stays.
Result<void> Spool::shorten() {
  begin_ = end_ = kSpoolHead.size();
  if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return io_error(errno);
  return {};
}

Result<void> Spool::compact() {
  const std::string new_path = path_ + ".new";
  Descriptor new_file = open_locked(new_path, O_TRUNC);
  if (!new_file.is_open()) return io_error(errno);
  int error = write_all(new_file.get(), kSpoolHead, 0);
  std::uint64_t new_end = kSpoolHead.size();
  std::vector<char> piece(kPieceBytes);
  for (std::uint64_t at = begin_; at < end_ && error == 0;) {
    const ssize_t count = read_piece(file_.get(), piece, at);
    error = count > 0 ? write_all(new_file.get(), {piece.data(), static_cast<std::size_t>(count)}, new_end)
                      : (count < 0 ? errno : EIO);
    at += static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
    new_end += static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
  }
  if (error == 0 && std::rename(new_path.c_str(), path_.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(new_path.c_str());
    return io_error(error);
  }
  file_ = std::move(new_file);
  end_ = new_end;
  begin_ = kSpoolHead.size();
  return {};
}

}  // namespace mogura::alert::detail
