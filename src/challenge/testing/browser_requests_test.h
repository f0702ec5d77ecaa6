#pragma once

// Heads as clients were seen to send them through a proxy, for tests: Chromium 156, Firefox 153, Internet
// Explorer 11 and programs, by kind of request.

#include <string>
#include <string_view>

namespace mogura::challenge::testing {

inline constexpr std::string_view kChromium =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
inline constexpr std::string_view kFirefox =
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
inline constexpr std::string_view kExplorer =
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko";
inline constexpr std::string_view kOldExplorer = "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)";

inline constexpr std::string_view kPageAccept =
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
inline constexpr std::string_view kImageAccept =
    "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8";

inline std::string field(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : std::string(name) + ": " + std::string(value) + "\r\n";
}

// Fields of a browser: a page or a part of one.
inline std::string browser_fields(std::string_view user_agent, bool is_page, std::string_view referer) {
  std::string fields = field("User-Agent", user_agent);
  fields += field("Accept", is_page ? kPageAccept : kImageAccept);
  fields += field("Referer", referer);
  fields += field("Accept-Encoding", "gzip, deflate");
  fields += field("Accept-Language", "en-US,en;q=0.9");
  const bool asks_for_tls = is_page && user_agent != kExplorer;  // which does not know the field
  if (asks_for_tls) fields += field("Upgrade-Insecure-Requests", "1");
  return fields;
}

inline std::string head_text(std::string_view method, std::string_view url, std::string_view host,
                             std::string_view fields) {
  return std::string(method) + " " + std::string(url) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
         std::string(fields) + "\r\n";
}

}  // namespace mogura::challenge::testing
