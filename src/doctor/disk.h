#pragma once

// Room: on disks, and in the table of open files. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/remark.h"

namespace mogura::doctor {

struct DiskFacts {
  bool is_known = false;
  std::uint64_t bytes = 0, free_bytes = 0;  // free for others than root
};
// Of the file system that has the file or folder.
DiskFacts look_at_disk(const std::string& path);
// `bytes_per_day`: how fast it fills; 0: not known.
Remark judge_disk(const std::string& path, const DiskFacts& facts, double bytes_per_day);

// The line "Max open files" of /proc/PID/limits: the soft limit; unlimited: the largest number.
std::optional<std::uint64_t> parse_descriptors(std::string_view limits);
// `whose`: which process's limit it is. Each connection of a client may need one to its origin.
Remark judge_descriptors(const std::string& whose, std::uint64_t limit, std::uint64_t connections);

}  // namespace mogura::doctor
