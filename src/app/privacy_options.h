#pragma once

// What is kept of people, and for how long: options that analyze, watch and proxy have in common.

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "finding/allow.h"
#include "session/redactor.h"

namespace CLI {
class App;
}

namespace mogura::app {

struct PrivacyOptions {
  bool redact_clients = false;
  std::string redact_key;  // file; empty: a key of this run
};

inline constexpr const char* kRedactHelp =
    "clients: pseudonyms in the place of clients' addresses, in everything that is written "
    "(docs/guides/privacy.md)";
inline constexpr const char* kRedactKeyHelp =
    "what pseudonyms are made with, so that they are the same in other runs and on other machines; made "
    "where "
    "it is not there; without: a new key each time";
inline constexpr const char* kKeepHelp =
    "how long --db keeps sessions and what goes with them (docs/guides/privacy.md); 0: for ever";

void declare_redact_options(CLI::App& command, PrivacyOptions& options);
// What is wrong with the options together; empty: nothing.
std::string contradiction_in(const PrivacyOptions& options);
// nullptr where nothing is to be redacted. Errors: as read_or_create_secret() (app/secret_file.h).
Result<std::unique_ptr<const session::Redactor>> make_redactor(const PrivacyOptions& options);
// Notes on stderr, for redaction alone. That pseudonyms in `database` (empty: none) will not be those of the
// next run; and that entries of `allow`, read from `file`, do not find their clients.
void warn_of_new_names(const PrivacyOptions& options, const std::string& database);
void warn_of_networks(const PrivacyOptions& options, const finding::AllowList& allow,
                      const std::string& file);

// "30" or "30d", at most ten years.
void declare_keep_option(CLI::App& command, std::chrono::seconds& keep);

}  // namespace mogura::app
