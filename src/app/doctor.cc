// mogura doctor: what is wrong with an installation, and what to do about it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/clock.h"
#include "app/commands.h"
#include "app/doctor_checks.h"
#include "app/doctor_installation.h"
#include "app/output.h"
#include "app/terminal.h"
#include "app/version.h"
#include "doctor/clock.h"
#include "doctor/report.h"

namespace mogura::app {
namespace {

constexpr std::string_view kExamples =
    "Changes nothing, and needs no rights; what it could not look at for want of them it calls unseen. What "
    "each\n"
    "line means, and the JSON: the guide \"doctor\".\n"
    "\n"
    "Exit status: 0 no problem (there may be warnings), 1 there is a problem, 2 usage, 4 the output could "
    "not be\n"
    "written.\n"
    "\n"
    "Examples:\n"
    "  sudo mogura doctor                                         the installed services\n"
    "  sudo mogura doctor --interface eth1                        a mirror port, before watching it\n"
    "  mogura doctor --db watch.db --patterns patterns            what was made by hand\n"
    "  mogura doctor --json | jq '.remarks[] | select(.level == \"problem\")'";

doctor::Remarks examine(const DoctorOptions& options) {
  const Timestamp now = clock_now();
  doctor::Remarks remarks;
  check_versions(remarks);
  const Installation installation = find_installation(options, remarks);
  for (doctor::Remark& remark : doctor::judge_systemd(installation.systemd))
    remarks.push_back(std::move(remark));
  check_proxy(installation, remarks);
  check_places(installation, remarks);
  check_database(installation, now, remarks);
  check_patterns(installation, remarks);
  check_lists(installation, now, remarks);
  check_redis(installation, remarks);
  check_capturing(installation, remarks);
  check_network(installation, remarks);
  check_console(installation, now, remarks);
  remarks.push_back(doctor::judge_clock(doctor::look_at_clock()));
  return remarks;
}

Exit run(const DoctorOptions& options) {
  const doctor::Remarks remarks = examine(options);
  Result<Output> out = Output::open("-");
  if (!out) return Exit::kFailure;
  out->write(options.json ? doctor::to_json(remarks, std::string(kVersion), clock_now())
                          : doctor::to_text(remarks, terminal_is_utf8()));
  if (const Result<void> closed = out->close(); !closed) {
    fmt::print(stderr, "mogura: {}\n", closed.error().message());
    return Exit::kFailure;
  }
  return doctor::count(remarks, doctor::Level::kProblem) == 0 ? Exit::kDone : Exit::kFindings;
}

std::string is_named(const std::string& text) {
  return text.empty() ? std::string("the name is empty") : std::string();
}

// Arguments can be seen by everybody on the machine.
std::string is_without_password(const std::string& url) {
  const bool has_one = url.find('@') != std::string::npos;
  return has_one ? std::string("a password belongs into a file (--config), not on a command line")
                 : is_named(url);
}

}  // namespace

Command declare_doctor(CLI::App& command) {
  auto options = std::make_shared<DoctorOptions>();
  const auto place = [&command](const char* name, std::string& value, const char* type, const char* help) {
    return command.add_option(name, value, help)->type_name(type)->check(is_named)->group("Input");
  };
  place("--etc", options->folder, "DIR", "folder of the configuration")->capture_default_str();
  place("--config", options->config, "FILE", "configuration of the proxy; default: proxy.toml in --etc");
  place("--db", options->database, "FILE", "database; default: what the proxy's configuration names");
  place("--patterns", options->patterns, "DIR", "registry; default: that of the services");
  command
      .add_option("--interface", options->interfaces,
                  "interface to capture from; may be repeated; default: those that services watch")
      ->type_name("IFACE")
      ->allow_extra_args(false)
      ->check(is_named)
      ->group("Input");
  command
      .add_option("--redis", options->redis,
                  "redis://HOST:PORT/DB; default: what the proxy's configuration names")
      ->type_name("URL")
      ->check(is_without_password)
      ->group("Input");
  place("--user", options->user, "NAME", "whom the services run as")->default_str("mogura");
  command.add_flag("--json", options->json, "a document instead of lines")->group("Output");
  command.footer(std::string(kExamples));
  return [options] { return run(*options); };
}

}  // namespace mogura::app
