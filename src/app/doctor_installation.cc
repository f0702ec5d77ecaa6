#include "app/doctor_installation.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/privileges.h"
#include "app/proxy_options.h"
#include "app/read_file.h"
#include "doctor/environment.h"

namespace mogura::app {
namespace {

namespace fs = std::filesystem;
using doctor::Level;
using doctor::Remarks;

constexpr const char* kStateFolder = "/var/lib/mogura";
constexpr const char* kFiles[] = {"proxy.toml",      "icap.toml", "allow.toml",
                                  "exemptions.toml", "watch.env", "console.env"};
constexpr std::size_t kMostFileBytes = std::size_t{1} << 20;
constexpr std::size_t kMostArgumentBytes = std::size_t{128} << 10;

Place named_or(const std::string& named, const std::string& otherwise) {
  return named.empty() ? Place{otherwise, false} : Place{named, true};
}

doctor::Account find_service(const DoctorOptions& options, const doctor::SystemdFacts& systemd,
                             Remarks& remarks) {
  const std::string name = options.user.empty() ? kServiceUser : options.user;
  if (const auto account = doctor::find_account(name)) return *account;
  doctor::Account own = doctor::this_account();
  const bool is_wanted = systemd.has_units || !options.user.empty();
  remarks.push_back({is_wanted ? Level::kProblem : Level::kOk, "user", name,
                     fmt::format("there is no such user; files are judged for {}", own.name),
                     is_wanted ? "systemd-sysusers mogura.conf" : ""});
  return own;
}

void judge_files(const DoctorOptions& options, const doctor::Account& service, Remarks& remarks) {
  if (!is_there({options.folder, false})) {
    remarks.push_back(
        {Level::kOk, "configuration", options.folder, "is not there; options say everything", ""});
    return;
  }
  for (const std::string file : kFiles) {
    const doctor::FileFacts facts = doctor::look_at(options.folder + "/" + file);
    if (facts.error == ENOENT) continue;
    remarks.push_back(doctor::judge_configuration(facts, doctor::folders_above(facts.path), service));
  }
}

std::optional<proxy::Options> read_proxy(const Place& config) {
  if (!is_there(config)) return std::nullopt;
  Result<proxy::Options> options = read_proxy_config(config.path);
  if (!options) return std::nullopt;
  return std::move(*options);
}

ConsolePlaces find_console(const std::string& folder) {
  const Result<std::string> text = read_file(folder + "/console.env", kMostFileBytes);
  if (!text) return {};
  const auto words = doctor::words_of(doctor::assigned_in(*text, "CONSOLE_OPTIONS"));
  const auto value = [&words](const char* option) { return doctor::value_of(words, option).value_or(""); };
  return {value("--certificate"), value("--key"), value("--htpasswd"), value("--token"),
          Endpoint::parse(value("--listen"))};
}

bool is_process(const std::string& name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "/usr/bin/mogura", "proxy", …, each with a NUL behind it.
bool is_ours(const std::string& arguments, const std::string& command) {
  const std::size_t first = arguments.find('\0');
  if (first == std::string::npos) return false;
  const std::string program = fs::path(arguments.substr(0, first)).filename();
  return program == "mogura" &&
         arguments.compare(first + 1, command.size() + 1, command.c_str(), command.size() + 1) == 0;
}

}  // namespace

bool is_there(const Place& place) {
  if (place.path.empty()) return false;
  return place.is_named || access(place.path.c_str(), F_OK) == 0 || errno == EACCES;
}

std::optional<Running> find_running(const std::string& command) {
  std::error_code error;
  fs::directory_iterator entries("/proc", error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename();
    if (!is_process(name)) continue;
    const Result<std::string> arguments = read_file("/proc/" + name + "/cmdline", kMostArgumentBytes);
    struct stat status {};
    if (!arguments || !is_ours(*arguments, command) || stat(("/proc/" + name).c_str(), &status) != 0)
      continue;
    return Running{std::stoi(name), status.st_uid};
  }
  return std::nullopt;
}

Installation find_installation(const DoctorOptions& options, Remarks& remarks) {
  Installation found;
  found.systemd = doctor::look_at_systemd("");
  found.service = find_service(options, found.systemd, remarks);
  judge_files(options, found.service, remarks);
  found.config = named_or(options.config, options.folder + "/proxy.toml");
  found.proxy = read_proxy(found.config);
  found.console = find_console(options.folder);
  const std::string by_proxy = found.proxy ? found.proxy->logs.database : "";
  found.database =
      named_or(options.database, by_proxy.empty() ? kStateFolder + std::string("/mogura.db") : by_proxy);
  found.patterns = named_or(options.patterns, kStateFolder + std::string("/patterns"));
  found.allow = {options.folder + "/allow.toml", false};
  if (found.proxy) {
    for (const std::string& file : found.proxy->challenge.exempt_files)
      found.exemptions.push_back({file, true});
  }
  found.redis = options.redis;
  if (found.redis.empty() && found.proxy && found.proxy->state.store != "memory")
    found.redis = found.proxy->state.store;
  found.interfaces = options.interfaces.empty() ? found.systemd.watched() : options.interfaces;
  return found;
}

}  // namespace mogura::app
