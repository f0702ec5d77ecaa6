#include "app/judging_parts.h"

#include <sys/random.h>

#include <array>

#include "app/privacy_options.h"
#include "app/read_file.h"
#include "app/secret_file.h"
#include "base/check.h"
#include "challenge/exemptions.h"
#include "store/state_memory.h"
#include "store/state_redis.h"

namespace mogura::app {
namespace {

constexpr std::size_t kExemptionBytes = std::size_t{16} << 20;

challenge::Secret throwaway_secret() {
  std::array<std::uint8_t, challenge::Secret::kBytes> bytes{};
  MOGURA_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return challenge::Secret(bytes);
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  MOGURA_CHECK(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
  return seed;
}

}  // namespace

Result<void> JudgingParts::open(const proxy::Options& options, bool is_quiet,
                                const std::function<void(const std::string&)>& note) {
  suspects_ = std::make_shared<SuspectBoard>(random_seed());
  const std::string& file = options.challenge.secret_file;
  if (Result<void> opened = open_secret(file); !opened) return opened;
  if (file.empty() && !is_quiet && options.challenge.policy.mode != challenge::Mode::kOff) {
    note("no --secret: cookies of this run mean nothing to the next one, nor to another proxy");
  }
  return open_state(options, note);
}

Result<void> JudgingParts::open_secret(const std::string& file) {
  if (file.empty()) {
    secret_.emplace(throwaway_secret());
    return {};
  }
  Result<challenge::Secret> secret = read_or_create_secret(file);
  if (!secret) return tl::unexpected(secret.error());
  secret_.emplace(std::move(*secret));
  return {};
}

Result<void> JudgingParts::open_state(const proxy::Options& options,
                                      const std::function<void(const std::string&)>& note) {
  const proxy::StateOptions& wanted = options.state;
  if (wanted.store == "memory") {
    store::StateMemoryOptions memory;
    memory.entries = wanted.entries;
    memory.ttl = wanted.ttl;
    memory.machine = options.challenge.policy.machine;
    memory.snapshot = wanted.snapshot;
    std::string warning;
    auto opened = store::open_state_memory(memory, warning);
    if (!opened) return tl::unexpected(opened.error());
    if (!warning.empty()) note(warning);
    state_ = std::move(*opened);
    return {};
  }
  store::StateRedisOptions redis;
  redis.url = wanted.store;
  redis.ttl = wanted.ttl;
  redis.deadline = wanted.redis_deadline;
  redis.machine = options.challenge.policy.machine;
  auto opened = store::open_state_redis(redis);
  if (!opened) return tl::unexpected(opened.error());
  state_ = std::move(*opened);
  return {};
}

Result<JudgingParts::Gate> JudgingParts::make_gate(const proxy::Options& options) const {
  auto exemptions = std::make_shared<challenge::Exemptions>();
  for (const std::string& path : options.challenge.exempt_files) {
    const Result<std::string> text = read_file(path, kExemptionBytes);
    if (!text) return tl::unexpected(text.error());
    if (const Result<void> added = exemptions->add(*text, path); !added) return tl::unexpected(added.error());
  }
  if (options.challenge.built_in_exemptions) exemptions->add_built_in();
  return std::make_shared<const challenge::Gate>(options.challenge.policy, *secret_, std::move(exemptions),
                                                 suspects_);
}

Result<std::unique_ptr<ProxySessions>> open_sessions(const proxy::Options& options,
                                                     std::shared_ptr<SuspectBoard> suspects,
                                                     bool sees_sessions) {
  const proxy::Logs& logs = options.logs;
  if (logs.database.empty()) return nullptr;
  Result<store::Store> opened = store::Store::open(logs.database);
  if (!opened) return tl::unexpected(opened.error());
  auto redactor = make_redactor({logs.redact == proxy::Redaction::kClients, logs.redact_key});
  if (!redactor) return tl::unexpected(redactor.error());
  return std::make_unique<ProxySessions>(
      std::move(*opened), std::chrono::days(logs.keep_days), std::move(*redactor),
      ProxySessions::Prefilter{options.challenge.population, options.challenge.refresh, std::move(suspects),
                               sees_sessions});
}

Exit exit_of(const Error& error, bool are_inputs_read) {
  const bool makes_no_sense = error.code == ErrorCode::kUsage || error.code == ErrorCode::kFormat;
  if (makes_no_sense || (error.code == ErrorCode::kLimit && !are_inputs_read)) return Exit::kUsage;
  return error.code == ErrorCode::kIo && !are_inputs_read ? Exit::kInput : Exit::kFailure;
}

}  // namespace mogura::app
