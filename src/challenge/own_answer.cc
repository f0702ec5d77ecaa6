#include "challenge/own_answer.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kPath = "/.mogura/";

}  // namespace

std::string_view value_in_path(std::string_view path_and_query) {
  if (!path_and_query.starts_with(kPath)) return {};
  return path_and_query.substr(kPath.size());
}

std::string link_line(std::string_view value) {
  return "Link: <" + std::string(kPath) + std::string(value) + ">; rel=preload; as=style\r\n";
}

bool can_redirect_to(std::string_view path_and_query) {
  // Of "//host/path", the first part would be taken for another host.
  return path_and_query.starts_with('/') && !path_and_query.starts_with("//") &&
         path_and_query.find('\\') == std::string_view::npos;
}

std::string own_head(OwnAnswer answer, std::string_view path_and_query, std::string_view insert) {
  std::string head;
  if (answer == OwnAnswer::kRedirect) {
    head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: " + std::string(path_and_query) + "\r\n";
  } else {
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n";
  }
  head += insert;
  head += "Cache-Control: no-store\r\nContent-Length: 0\r\n";
  return head;
}

}  // namespace mogura::challenge
