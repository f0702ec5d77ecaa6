#include "app/privacy_options.h"

#include <fmt/format.h>
#include <string.h>  // explicit_bzero
#include <sys/random.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>

#include "app/secret_file.h"
#include "base/check.h"

namespace mogura::app {
namespace {

constexpr std::string_view kPurpose = "mogura-redaction-1";
constexpr unsigned kMostDays = 3650;

using Key = std::array<std::uint8_t, session::Redactor::kKeyBytes>;

// What the file is used for is part of the key: it could be that of the proxy's cookies by mistake.
Result<Key> read_key(const std::string& path) {
  const Result<challenge::Secret> secret = read_or_create_secret(path);
  if (!secret) return tl::unexpected(secret.error());
  return secret->hmac(kPurpose);
}

Key random_key() {
  Key key{};
  MOGURA_CHECK(getrandom(key.data(), key.size(), 0) == static_cast<ssize_t>(key.size()));
  return key;
}

std::optional<unsigned> parse_days(std::string_view text) {
  if (text.ends_with('d')) text.remove_suffix(1);
  unsigned days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (error != std::errc() || end != text.data() + text.size() || days > kMostDays) return std::nullopt;
  return days;
}

}  // namespace

void declare_redact_options(CLI::App& command, PrivacyOptions& options) {
  command
      .add_option_function<std::string>(
          "--redact", [&options](const std::string&) { options.redact_clients = true; }, kRedactHelp)
      ->type_name("WHAT")
      ->check(CLI::IsMember({"clients"}))
      ->group("Output");
  command.add_option("--redact-key", options.redact_key, kRedactKeyHelp)
      ->type_name("FILE")
      ->check([](const std::string& path) { return path.empty() ? "the name is empty" : ""; })
      ->group("Advanced");
}

std::string contradiction_in(const PrivacyOptions& options) {
  if (!options.redact_key.empty() && !options.redact_clients) return "--redact-key is for --redact";
  return {};
}

Result<std::unique_ptr<const session::Redactor>> make_redactor(const PrivacyOptions& options) {
  if (!options.redact_clients) return nullptr;
  Result<Key> key = options.redact_key.empty() ? random_key() : read_key(options.redact_key);
  if (!key) return tl::unexpected(key.error());
  auto redactor = std::make_unique<const session::Redactor>(*key);
  explicit_bzero(key->data(), key->size());
  return redactor;
}

void warn_of_new_names(const PrivacyOptions& options, const std::string& database) {
  if (!options.redact_clients || !options.redact_key.empty() || database.empty()) return;
  fmt::print(stderr,
             "mogura: no --redact-key: the next run gives clients other pseudonyms, and {} will have both\n",
             database);
}

void warn_of_networks(const PrivacyOptions& options, const finding::AllowList& allow,
                      const std::string& file) {
  if (!options.redact_clients) return;
  for (const finding::Allowed& entry : allow.entries()) {
    if (!entry.network) continue;
    fmt::print(stderr, "mogura: {} line {}: a network finds no redacted clients, only destinations\n", file,
               entry.line);
  }
}

void declare_keep_option(CLI::App& command, std::chrono::seconds& keep) {
  command
      .add_option_function<std::string>(
          "--keep", [&keep](const std::string& text) { keep = std::chrono::days(*parse_days(text)); },
          kKeepHelp)
      ->type_name("DAYS")
      ->default_str("30")
      ->group("Output")
      ->check([](const std::string& text) {
        return parse_days(text) ? std::string() : text + " is no number of days from 0 to 3650";
      });
}

}  // namespace mogura::app
