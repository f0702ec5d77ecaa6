#include "logs/detail/input_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace mogura::logs::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnknown =
    "no log that is known (session lines, Zeek's http, ssl and conn, Squid's access.log, Suricata's EVE)";

std::vector<std::string> list(const std::string& folder, std::error_code& error) {
  std::vector<std::string> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Files of a folder that are no logs are passed over in silence.
bool is_wanted(const std::string& path, std::optional<Format> given) {
  const std::optional<Format> format = recognise_file(path);
  return format && (!given || format == given);
}

InputFile refused(const std::string& path, ErrorCode code, std::string cause) {
  InputFile file(path);
  file.report.errors.push_back({code, path.empty() ? "\"\"" : path, std::move(cause)});
  return file;
}

void add_folder(const std::string& folder, std::optional<Format> given, std::vector<InputFile>& files) {
  std::error_code error;
  std::vector<std::string> paths = list(folder, error);
  std::erase_if(paths, [given](const std::string& path) { return !is_wanted(path, given); });
  for (std::string& path : paths) files.emplace_back(std::move(path));
  if (error) {
    files.push_back(refused(folder, ErrorCode::kIo, error.message()));
  } else if (paths.empty()) {
    files.push_back(refused(folder, ErrorCode::kFormat, "no log in this folder"));
  }
}

}  // namespace

InputFile::InputFile(std::string path) {
  report.path = std::move(path);
  std::error_code error;
  const std::uintmax_t bytes =
      fs::is_regular_file(report.path, error) ? fs::file_size(report.path, error) : 0;
  if (!error) size_ = bytes;
}

void InputFile::refuse(Error error) {
  has_ended_ = true;
  error.place = report.path;
  report.errors.push_back(std::move(error));
}

bool InputFile::open() {
  Result<capture::InputBytes> input = capture::InputBytes::open(report.path);
  if (!input) return refuse(input.error()), false;
  lines_.emplace(std::move(*input), on_read);
  return true;
}

bool InputFile::recognise(std::optional<Format> given) {
  if (!report.errors.empty()) return false;
  Result<std::string> beginning = capture::beginning_of(report.path, kBeginningBytes);
  if (beginning) {
    beginning_ = std::move(*beginning);
  } else if (beginning.error().code != ErrorCode::kUnsupported) {
    return refuse(beginning.error()), false;
  } else {
    if (!open()) return false;  // a pipe: what is looked at stays in the reader
    beginning_ = lines_->beginning().substr(0, kBeginningBytes);
  }
  format_ = given ? given : logs::recognise(beginning_);
  if (!format_) refuse({ErrorCode::kFormat, {}, std::string(kUnknown)});
  return format_.has_value();
}

bool InputFile::next(std::string_view& line) {
  if (has_ended_ || (!lines_ && !open())) return false;
  for (;;) {
    const LineReader::Next next = lines_->next(line);
    report.lines = lines_->line_number();
    report.bytes = lines_->bytes();
    if (next == LineReader::Next::kEnd) return close(), false;
    if (next == LineReader::Next::kTooLong) {
      bad_line({ErrorCode::kLimit, {}, "longer than " + std::to_string(kLineBytes) + " bytes"});
    } else if (!line.empty()) {
      return true;
    }
  }
}

void InputFile::close() {
  has_ended_ = true;
  report.format += lines_->compression();
  if (lines_->error()) {
    Error error = *lines_->error();
    error.place = report.path + " behind line " + std::to_string(report.lines);
    report.errors.push_back(std::move(error));
  }
  lines_.reset();
}

void InputFile::bad_line(const Error& error) {
  if (++report.bad_lines > kErrors) return;
  report.errors.push_back({error.code, report.path + " line " + std::to_string(report.lines), error.cause});
}

void InputFile::saw(Timestamp time) {
  report.first = std::min(report.first.value_or(time), time);
  report.last = std::max(report.last.value_or(time), time);
}

std::uint64_t InputFile::position() const {
  if (has_ended_) return size_;
  return lines_ ? lines_->position() : 0;
}

std::vector<InputFile> find_files(const std::vector<std::string>& paths, std::optional<Format> given) {
  std::vector<InputFile> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path != "-" && fs::is_directory(path, error)) {
      add_folder(path, given, files);
    } else {
      files.emplace_back(path);
    }
  }
  return files;
}

}  // namespace mogura::logs::detail
