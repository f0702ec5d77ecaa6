#include "challenge/own_answer.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kPath = "/.mogura/";

std::string path_of(std::string_view value) {
  return std::string(kPath) + std::string(value);
}

std::string_view start_of(OwnAnswer answer) {
  switch (answer) {
    case OwnAnswer::kSheet:
      return "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n";
    case OwnAnswer::kPage:
      return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    case OwnAnswer::kReceived:
      return "HTTP/1.1 204 No Content\r\n";
    case OwnAnswer::kBack:
    case OwnAnswer::kRedirect:
      return "HTTP/1.1 307 Temporary Redirect\r\n";
    case OwnAnswer::kNone:
      break;
  }
  return "";
}

}  // namespace

unsigned status_of(OwnAnswer answer) {
  switch (answer) {
    case OwnAnswer::kSheet:
    case OwnAnswer::kPage:
      return 200;
    case OwnAnswer::kReceived:
      return 204;
    case OwnAnswer::kBack:
    case OwnAnswer::kRedirect:
      return 307;
    case OwnAnswer::kNone:
      break;
  }
  return 0;
}

OwnAnswer answer_to(std::string_view method, std::string_view path_and_query) {
  if (method != "GET") return OwnAnswer::kReceived;
  return path_behind(path_and_query).empty() ? OwnAnswer::kSheet : OwnAnswer::kBack;
}

std::string_view value_in_path(std::string_view path_and_query) {
  if (!path_and_query.starts_with(kPath)) return {};
  path_and_query.remove_prefix(kPath.size());
  return path_and_query.substr(0, path_and_query.find('?'));
}

std::string_view path_behind(std::string_view path_and_query) {
  const std::size_t at = path_and_query.find('?');
  if (!path_and_query.starts_with(kPath) || at == std::string_view::npos) return {};
  const std::string_view path = path_and_query.substr(at + 1);
  return can_redirect_to(path) ? path : std::string_view();
}

std::string preload_line(std::string_view value) {
  return "Link: <" + path_of(value) + ">; rel=preload; as=style\r\n";
}

std::string report_lines(std::string_view value) {
  return "Link: <//mogura.invalid:1/>; rel=preload; as=fetch; crossorigin\r\n"
         "Content-Security-Policy-Report-Only: connect-src 'self' http://*:80 https://*:443 ws: wss: data: "
         "blob:; report-uri " +
         path_of(value) + "\r\n";
}

std::string refresh_line(std::string_view value, std::string_view path_and_query) {
  return "Refresh: 0; url=" + path_of(value) + "?" + std::string(path_and_query) + "\r\n";
}

std::string location_line(std::string_view path_and_query) {
  return "Location: " + std::string(path_and_query) + "\r\n";
}

bool can_redirect_to(std::string_view path_and_query) {
  // Of "//host/path", the first part would be taken for another host.
  return path_and_query.starts_with('/') && !path_and_query.starts_with("//") &&
         path_and_query.find('\\') == std::string_view::npos;
}

std::string own_head(OwnAnswer answer, std::string_view insert) {
  std::string head(start_of(answer));
  head += insert;
  head += "Cache-Control: no-store\r\n";
  // RFC 9110 §8.6: none with 204.
  if (answer != OwnAnswer::kReceived) head += "Content-Length: 0\r\n";
  return head;
}

}  // namespace mogura::challenge
