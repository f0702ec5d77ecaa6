#include "icap/detail/answers.h"

#include <fmt/format.h>

#include <iterator>

#include "protocol/http_date.h"

namespace mogura::icap::detail {
namespace {

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 204:
      return "No Modifications Needed";
    case 206:
      return "Partial Content";
    case 404:
      return "Service Not Found";
    case 405:
      return "Method Not Allowed For Service";
    case 408:
      return "Request Timeout";
    case 413:
      return "Too Large";
    case 501:
      return "Method Not Implemented";
    case 503:
      return "Service Overloaded";
    case 505:
      return "ICAP Version Not Supported";
    default:
      return "Bad Request";
  }
}

void write_head(unsigned status, const Common& common, std::string& out) {
  fmt::format_to(std::back_inserter(out), "ICAP/1.0 {} {}\r\nISTag: \"{}\"\r\n", status,
                 reason_phrase(status), common.tag);
  if (!common.pairing.empty()) fmt::format_to(std::back_inserter(out), "X-Mogura: {}\r\n", common.pairing);
  if (common.closes) out += "Connection: close\r\n";
}

}  // namespace

// Transfer-Preview: without it, gateways send whole bodies (RFC 3507 §4.10.2).
void write_options(Method method, const Options& options, const Common& common, std::string& out) {
  write_head(200, common, out);
  fmt::format_to(std::back_inserter(out),
                 "Methods: {}\r\nService: mogura\r\nMax-Connections: {}\r\nOptions-TTL: 3600\r\n"
                 "Allow: 204, 206\r\nPreview: 0\r\nTransfer-Preview: *\r\n"
                 "X-Include: X-Client-IP, X-Client-Port, X-Authenticated-User\r\n"
                 "Encapsulated: null-body=0\r\n\r\n",
                 method == Method::kReqmod ? "REQMOD" : "RESPMOD", options.connections);
}

void write_status(unsigned status, const Common& common, std::string& out) {
  if (status == 100) {
    out += "ICAP/1.0 100 Continue\r\n\r\n";
    return;
  }
  write_head(status, common, out);
  out += "Encapsulated: null-body=0\r\n\r\n";
}

void write_unmodified(const Common& common, std::string& out) {
  write_status(204, common, out);
}

void write_modified(const Modified& what, const Common& common, std::string& out) {
  write_head(what.status, common, out);
  const std::string_view side = what.is_request ? "req" : "res";
  fmt::format_to(std::back_inserter(out), "Encapsulated: {}-hdr=0, {}-body={}\r\n\r\n", side,
                 what.has_body ? side : "null", what.head_bytes);
}

void write_refusal(Timestamp now, std::string_view insert, std::string& head, std::string& page) {
  page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not forwarded</title></head>\n"
      "<body><h1>Not forwarded</h1>\n"
      "<p>This program does not return the cookies it is given, as a browser does. Whoever runs this network "
      "has decided that such programs are not served.</p>\n"
      "<p>If you see this in a browser: allow cookies for this site, then load the page again.</p>\n"
      "</body></html>\n";
  fmt::format_to(std::back_inserter(head),
                 "HTTP/1.1 403 Forbidden\r\nDate: {}\r\nContent-Type: text/html; charset=utf-8\r\n"
                 "Cache-Control: no-store\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n{}\r\n",
                 protocol::http_date(now), page.size(), insert);
}

}  // namespace mogura::icap::detail
