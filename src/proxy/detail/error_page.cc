#include "proxy/detail/error_page.h"

#include <fmt/format.h>

#include <iterator>

#include "base/html.h"
#include "protocol/http_date.h"

namespace mogura::proxy::detail {
namespace {

// Longer texts of requests are cut on the page.
constexpr std::size_t kShown = 512;

void write_shown(std::string_view text, std::string& out) {
  std::string shown(text.substr(0, kShown));
  for (char& c : shown) {
    if (c < ' ' || c >= 0x7F) c = '?';
  }
  out += escape_html(shown);
}

std::string page_text(const ErrorPage& page) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0} {1}</title></head>\n"
      "<body><h1>{0} {1}</h1>\n<p>",
      page.status, reason_phrase(page.status));
  write_shown(page.detail, text);
  text += "</p>\n<p>Answered by the proxy ";
  write_shown(page.name, text);
  fmt::format_to(std::back_inserter(text), ", reason <code>{}</code>.</p></body></html>\n",
                 name_of(page.refusal));
  return text;
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 508:
      return "Loop Detected";
    default:
      return "Error";
  }
}

unsigned status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kClient:
    case Refusal::kPort:
    case Refusal::kDestination:
    case Refusal::kSuspicious:
      return 403;
    case Refusal::kCredentials:
      return 407;
    case Refusal::kHead:
    case Refusal::kScheme:
      return 400;
    case Refusal::kLoop:
      return 508;
    case Refusal::kMaxForwards:
      return 200;
    case Refusal::kExpectation:
      return 417;
    case Refusal::kConnections:
    case Refusal::kResources:
      return 503;
    case Refusal::kName:
    case Refusal::kConnect:
    case Refusal::kResponse:
    case Refusal::kCertificate:
    case Refusal::kTls:
      return 502;
    case Refusal::kConnectTimeout:
    case Refusal::kResponseTimeout:
      return 504;
    case Refusal::kTimeout:
      return 408;
    case Refusal::kMisdirected:
      return 421;
  }
  return 502;
}

void write_error_page(const ErrorPage& page, std::string& out) {
  const std::string text = page_text(page);
  fmt::format_to(std::back_inserter(out),
                 "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: text/html; charset=utf-8\r\n"
                 "Cache-Control: no-store\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n",
                 page.status, reason_phrase(page.status), protocol::http_date(page.now), text.size());
  if (page.status == 407) {
    fmt::format_to(std::back_inserter(out), "Proxy-Authenticate: Basic realm=\"{}\", charset=\"UTF-8\"\r\n",
                   page.realm);
  }
  out += page.insert;
  out += page.keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  if (!page.without_body) out += text;
}

}  // namespace mogura::proxy::detail
