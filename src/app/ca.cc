// mogura ca: the authority that HTTPS is opened with: made, looked at, given to those who install it.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "app/clock.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/read_file.h"
#include "certificate/authority.h"

namespace mogura::app {
namespace {

using certificate::Authority;

constexpr std::size_t kCertificateBytes = std::size_t{1} << 20;
constexpr mode_t kForItsOwner = 0600, kForAll = 0644;

constexpr std::string_view kExamples =
    "The key is as powerful as it gets: who has it can be any site for every client that trusts the\n"
    "certificate. It stays in its file (mode 0600) and goes nowhere else. docs/guides/https.md says how\n"
    "browsers and systems are given the certificate, and what has to be settled before.\n"
    "\n"
    "Exit status: 0 done, 2 usage, or what is in the file is no certificate, 3 a file could not be read, 4 "
    "a\n"
    "file could not be written, or is there already.\n"
    "\n"
    "Examples:\n"
    "  mogura ca init /etc/mogura --name \"Example Org web proxy CA\"   writes ca.pem and ca.key there\n"
    "  mogura ca show /etc/mogura/ca.pem\n"
    "  mogura ca export /etc/mogura/ca.pem --format der -o ca.cer     as Windows and Android like it";

struct CaOptions {
  std::string folder, name = "mogura web proxy CA", file, format = "pem", output = "-";
  unsigned days = 3650;
};

Exit complain(const Error& error, Exit exit) {
  fmt::print(stderr, "mogura: {}\n", error.message());
  return exit;
}

// A new file; one that is there is never written over: clients trust what is in it.
Result<void> write_new(const std::string& path, std::string_view text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (file < 0) return fail(ErrorCode::kIo, path, std::strerror(errno));
  // Whatever the umask takes away, nobody else is to be able to read a key.
  bool is_good = mode != kForItsOwner || fchmod(file, mode) == 0;
  while (is_good && !text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    is_good = size >= 0;
    if (is_good) text.remove_prefix(static_cast<std::size_t>(size));
  }
  is_good = is_good && fsync(file) == 0;
  const int error = errno;
  close(file);
  if (is_good) return {};
  (void)unlink(path.c_str());
  return fail(ErrorCode::kIo, path, std::strerror(error));
}

void print_facts(const std::string& path, const Authority::Facts& facts) {
  fmt::print("{}\n", path);
  fmt::print("  subject      {}\n", facts.subject);
  if (!facts.is_self_signed) fmt::print("  issuer       {}\n", facts.issuer);
  fmt::print("  key          {}\n", facts.key);
  fmt::print("  good from    {}\n", to_rfc3339(facts.not_before).substr(0, 10));
  fmt::print("  good until   {}\n", to_rfc3339(facts.not_after).substr(0, 10));
  fmt::print("  SHA-256      {}\n", facts.sha256);
}

Exit run_init(const CaOptions& options) {
  const std::string certificate = options.folder + "/ca.pem", key = options.folder + "/ca.key";
  for (const std::string& path : {certificate, key}) {
    if (access(path.c_str(), F_OK) != 0) continue;
    return complain({ErrorCode::kUsage, path, "is there already, and clients may trust it; it stays"},
                    Exit::kFailure);
  }
  const auto authority = Authority::make(options.name, std::chrono::days(options.days), clock_now());
  if (!authority) return complain(authority.error(), Exit::kUsage);
  // The key first: a certificate without one would be in the way.
  if (const auto written = write_new(key, authority->key_pem().view(), kForItsOwner); !written) {
    return complain(written.error(), Exit::kFailure);
  }
  if (const auto written = write_new(certificate, authority->certificate_pem(), kForAll); !written) {
    (void)unlink(key.c_str());
    return complain(written.error(), Exit::kFailure);
  }
  print_facts(certificate, authority->facts());
  fmt::print("{}\n  its key, for nobody's eyes (mode 0600)\n", key);
  return Exit::kDone;
}

Result<std::string> read_certificate(const std::string& path) {
  return read_file(path, kCertificateBytes);
}

Exit run_show(const CaOptions& options) {
  const Result<std::string> text = read_certificate(options.file);
  if (!text) return complain(text.error(), Exit::kInput);
  const auto facts = Authority::facts_of(*text, options.file);
  if (!facts) return complain(facts.error(), Exit::kUsage);
  print_facts(options.file, *facts);
  return Exit::kDone;
}

Exit run_export(const CaOptions& options) {
  const Result<std::string> text = read_certificate(options.file);
  if (!text) return complain(text.error(), Exit::kInput);
  // What is written is what was read and understood: never a key that stands in the same file.
  const auto bytes = options.format == "der" ? certificate::der_of(*text, options.file)
                                             : certificate::pem_of(*text, options.file);
  if (!bytes) return complain(bytes.error(), Exit::kUsage);
  Result<Output> output = Output::open(options.output);
  if (!output) return complain(output.error(), Exit::kFailure);
  output->write(*bytes);
  const Result<void> closed = output->close();
  return closed ? Exit::kDone : complain(closed.error(), Exit::kFailure);
}

}  // namespace

Command declare_ca(CLI::App& command) {
  auto options = std::make_shared<CaOptions>();
  command.require_subcommand(1);
  const auto is_named = [](const std::string& path) { return path.empty() ? "the name is empty" : ""; };
  CLI::App* init = command.add_subcommand("init", "make an authority: ca.pem and ca.key in a folder");
  init->add_option("FOLDER", options->folder, "where both are written; it must be there")
      ->required()
      ->check(is_named);
  init->add_option("--name", options->name, "what people see who look at a certificate")
      ->type_name("NAME")
      ->capture_default_str();
  init->add_option("--days", options->days, "how long it is good")
      ->type_name("DAYS")
      ->check(CLI::Range(1, 7300))
      ->capture_default_str();
  CLI::App* show = command.add_subcommand("show", "what a certificate says, and its fingerprint");
  show->add_option("FILE", options->file, "certificate, in PEM")->required()->check(is_named);
  CLI::App* exported = command.add_subcommand("export", "the certificate alone, for those who install it");
  exported->add_option("FILE", options->file, "certificate, in PEM")->required()->check(is_named);
  exported->add_option("--format", options->format, "pem or der")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"pem", "der"}))
      ->capture_default_str();
  exported->add_option("-o,--output", options->output, "file to write; -: standard output")
      ->type_name("FILE")
      ->check(is_named)
      ->capture_default_str();
  for (CLI::App* each : {init, show, exported, &command}) each->footer(std::string(kExamples));
  return [options, init, show] {
    if (init->parsed()) return run_init(*options);
    return show->parsed() ? run_show(*options) : run_export(*options);
  };
}

}  // namespace mogura::app
