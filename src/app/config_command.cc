// mogura config: whether a configuration file of the proxy is good, and what it comes to.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/clock.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/pattern_folder.h"
#include "app/proxy_options.h"
#include "app/read_file.h"
#include "app/secret_file.h"
#include "challenge/exemptions.h"
#include "proxy/config.h"

namespace mogura::app {
namespace {

constexpr std::size_t kExemptionBytes = std::size_t{16} << 20;

constexpr std::string_view kExamples =
    "Exit status: 0 good, 2 usage, or something in a file makes no sense, 3 a file could not be read.\n"
    "\n"
    "Examples:\n"
    "  mogura config check /etc/mogura/proxy.toml && systemctl reload mogura-proxy\n"
    "  mogura config show > proxy.toml                            all parameters, with what they mean\n"
    "  mogura config show /etc/mogura/proxy.toml                  the same, as this file sets them";

Exit exit_of(const Error& error) {
  return error.code == ErrorCode::kIo ? Exit::kInput : Exit::kUsage;
}

// Says what is wrong with a configuration and the files it names; remembers the worst.
class Examiner {
 public:
  void take(const Result<void>& result) {
    if (result) return;
    fmt::print(stderr, "mogura: {}\n", result.error().message());
    const Exit exit = exit_of(result.error());
    // A file that is there and wrong says more than one that is not there.
    if (worst_ != Exit::kUsage) worst_ = exit;
  }
  [[nodiscard]] Exit worst() const { return worst_; }

 private:
  Exit worst_ = Exit::kDone;
};

Result<void> check_exemptions(const std::string& path) {
  const Result<std::string> text = read_file(path, kExemptionBytes);
  if (!text) return tl::unexpected(text.error());
  return challenge::Exemptions{}.add(*text, path);
}

// A secret that is not there yet is made at the first start.
Result<void> check_secret(const std::string& path) {
  if (path.empty() || access(path.c_str(), F_OK) != 0) return {};
  Result<challenge::Secret> secret = read_secret(path);
  if (!secret) return tl::unexpected(std::move(secret.error()));
  return {};
}

Result<void> check_patterns(const std::string& folder) {
  if (folder.empty()) return {};
  auto patterns = read_pattern_folder(folder);
  if (!patterns) return tl::unexpected(std::move(patterns.error()));
  return {};
}

Exit run_check(const std::string& path) {
  const Result<proxy::Options> options = read_proxy_config(path);
  if (!options) {
    fmt::print(stderr, "mogura: {}\n", options.error().message());
    return exit_of(options.error());
  }
  Examiner examiner;
  std::string contradiction = proxy::contradiction_in(*options);
  if (!contradiction.empty()) examiner.take(fail(ErrorCode::kUsage, path, std::move(contradiction)));
  examiner.take(proxy::check_password_file(options->access));
  for (const std::string& file : options->challenge.exempt_files) examiner.take(check_exemptions(file));
  examiner.take(proxy::check_interception(options->intercept, clock_now()));
  examiner.take(check_secret(options->challenge.secret_file));
  examiner.take(check_patterns(options->tunnels.patterns));
  examiner.take(check_secret(options->logs.redact_key));
  if (examiner.worst() != Exit::kDone) return examiner.worst();
  for (const std::string& doubt : proxy::doubts_about(*options)) {
    fmt::print(stderr, "mogura: {}: note: {}\n", path, doubt);
  }
  fmt::print("{}: good\n", path);
  return Exit::kDone;
}

Exit run_show(const std::string& path) {
  Result<proxy::Options> options;
  if (!path.empty()) options = read_proxy_config(path);
  if (!options) {
    fmt::print(stderr, "mogura: {}\n", options.error().message());
    return exit_of(options.error());
  }
  Result<Output> out = Output::open("-");
  out->write(proxy::write_config(*options));
  if (const Result<void> closed = out->close(); !closed) {
    fmt::print(stderr, "mogura: {}\n", closed.error().message());
    return Exit::kFailure;
  }
  return Exit::kDone;
}

std::string is_named(const std::string& path) {
  return path.empty() ? std::string("the name is empty") : std::string();
}

}  // namespace

Command declare_config(CLI::App& command) {
  auto file = std::make_shared<std::string>();
  command.require_subcommand(1);
  CLI::App* check = command.add_subcommand(
      "check",
      "whether a configuration is good, and the password, exemption, secret and pattern files that it names");
  check->add_option("FILE", *file, "configuration of `mogura proxy`")->required()->check(is_named);
  check->footer(std::string(kExamples));
  CLI::App* show = command.add_subcommand(
      "show", "every parameter with its value, and what it means, as a configuration file");
  show->add_option("FILE", *file, "configuration of `mogura proxy`; without: the defaults")->check(is_named);
  show->footer(std::string(kExamples));
  command.footer(std::string(kExamples));
  return [file, check] { return check->parsed() ? run_check(*file) : run_show(*file); };
}

}  // namespace mogura::app
