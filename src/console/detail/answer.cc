#include "console/detail/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "protocol/http_date.h"

namespace mogura::console::detail {
namespace {

// On every answer, whatever it is.
constexpr std::string_view kAlways =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), "
    "usb=()\r\n";
constexpr std::string_view kHsts = "Strict-Transport-Security: max-age=31536000\r\n";

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Answer";
  }
}

bool is_name_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
         c == '-';
}

bool has_no_length(const Answer& answer) {
  return answer.status == 204 || answer.status == 304 || answer.type == kEventStream;
}

void write_field_if(std::string_view name, std::string_view value, std::string& out) {
  if (!value.empty()) fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
}

}  // namespace

Answer error_answer(unsigned status, std::string_view code, std::string_view message) {
  return answer_of(error_reply(status, code, message));
}

Answer answer_of(Reply reply) {
  Answer answer;
  answer.status = reply.status;
  answer.type = std::move(reply.type);
  if (answer.type.starts_with("text/") || answer.type == "application/json") answer.type += "; charset=utf-8";
  answer.body = std::move(reply.body);
  std::erase_if(reply.file_name, [](char c) { return !is_name_letter(c); });
  answer.file_name = std::move(reply.file_name);
  if (answer.status == 503) answer.retry_after_s = 1;
  return answer;
}

void write_head(const Answer& answer, const HeadOptions& options, std::string& out) {
  auto end = std::back_inserter(out);
  fmt::format_to(end, "HTTP/1.1 {} {}\r\n", answer.status, reason_of(answer.status));
  out += "Date: " + protocol::http_date(options.now) + "\r\n";
  out += kAlways;
  if (options.has_hsts) out += kHsts;
  out += answer.etag.empty() ? "Cache-Control: no-store\r\n" : "Cache-Control: no-cache\r\n";
  write_field_if("ETag", answer.etag, out);
  write_field_if("Set-Cookie", answer.set_cookie, out);
  write_field_if("Allow", answer.allow, out);
  if (answer.retry_after_s != 0) fmt::format_to(end, "Retry-After: {}\r\n", answer.retry_after_s);
  if (!answer.file_name.empty())
    fmt::format_to(end, "Content-Disposition: attachment; filename=\"{}\"\r\n", answer.file_name);
  write_field_if("Content-Type", answer.type, out);
  if (!has_no_length(answer)) fmt::format_to(end, "Content-Length: {}\r\n", answer.content().size());
  if (answer.type == kEventStream) out += "X-Accel-Buffering: no\r\n";
  out += options.keeps_alive ? "\r\n" : "Connection: close\r\n\r\n";
}

}  // namespace mogura::console::detail
