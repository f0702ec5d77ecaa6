#include "report/detail/html_text.h"

#include "base/html.h"
#include "report/text_width.h"
#include "report/utf8.h"

namespace mogura::report::detail {

std::string escape_html(std::string_view text) {
  return mogura::escape_html(escape_for_terminal(text));
}

void append_json_for_html(std::string& out, std::string_view json) {
  std::size_t written = 0;
  for (std::size_t i = json.find_first_of("<>&"); i != std::string_view::npos;
       i = json.find_first_of("<>&", written)) {
    out += json.substr(written, i - written);
    out += json[i] == '<' ? "\\u003c" : json[i] == '>' ? "\\u003e" : "\\u0026";
    written = i + 1;
  }
  out += json.substr(written);
}

std::string cut_text(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= bytes) return std::string(text);
  if (bytes < kEllipsis.size()) return {};
  std::size_t end = 0;
  while (true) {
    const std::size_t size = first_character(text.substr(end)).size;
    if (end + size > bytes - kEllipsis.size()) break;
    end += size;
  }
  return std::string(text.substr(0, end)).append(kEllipsis);
}

}  // namespace mogura::report::detail
