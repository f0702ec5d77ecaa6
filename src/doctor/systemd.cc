#include "doctor/systemd.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace mogura::doctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnitFolders[] = {"/lib/systemd/system", "/usr/lib/systemd/system",
                                        "/etc/systemd/system"};
constexpr const char* kWants = "/etc/systemd/system/multi-user.target.wants";
// cgroup2, and systemd's own hierarchy beside cgroup 1.
constexpr const char* kGroups[] = {"/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice"};
constexpr const char* kInstances = "system-mogura\\x2dwatch.slice";
constexpr std::string_view kWatch = "mogura-watch@", kService = ".service";
constexpr std::size_t kMostUnits = 1000;

bool is_instance(const std::string& name) {
  return name.starts_with(kWatch) && name.ends_with(kService) &&
         name.size() > kWatch.size() + kService.size();
}

void add_instances(const std::string& folder, std::set<std::string>& names) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator() && names.size() < kMostUnits;
       entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (is_instance(name)) names.insert(name);
  }
}

std::vector<int> processes_of(const std::string& root, const std::string& name) {
  std::vector<int> processes;
  for (const char* group : kGroups) {
    const std::string folder = root + group + "/" + (is_instance(name) ? kInstances + ("/" + name) : name);
    std::ifstream file(folder + "/cgroup.procs");
    for (int process = 0; file >> process;) processes.push_back(process);
    if (!processes.empty()) break;
  }
  return processes;
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) || fs::is_symlink(path, ignored);
}

Remark judge_unit(const UnitFacts& unit) {
  const bool is_running = !unit.processes.empty();
  if (is_running && unit.is_enabled)
    return {Level::kOk, "service", unit.name, "runs, and starts with the machine", ""};
  if (is_running) {
    return {Level::kWarning, "service", unit.name, "runs, and will not after the next start of the machine",
            "systemctl enable " + unit.name};
  }
  if (unit.is_enabled) {
    return {Level::kProblem, "service", unit.name, "starts with the machine, and does not run",
            fmt::format("systemctl start {0}; why it does not: journalctl -u {0}", unit.name)};
  }
  return {Level::kOk, "service", unit.name, "is not in use", ""};
}

}  // namespace

const UnitFacts* SystemdFacts::unit(const std::string& name) const {
  const auto found =
      std::find_if(units.begin(), units.end(), [&name](const UnitFacts& one) { return one.name == name; });
  return found == units.end() ? nullptr : &*found;
}

std::vector<std::string> SystemdFacts::watched() const {
  std::vector<std::string> interfaces;
  for (const UnitFacts& one : units) {
    if (!is_instance(one.name)) continue;
    interfaces.push_back(one.name.substr(kWatch.size(), one.name.size() - kWatch.size() - kService.size()));
  }
  return interfaces;
}

SystemdFacts look_at_systemd(const std::string& root) {
  SystemdFacts facts;
  facts.is_running = exists(root + "/run/systemd/system");
  for (const char* folder : kUnitFolders) {
    facts.has_units = facts.has_units || exists(root + folder + "/mogura-proxy.service");
  }
  if (!facts.is_running || !facts.has_units) return facts;
  std::set<std::string> names{"mogura-proxy.service", "mogura-icap.service", "mogura-console.service"};
  add_instances(root + kWants, names);
  for (const char* group : kGroups) add_instances(root + group + "/" + kInstances, names);
  for (const std::string& name : names) {
    facts.units.push_back({name, exists(root + kWants + "/" + name), processes_of(root, name)});
  }
  return facts;
}

Remarks judge_systemd(const SystemdFacts& facts) {
  if (!facts.is_running)
    return {{Level::kOk, "service", "", "systemd does not run here; start mogura as you like", ""}};
  if (!facts.has_units) {
    return {{Level::kOk, "service", "", "its units are not installed; start mogura as you like", ""}};
  }
  Remarks remarks;
  for (const UnitFacts& unit : facts.units) remarks.push_back(judge_unit(unit));
  return remarks;
}

}  // namespace mogura::doctor
