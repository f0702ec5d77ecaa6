#include "logs/session_line.h"

#include <array>
#include <optional>
#include <utility>

#include "logs/detail/json_line.h"
#include "logs/detail/session_keys.h"
#include "logs/log_source.h"

namespace mogura::logs {

struct SessionLineParser::Impl {
  detail::JsonLine json;
  std::size_t next_key = 0;  // where in the table the next key is looked for first
};

SessionLineParser::SessionLineParser() : impl_(std::make_unique<Impl>()) {}
SessionLineParser::~SessionLineParser() = default;
SessionLineParser::SessionLineParser(SessionLineParser&&) noexcept = default;
SessionLineParser& SessionLineParser::operator=(SessionLineParser&&) noexcept = default;

Result<void> SessionLineParser::parse(std::string_view line, session::Session& session) {
  session.clear();
  detail::SessionFields fields(session);
  std::string_view wrong;
  std::size_t& next = impl_->next_key;
  next = 0;
  const bool is_object = impl_->json.read(line, [&](std::string_view name, detail::ondemand::value value) {
    const detail::SessionKey* const key = detail::find_session_key(name, next);
    if (key == nullptr || detail::is_null(value) || key->read(fields, value)) return true;
    wrong = key->name;
    return false;
  });
  if (!wrong.empty()) {
    return fail(ErrorCode::kFormat, {}, std::string(wrong) + " has a value that it cannot have");
  }
  if (!is_object) return fail(ErrorCode::kFormat, {}, "not one JSON object");
  if (!fields.has_all()) return fail(ErrorCode::kFormat, {}, "start, client_ip or kind is missing");
  fields.finish();
  return {};
}

Result<void> parse_session_line(std::string_view line, session::Session& session) {
  thread_local SessionLineParser parser;
  return parser.parse(line, session);
}

}  // namespace mogura::logs
