#include "app/analyze_inputs.h"

#include <filesystem>

namespace mogura::app {
namespace {

// Files of a folder that are looked into, at most.
constexpr std::size_t kFilesLookedInto = 16;

bool is_log_folder(const std::string& path) {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator file(path, error), end; !error && file != end;
       file.increment(error)) {
    if (!file->is_regular_file(error)) continue;
    if (logs::recognise_file(file->path().string())) return true;
    if (++count == kFilesLookedInto) return false;
  }
  return false;
}

bool is_log(const std::string& path) {
  std::error_code error;
  if (path == "-") return false;
  if (std::filesystem::is_directory(path, error)) return is_log_folder(path);
  return std::filesystem::is_regular_file(path, error) && logs::recognise_file(path).has_value();
}

}  // namespace

Inputs split_inputs(const std::vector<std::string>& paths, const std::string& format) {
  Inputs inputs;
  for (const std::string& path : paths) {
    const bool goes_to_logs = format == "auto" ? is_log(path) : format != "pcap";
    (goes_to_logs ? inputs.logs : inputs.captures).push_back(path);
  }
  return inputs;
}

std::optional<logs::Format> log_format(const std::string& format) {
  for (const logs::Format known :
       {logs::Format::kSessions, logs::Format::kZeek, logs::Format::kSquid, logs::Format::kEve}) {
    if (logs::name_of(known) == format) return known;
  }
  return std::nullopt;
}

}  // namespace mogura::app
