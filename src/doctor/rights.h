#pragma once

// Who may capture: CAP_NET_RAW of this process, of the program's file, or of the service's unit. Any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "doctor/remark.h"

namespace mogura::doctor {

struct CaptureRights {
  bool has_effective = false;  // this process has it
  bool has_by_file = false;    // whoever starts this program gets it
  bool has_unit = false;       // mogura-watch@.service is installed, and gets it from systemd
};

// The line "CapEff:" of /proc/PID/status (proc(5)).
std::optional<std::uint64_t> parse_effective(std::string_view status);
// The attribute security.capability of a file (linux/capability.h, vfs_cap_data; little-endian): its
// permitted set. Nothing: it is none.
std::optional<std::uint64_t> parse_file_capabilities(std::string_view attribute);

CaptureRights look_at_rights(bool has_unit);
Remark judge_rights(const CaptureRights& rights);

}  // namespace mogura::doctor
