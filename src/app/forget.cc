// mogura forget: deletes by hand what watch and proxy delete as time goes on.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "app/clock.h"
#include "app/commands.h"
#include "app/privacy_options.h"
#include "store/store.h"

namespace mogura::app {
namespace {

constexpr std::string_view kExamples =
    "What is deleted is what watch and proxy delete of their own accord; here age is counted from now on, "
    "by\n"
    "the clock. They may go on writing meanwhile. Space that becomes free is used again; the file gets\n"
    "smaller by: sqlite3 FILE VACUUM\n"
    "\n"
    "Exit status: 0 done, 2 usage, or FILE is no database of mogura, 3 FILE cannot be read, 4 nothing, or "
    "not\n"
    "all, could be deleted.\n"
    "\n"
    "Examples:\n"
    "  mogura forget /var/lib/mogura/analyses.db --keep 90\n"
    "  mogura forget old.db --keep 1                              all but the last 24 hours";

struct ForgetOptions {
  std::string database;
  std::chrono::seconds keep{};
};

Exit complain(const Error& error, Exit exit) {
  fmt::print(stderr, "mogura: {}\n", error.message());
  return exit;
}

// Opening would make a file that is not there.
Exit run_forget(const ForgetOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(options.database, error)) {
    const std::string why = error ? error.message() : "there is no such file";
    fmt::print(stderr, "mogura: {}: {}\n", options.database, why);
    return Exit::kInput;
  }
  Result<store::Store> store = store::Store::open(options.database);
  if (!store) {
    return complain(store.error(), store.error().code == ErrorCode::kIo ? Exit::kInput : Exit::kUsage);
  }
  const Result<void> forgotten = store->forget_before(clock_now() - options.keep);
  return forgotten ? Exit::kDone : complain(forgotten.error(), Exit::kFailure);
}

}  // namespace

Command declare_forget(CLI::App& command) {
  auto options = std::make_shared<ForgetOptions>();
  command
      .add_option("FILE", options->database,
                  "database that analyze --db, watch --db or proxy --db has written")
      ->required()
      ->check([](const std::string& path) { return path.empty() ? "the name is empty" : ""; });
  command
      .add_option_function<unsigned>(
          "--keep", [options](unsigned days) { options->keep = std::chrono::days(days); },
          "delete what is older than this")
      ->type_name("DAYS")
      ->required()
      ->check(CLI::Range(1, 3650));
  command.footer(std::string(kExamples));
  return [options] { return run_forget(*options); };
}

}  // namespace mogura::app
