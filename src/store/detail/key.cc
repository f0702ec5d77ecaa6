#include "store/detail/key.h"

#include <string>

#include "base/digest.h"
#include "protocol/registrable_domain.h"

namespace mogura::store::detail {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const unsigned char* bytes = sqlite3_value_text(value);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

bool is_null(sqlite3_value* value) {
  return sqlite3_value_type(value) == SQLITE_NULL;
}

void sql_key(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  if (is_null(values[0])) return sqlite3_result_null(context);
  sqlite3_result_int64(context, key_of(text_of(values[0])));
}

void sql_domain_key(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  if (is_null(values[0])) return sqlite3_result_null(context);
  sqlite3_result_int64(context, key_of(protocol::registrable_domain(text_of(values[0]))));
}

void sql_client_key(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  std::optional<std::string_view> user_agent;
  if (!is_null(values[1])) user_agent = text_of(values[1]);
  sqlite3_result_int64(context, client_key_of(text_of(values[0]), user_agent));
}

using Function = void (*)(sqlite3_context*, int, sqlite3_value**);

}  // namespace

Key key_of(std::string_view text) {
  const auto digest = sha256(as_bytes(text));
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) key = key << 8 | digest[i];
  return key == 0 ? 1 : static_cast<Key>(key);
}

Key key_of(std::initializer_list<std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) all.append(std::to_string(text.size())).append(":").append(text);
  return key_of(all);
}

Key client_key_of(std::string_view client, std::optional<std::string_view> user_agent) {
  return user_agent ? key_of({client, *user_agent}) : key_of({client});
}

Result<void> add_key_functions(Database& database) {
  const struct {
    const char* name;
    int parameters;
    Function function;
  } functions[] = {{"mogura_key", 1, sql_key},
                   {"mogura_domain_key", 1, sql_domain_key},
                   {"mogura_client_key", 2, sql_client_key}};
  for (const auto& row : functions) {
    const int code = sqlite3_create_function_v2(database.handle(), row.name, row.parameters,
                                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                                nullptr, row.function, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(error_of(code, database.handle(), database.path()));
  }
  return {};
}

}  // namespace mogura::store::detail
