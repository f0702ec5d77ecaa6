// Checks around the running services: their places, interfaces, ports, and the console's certificate.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "app/doctor_checks.h"
#include "app/read_file.h"
#include "capture/live.h"
#include "doctor/certificate.h"
#include "doctor/disk.h"
#include "doctor/interface.h"
#include "doctor/ports.h"
#include "doctor/rights.h"

namespace mogura::app {
namespace {

namespace fs = std::filesystem;
using doctor::Level;
using doctor::Remarks;

constexpr const char* kLogFolder = "/var/log/mogura";
constexpr const char* kProxyUnit = "mogura-proxy.service";
constexpr const char* kConsoleUnit = "mogura-console.service";
constexpr std::size_t kTrialRingBytes = std::size_t{1} << 20;
constexpr std::size_t kMostPemBytes = std::size_t{1} << 20;
constexpr std::streamoff kTailBytes = 16 << 10;

std::string folder_of(const std::string& file) {
  const std::string folder = fs::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Absolute paths: others depend on where a service was started.
std::set<std::string> written_folders(const Installation& installation) {
  std::set<std::string> folders;
  const auto add = [&folders](const std::string& file) {
    if (file.starts_with('/')) folders.insert(folder_of(file));
  };
  // One that was named for the occasion may be a person's own.
  if (!installation.database.is_named && is_there(installation.database)) add(installation.database.path);
  if (is_there({kLogFolder, false})) folders.insert(kLogFolder);
  if (!installation.proxy) return folders;
  add(installation.proxy->logs.access);
  add(installation.proxy->logs.events);
  add(installation.proxy->logs.database);
  add(installation.proxy->state.snapshot);
  return folders;
}

// What the files of a folder are for is said by their names alone: the last whole line of a file of counters.
std::string last_line(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTailBytes));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t before = text.rfind('\n');
  return before == std::string::npos ? text : text.substr(before + 1);
}

void try_to_capture(const std::string& interface, bool has_right, Remarks& remarks) {
  if (!has_right) {
    remarks.push_back({Level::kUnseen, "capture", interface,
                       "capturing could not be tried without CAP_NET_RAW", "run the doctor as root"});
    return;
  }
  capture::LiveOptions options;
  options.interface = interface;
  options.ring_bytes = kTrialRingBytes;
  if (const auto opened = capture::open_live(options); !opened) {
    remarks.push_back({Level::kProblem, "capture", "", opened.error().message(), ""});
  } else {
    remarks.push_back(
        {Level::kOk, "capture", interface, "can be captured from, with what is for others", ""});
  }
}

void check_interface(const std::string& name, bool has_right, Remarks& remarks) {
  const doctor::InterfaceFacts facts = doctor::look_at_interface(name);
  for (doctor::Remark& remark : doctor::judge_interface(facts)) remarks.push_back(std::move(remark));
  if (facts.error == 0 && facts.is_up) try_to_capture(name, has_right, remarks);
  const std::string file = fmt::format("{}/counters-{}.json", kLogFolder, name);
  if (facts.error != 0) return;
  if (const auto counters = doctor::parse_counters(last_line(file))) {
    remarks.push_back(doctor::judge_counters(file, *counters));
  }
}

// Running as a unit, or by hand.
std::optional<Running> running(const Installation& installation, const char* unit, const char* command) {
  const doctor::UnitFacts* const facts = installation.systemd.unit(unit);
  if (facts != nullptr && !facts->processes.empty())
    return Running{facts->processes.front(), installation.service.user};
  return find_running(command);
}

void check_descriptors(const Installation& installation, const std::optional<Running>& proxy,
                       Remarks& remarks) {
  const std::uint64_t connections = installation.proxy->limits.connections;
  if (proxy) {
    const Result<std::string> text = read_file(fmt::format("/proc/{}/limits", proxy->process), kMostPemBytes);
    const auto limit = text ? doctor::parse_descriptors(*text) : std::nullopt;
    if (limit) remarks.push_back(doctor::judge_descriptors("the running proxy", *limit, connections));
    return;
  }
  rlimit own{};
  if (installation.systemd.has_units || getrlimit(RLIMIT_NOFILE, &own) != 0) return;
  remarks.push_back(doctor::judge_descriptors("whoever runs this", own.rlim_max, connections));
}

void check_secret(const std::string& path, const Installation& installation, Remarks& remarks) {
  if (!path.empty()) remarks.push_back(doctor::judge_secret(doctor::look_at(path), installation.service));
}

}  // namespace

void check_places(const Installation& installation, Remarks& remarks) {
  for (const std::string& folder : written_folders(installation)) {
    remarks.push_back(doctor::judge_writable_folder(doctor::look_at(folder), doctor::folders_above(folder),
                                                    installation.service));
  }
  // One that is not there yet is made at the first start.
  const std::string secret = installation.proxy ? installation.proxy->challenge.secret_file : "";
  if (is_there({secret, false})) check_secret(secret, installation, remarks);
  check_secret(installation.console.key, installation, remarks);
  check_secret(installation.console.token, installation, remarks);
  for (const std::string& users :
       {installation.console.htpasswd,
        installation.proxy ? installation.proxy->access.htpasswd : std::string()}) {
    if (users.empty()) continue;
    remarks.push_back(doctor::judge_configuration(doctor::look_at(users), doctor::folders_above(users),
                                                  installation.service));
  }
}

void check_capturing(const Installation& installation, Remarks& remarks) {
  const doctor::CaptureRights rights = doctor::look_at_rights(installation.systemd.has_units);
  remarks.push_back(doctor::judge_rights(rights));
  for (const std::string& name : installation.interfaces)
    check_interface(name, rights.has_effective, remarks);
}

void check_network(const Installation& installation, Remarks& remarks) {
  const std::vector<doctor::Listener> listeners = doctor::look_at_listeners();
  if (installation.proxy) {
    const auto proxy = running(installation, kProxyUnit, "proxy");
    for (const Endpoint& endpoint : installation.proxy->listen.endpoints) {
      remarks.push_back(doctor::judge_port(endpoint, listeners, proxy ? proxy->user : 0, proxy.has_value()));
    }
    check_descriptors(installation, proxy, remarks);
  }
  const auto console = running(installation, kConsoleUnit, "console");
  if (!installation.console.listen) return;
  remarks.push_back(doctor::judge_port(*installation.console.listen, listeners, console ? console->user : 0,
                                       console.has_value()));
}

void check_console(const Installation& installation, Timestamp now, Remarks& remarks) {
  const std::string& path = installation.console.certificate;
  if (path.empty()) return;
  const Result<std::string> certificate = read_file(path, kMostPemBytes);
  if (!certificate) {
    remarks.push_back({Level::kProblem, "certificate", "", certificate.error().message(), ""});
    return;
  }
  const Result<std::string> key = read_file(installation.console.key, kMostPemBytes);
  remarks.push_back(
      doctor::judge_certificate(path, doctor::parse_certificate(*certificate, key.value_or("")), now));
}

}  // namespace mogura::app
