#include "service/line_output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mogura::service {
namespace {

constexpr int kStandardOutput = 1;
constexpr std::size_t kFilePiece = std::size_t{1} << 20;

int open_to_append(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  int file = -1;
  do file = ::open(path.c_str(), kFlags, 0640);
  while (file < 0 && errno == EINTR);
  return file;
}

}  // namespace

Result<void> LineOutput::open() {
  if (is_standard()) {
    take(kStandardOutput);
    return {};
  }
  const int file = open_to_append(path_);
  if (file < 0 && errno != ENXIO) return fail(ErrorCode::kIo, path_, std::strerror(errno));
  if (file >= 0) take(file);
  return {};
}

void LineOutput::reopen() {
  if (is_standard()) return;
  const int file = open_to_append(path_);
  if (file >= 0) take(file);
}

// False: it is another than before.
bool LineOutput::take(int file) {
  const auto before = std::pair(device_, number_);
  if (file_ >= 0 && file_ != file) close();
  file_ = file;
  look();
  const bool is_same = before == std::pair(device_, number_);
  if (!is_same && std::exchange(is_mid_line_, false)) is_torn_ = true;
  return is_same;
}

void LineOutput::look() {
  struct stat found {};
  const bool is_known = ::fstat(file_, &found) == 0;
  is_file_ = is_known && S_ISREG(found.st_mode);
  device_ = found.st_dev;
  number_ = found.st_ino;
}

void LineOutput::close() {
  if (file_ >= 0 && !is_standard()) ::close(file_);
  file_ = -1;
}

// True: nothing of the text is left.
bool LineOutput::drop_torn_line(std::string_view& text, std::size_t& lost) {
  if (!is_torn_) return false;
  const std::size_t end = text.find('\n');
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  is_torn_ = false;
  ++lost;
  return text.empty();
}

// A pipe or terminal that is ready takes PIPE_BUF bytes without keeping us, also in blocking mode.
ssize_t LineOutput::write_some(std::string_view text, std::chrono::milliseconds patience) const {
  if (is_file_) return ::write(file_, text.data(), std::min(text.size(), kFilePiece));
  pollfd wait{file_, POLLOUT, 0};
  const int ready = ::poll(&wait, 1, static_cast<int>(patience.count()));
  if (ready == 0) errno = EAGAIN;
  if (ready <= 0) return -1;
  return ::write(file_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
}

LineOutput::State LineOutput::write(std::string_view& text, std::chrono::milliseconds patience,
                                    std::size_t& lost) {
  if (file_ < 0) reopen();
  if (file_ < 0) return errno == ENXIO ? State::kUnread : State::kFailed;
  if (drop_torn_line(text, lost)) return State::kDone;
  while (!text.empty()) {
    const ssize_t count = write_some(text, patience);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return settle_failure(errno);
    const std::string_view written = text.substr(0, static_cast<std::size_t>(count));
    if (!written.empty()) is_mid_line_ = written.back() != '\n';
    text.remove_prefix(written.size());
    if (written.empty()) return State::kWaiting;
  }
  return State::kDone;
}

LineOutput::State LineOutput::settle_failure(int error) {
  if (error == EAGAIN) return State::kWaiting;
  // The reader went, with the beginning of a line; there may be another.
  if (error == EPIPE && !is_standard()) {
    is_torn_ |= std::exchange(is_mid_line_, false);
    close();
    return State::kUnread;
  }
  // A full disk becomes free again; of what else may have become of the file, a new one knows nothing.
  if (error != ENOSPC && error != EDQUOT) reopen();
  return State::kFailed;
}

}  // namespace mogura::service
