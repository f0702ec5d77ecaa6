#include "app/pattern_editor.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "app/output.h"
#include "app/read_file.h"

namespace mogura::app {
namespace {

constexpr std::string_view kSuffix = ".toml";  // editors choose their colours by it

std::string editor() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

// The variable is a command line, as everywhere; the file's name is an argument of its own.
int run_editor(const std::string& path) {
  const std::string command = editor() + " \"$1\"";
  const pid_t child = ::fork();
  if (child < 0) return -1;
  if (child == 0) {
    ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", path.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Result<EditedCopy> EditedCopy::make(const std::string& text) {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/mogura-XXXXXX";
  path += kSuffix;
  const int file = ::mkostemps(path.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC);
  if (file < 0) return fail(ErrorCode::kIo, path, std::strerror(errno));
  ::close(file);
  EditedCopy copy(path);
  Result<Output> output = Output::open(path);
  if (!output) return tl::unexpected(output.error());
  output->write(text);
  if (Result<void> closed = output->close(); !closed) return tl::unexpected(closed.error());
  return copy;
}

EditedCopy::EditedCopy(EditedCopy&& other) noexcept
    : path_(std::exchange(other.path_, {})), is_kept_(other.is_kept_) {}

EditedCopy::~EditedCopy() {
  if (!path_.empty() && !is_kept_) ::unlink(path_.c_str());
}

Result<std::string> EditedCopy::edit(std::size_t limit) const {
  const int status = run_editor(path_);
  if (status != 0) return fail(ErrorCode::kIo, editor(), "the editor failed; nothing was changed");
  return read_file(path_, limit);
}

}  // namespace mogura::app
