#pragma once

// What systemd has of us, as its files and control groups show it: no program is run, and no right is needed.
// Any thread.

#include <string>
#include <vector>

#include "doctor/remark.h"

namespace mogura::doctor {

struct UnitFacts {
  std::string name;  // "mogura-watch@eth1.service"
  bool is_enabled = false;
  std::vector<int> processes;
};

struct SystemdFacts {
  bool is_running = false;  // it is this machine's first process
  bool has_units = false;   // ours are installed
  // The proxy and the console, and what is watched: interfaces whose unit is enabled or runs. By name.
  std::vector<UnitFacts> units;

  [[nodiscard]] const UnitFacts* unit(const std::string& name) const;
  // "eth1" of mogura-watch@eth1.service.
  [[nodiscard]] std::vector<std::string> watched() const;
};

// `root`: "", or a folder that stands for /, for tests.
SystemdFacts look_at_systemd(const std::string& root);
Remarks judge_systemd(const SystemdFacts& facts);

}  // namespace mogura::doctor
