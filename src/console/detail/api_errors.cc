#include "console/detail/api_errors.h"

namespace mogura::console::detail {
namespace {

// Names of parameters and keys come from outside and may be long.
constexpr std::size_t kNameBytes = 64;

// SQLite's words for what another process holds at the moment.
bool is_busy(const Error& error) {
  return error.code == ErrorCode::kIo && error.cause.find("is locked") != std::string::npos;
}

}  // namespace

Reply bad_request(std::string_view name, std::string_view cause) {
  std::string message(name.substr(0, kNameBytes));
  if (!message.empty()) message += ": ";
  message += cause;
  return error_reply(400, "bad-request", message);
}

Reply not_found(std::string_view what) {
  return error_reply(404, "not-found", what);
}

Reply read_only(std::string_view why) {
  return error_reply(403, "read-only", why);
}

Reply reply_of_archive(const Error& error, OnUsage on_usage) {
  if (is_busy(error)) return error_reply(503, "busy", "the database is busy; try again");
  switch (error.code) {
    case ErrorCode::kUsage:
      return on_usage == OnUsage::kNotFound ? not_found(error.message())
                                            : error_reply(400, "bad-request", error.message());
    case ErrorCode::kLimit:
      return error_reply(503, "busy", error.message());
    case ErrorCode::kIo:
    case ErrorCode::kFormat:
    case ErrorCode::kTruncated:
    case ErrorCode::kUnsupported:
      break;
  }
  return error_reply(500, "failed", error.message());
}

Reply reply_of_workshop(const Error& error) {
  if (is_busy(error)) return error_reply(503, "busy", "the database is busy; try again");
  switch (error.code) {
    case ErrorCode::kUsage:
      return not_found(error.message());
    case ErrorCode::kFormat:
      return error_reply(400, "bad-request", error.message());
    case ErrorCode::kLimit:
      return error_reply(413, "too-large", error.message());
    case ErrorCode::kUnsupported:
      return error_reply(409, "conflict", error.message());
    case ErrorCode::kIo:
    case ErrorCode::kTruncated:
      break;
  }
  return error_reply(500, "failed", error.message());
}

}  // namespace mogura::console::detail
