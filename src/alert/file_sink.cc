#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "alert/detail/delivery.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using detail::Attempt;
using detail::Bell;
using detail::Clock;
using detail::Descriptor;

constexpr int kStandardOutput = 1;

// Nobody waits so long for a pipe's reader that more than this makes a difference.
constexpr std::chrono::hours kPatience{1};

Result<Descriptor> open_to_append(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  Descriptor file(::open(path.c_str(), kFlags, 0640));
  if (!file.is_open()) return fail(ErrorCode::kIo, path, std::strerror(errno));
  return file;
}

// To a file, a line is one write(), so that the lines of several writers do not mix. Pipes and terminals get
// it in pieces that they can take without keeping us waiting.
class FileCarrier : public detail::Carrier {
 public:
  FileCarrier(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) { look(); }

  Attempt attempt(const std::string& text, const Bell& bell) override {
    if (wants_reopen_) reopen();
    // What stands there of a line that was cut short is ended, and the line comes again.
    const std::string line = (is_torn_ ? "\n" : "") + text + '\n';
    const int failure = is_file_ ? write_at_once(line) : write_in_pieces(line, bell);
    if (failure == 0) {
      is_torn_ = false;
      return Attempt::kDelivered;
    }
    error_ = (path_ == "-" ? "standard output" : path_) + ": " + std::strerror(failure);
    return failure == EPIPE || failure == EBADF ? Attempt::kRefused : Attempt::kAgain;
  }

  // Where it cannot be opened, the old file goes on, and each attempt tries again.
  void reopen() override {
    if (path_ == "-") return;
    auto file = open_to_append(path_);
    wants_reopen_ = !file;
    if (!file) return;
    file_ = *std::move(file);
    is_torn_ = false;
    look();
  }

  [[nodiscard]] std::string error() const override { return error_; }

 private:
  [[nodiscard]] int descriptor() const { return path_ == "-" ? kStandardOutput : file_.get(); }

  void look() {
    struct stat found {};
    is_file_ = ::fstat(descriptor(), &found) == 0 && S_ISREG(found.st_mode);
  }

  // 0 or the error.
  int write_at_once(const std::string& line) {
    ssize_t count = -1;
    do count = ::write(descriptor(), line.data(), line.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) return errno;
    if (static_cast<std::size_t>(count) == line.size()) return 0;
    is_torn_ |= count > 0;
    return ENOSPC;
  }

  int write_in_pieces(std::string_view line, const Bell& bell) {
    while (!line.empty()) {
      const auto ready = wait_for(descriptor(), POLLOUT, Clock::now() + kPatience, bell);
      if (ready != detail::Ready::kYes) return EAGAIN;
      // A pipe that is ready takes so much without blocking, also where it is in blocking mode.
      const ssize_t count = ::write(descriptor(), line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (count < 0) return errno;
      line.remove_prefix(static_cast<std::size_t>(count));
      is_torn_ = true;
    }
    return 0;
  }

  const std::string path_;
  Descriptor file_;  // none: standard output
  bool is_file_ = false;
  bool is_torn_ = false;
  bool wants_reopen_ = false;
  std::string error_;
};

class FileSink : public Sink {
 public:
  FileSink(std::unique_ptr<detail::Carrier> carrier, const FileOptions& options)
      : delivery_(std::move(carrier), options.queue, {options.first_pause_s, options.longest_pause_s}) {}

  void send(const report::Alert& alert) override { delivery_.send(report::write_alert_line(alert)); }
  void stop(double seconds) override { delivery_.stop(seconds); }
  void reopen() override { delivery_.reopen(); }
  [[nodiscard]] SinkCounters counters() const override { return delivery_.counters(); }
  [[nodiscard]] std::string_view name() const override { return "file"; }
  [[nodiscard]] std::string last_error() const override { return delivery_.last_error(); }

 private:
  detail::Delivery delivery_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_file_sink(const FileOptions& options) {
  Descriptor file;
  if (options.path != "-") {
    auto opened = open_to_append(options.path);
    if (!opened) return tl::unexpected(opened.error());
    file = *std::move(opened);
  }
  return std::make_unique<FileSink>(std::make_unique<FileCarrier>(options.path, std::move(file)), options);
}

Result<std::unique_ptr<Sink>> make_file_sink(const std::string& path) {
  FileOptions options;
  options.path = path;
  return make_file_sink(options);
}

}  // namespace mogura::alert
