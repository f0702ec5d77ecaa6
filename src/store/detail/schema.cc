#include "store/detail/schema.h"

#include <array>
#include <string>

#include "store/detail/key.h"
#include "store/detail/schema_steps.h"

namespace mogura::store::detail {
namespace {

constexpr std::array<const char*, 3> kMigrations{kSchema1, kSchema2, kSchema3};

Result<void> take_step(Database& database, std::span<const char* const> steps, std::size_t& version) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  // Another process may have been faster.
  const auto found = database.integer("PRAGMA user_version");
  if (!found) return tl::unexpected(found.error());
  version = static_cast<std::size_t>(*found);
  if (version >= steps.size()) return {};
  std::string sql = steps[version];
  sql += "\nPRAGMA application_id = " + std::to_string(kApplicationId) + ";";
  sql += "\nPRAGMA user_version = " + std::to_string(version + 1) + ";";
  if (auto done = database.execute(sql.c_str()); !done) return done;
  if (auto done = transaction->commit(); !done) return done;
  ++version;
  return {};
}

}  // namespace

std::span<const char* const> migrations() {
  return kMigrations;
}

Result<void> check_schema(Database& database, std::size_t known) {
  // Of one moment: another process may just be making the tables.
  const auto snapshot = Snapshot::begin(database);
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  const auto application = database.integer("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return tl::unexpected(objects.error());
  if (*application == 0 && *version == 0 && *objects == 0) return {};
  if (*application != kApplicationId || *version < 1) {
    return fail(ErrorCode::kFormat, database.path(), "is a database of another program");
  }
  if (std::cmp_greater(*version, known)) {
    return fail(ErrorCode::kUnsupported, database.path(),
                "was written by a newer version: its schema is " + std::to_string(*version) +
                    ", this one knows " + std::to_string(known));
  }
  return {};
}

Result<void> migrate(Database& database, std::span<const char* const> steps) {
  if (auto done = add_key_functions(database); !done) return done;
  const auto found = database.integer("PRAGMA user_version");
  if (!found) return tl::unexpected(found.error());
  auto version = static_cast<std::size_t>(*found);
  while (version < steps.size()) {
    if (auto done = take_step(database, steps, version); !done) return done;
  }
  return {};
}

}  // namespace mogura::store::detail
