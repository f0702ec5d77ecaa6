#include "capture/detail/inputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "capture/detail/capture_file.h"

namespace mogura::capture::detail {
namespace {

namespace fs = std::filesystem;

// Enough to tell what is inside a compressed file.
constexpr std::size_t kProbeBytes = std::size_t{16} << 10;

Input refused(const std::string& path, ErrorCode code, std::string cause) {
  Input input;
  input.report.path = path;
  // An empty name is shown as such: without any place nobody would know what is meant.
  input.report.errors.push_back({code, path.empty() ? "\"\"" : path, std::move(cause)});
  return input;
}

Input named(const std::string& path) {
  Input input;
  input.report.path = path;
  std::error_code error;
  if (path == kStandardInput || !fs::is_regular_file(path, error)) return input;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (!error) input.bytes = bytes;
  return input;
}

// The regular files in `folder`, sorted by name, and why there are not more.
std::vector<std::string> list(const std::string& folder, std::error_code& error) {
  std::vector<std::string> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Whether a folder's file is to be read. One that cannot be looked into stays, so that its error is told.
bool is_wanted(const std::string& path) {
  InputReport probe;
  probe.path = path;
  const CaptureFile file(
      probe, Options{.window_bytes = kProbeBytes, .chunk_bytes = kProbeBytes, .look_ahead = false});
  const auto is_system = [](const Error& error) { return error.code == ErrorCode::kIo; };
  return file.is_capture() || std::any_of(probe.errors.begin(), probe.errors.end(), is_system);
}

void add_folder(const std::string& folder, std::vector<Input>& inputs) {
  std::error_code error;
  std::vector<std::string> paths = list(folder, error);
  std::erase_if(paths, [](const std::string& path) { return !is_wanted(path); });
  for (const std::string& path : paths) inputs.push_back(named(path));
  if (error) {
    inputs.push_back(refused(folder, ErrorCode::kIo, error.message()));
  } else if (paths.empty()) {
    inputs.push_back(refused(folder, ErrorCode::kFormat, "no capture file (pcap or pcapng) in this folder"));
  }
}

}  // namespace

std::vector<Input> find_inputs(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == kStandardInput) {
      inputs.push_back(named(path));
    } else if (fs::is_directory(path, error)) {
      add_folder(path, inputs);
    } else if (error) {
      inputs.push_back(refused(path, ErrorCode::kIo, error.message()));
    } else {
      inputs.push_back(named(path));
    }
  }
  return inputs;
}

}  // namespace mogura::capture::detail
