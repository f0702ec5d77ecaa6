#include "app/analyze_inputs.h"

#include <filesystem>

namespace mogura::app {
namespace {

// Files of a folder that are looked into, at most.
constexpr std::size_t kFilesLookedInto = 1024;

// A folder with both goes to both: each reads its own files and leaves the others alone.
void split_folder(const std::string& path, Inputs& inputs) {
  bool has_logs = false;
  bool has_others = false;
  std::size_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator file(path, error), end; !error && file != end;
       file.increment(error)) {
    if (!file->is_regular_file(error)) continue;
    (logs::recognise_file(file->path().string()) ? has_logs : has_others) = true;
    if ((has_logs && has_others) || ++count == kFilesLookedInto) break;
  }
  if (has_logs) inputs.logs.push_back(path);
  if (has_others || !has_logs) inputs.captures.push_back(path);
}

bool is_log(const std::string& path) {
  std::error_code error;
  const bool can_be_looked_at = path == "-" || std::filesystem::is_regular_file(path, error);
  return can_be_looked_at && logs::recognise_file(path).has_value();
}

}  // namespace

Inputs split_inputs(const std::vector<std::string>& paths, const std::string& format) {
  Inputs inputs;
  for (const std::string& path : paths) {
    std::error_code error;
    if (format == "pcap") {
      inputs.captures.push_back(path);
    } else if (format != "auto") {
      inputs.logs.push_back(path);
    } else if (path != "-" && std::filesystem::is_directory(path, error)) {
      split_folder(path, inputs);
    } else {
      (is_log(path) ? inputs.logs : inputs.captures).push_back(path);
    }
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
