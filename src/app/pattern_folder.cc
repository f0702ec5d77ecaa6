#include "app/pattern_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "app/read_file.h"

namespace mogura::app {
namespace {

constexpr std::string_view kSuffix = ".toml";

Result<std::vector<std::string>> pattern_files(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  std::vector<std::string> files;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    const bool is_hidden = path.filename().string().starts_with('.');
    if (path.extension() == kSuffix && !is_hidden) files.push_back(path.string());
  }
  if (error) return fail(ErrorCode::kIo, folder, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

Result<pattern::Pattern> read_pattern_file(const std::string& path) {
  const Result<std::string> text = read_file(path, pattern::kPatternFileBytes);
  if (!text) return tl::unexpected(text.error());
  return pattern::parse(*text, path);
}

Result<void> io_failure(const std::string& path) {
  return fail(ErrorCode::kIo, path, std::strerror(errno));
}

// Writes all of it and waits until the disk has it.
bool write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// The permissions of what it replaces; of a new file, what the process's mask leaves.
mode_t mode_for(const std::string& path) {
  struct stat known {};
  if (::stat(path.c_str(), &known) == 0) return known.st_mode & 07777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// The name itself is only safe once the folder is written.
void sync_folder(const std::string& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  (void)::fsync(handle);
  ::close(handle);
}

}  // namespace

Result<std::vector<pattern::Pattern>> read_pattern_folder(const std::string& folder) {
  const Result<std::vector<std::string>> files = pattern_files(folder);
  if (!files) return tl::unexpected(files.error());
  std::vector<pattern::Pattern> patterns;
  for (const std::string& file : *files) {
    Result<pattern::Pattern> parsed = read_pattern_file(file);
    if (!parsed) return tl::unexpected(parsed.error());
    patterns.push_back(std::move(*parsed));
  }
  return patterns;
}

Result<std::string> pattern_path(const std::string& folder, std::string_view id) {
  if (!pattern::is_pattern_id(id)) {
    return fail(ErrorCode::kUsage, std::string(id), "is no id of a pattern: a-z, 0-9 and - only");
  }
  return folder + "/" + std::string(id) + std::string(kSuffix);
}

Result<pattern::Pattern> read_pattern(const std::string& folder, std::string_view id) {
  const Result<std::string> path = pattern_path(folder, id);
  if (!path) return tl::unexpected(path.error());
  return read_pattern_file(*path);
}

Result<void> write_pattern_text(const std::string& folder, std::string_view id, std::string_view text) {
  const Result<std::string> path = pattern_path(folder, id);
  if (!path) return tl::unexpected(path.error());
  // Hidden, so that nobody takes it for a pattern.
  std::string temporary = folder + "/." + std::string(id) + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return io_failure(temporary);
  bool is_written = ::fchmod(file, mode_for(*path)) == 0 && write_whole(file, text);
  is_written = ::close(file) == 0 && is_written;
  if (!is_written || std::rename(temporary.c_str(), path->c_str()) != 0) {
    Result<void> failure = io_failure(*path);
    ::unlink(temporary.c_str());
    return failure;
  }
  sync_folder(folder);
  return {};
}

Result<void> write_pattern(const std::string& folder, const pattern::Pattern& pattern) {
  return write_pattern_text(folder, pattern.id, pattern::write(pattern));
}

Result<void> remove_pattern(const std::string& folder, std::string_view id) {
  const Result<std::string> path = pattern_path(folder, id);
  if (!path) return tl::unexpected(path.error());
  if (::unlink(path->c_str()) != 0) return io_failure(*path);
  sync_folder(folder);
  return {};
}

}  // namespace mogura::app
