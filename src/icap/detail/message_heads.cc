#include "icap/detail/message_heads.h"

#include <algorithm>

namespace mogura::icap::detail {

using protocol::FieldId;
using protocol::HeadField;

void write_without_ours(std::string_view head, const protocol::RequestHead& request,
                        const challenge::Gate& gate, std::string& out) {
  const char* from = head.data();
  std::string stripped;
  for (const HeadField& field : request.fields()) {
    stripped.clear();
    if (!gate.strip(field, stripped)) continue;
    out.append(from, field.line.data());
    from = field.line.data() + field.line.size();
    if (stripped.empty()) continue;
    const char* const value_end = field.value.data() + field.value.size();
    out.append(field.line.data(), field.value.data());
    out += stripped;
    out.append(value_end, from);
  }
  out.append(from, head.data() + head.size());
}

void write_with_lines(std::string_view head, std::string_view lines, std::string& out) {
  const std::size_t fields = head.size() - std::min<std::size_t>(2, head.size());
  out += head.substr(0, fields);
  out += lines;
  out += head.substr(fields);
}

StartLine start_line_of(std::string_view head) {
  head = head.substr(0, head.find('\r'));
  const std::size_t first = std::min(head.find(' '), head.size());
  StartLine line{.method = head.substr(0, first), .target = {}};
  head.remove_prefix(std::min(first + 1, head.size()));
  line.target = head.substr(0, head.find(' '));
  return line;
}

}  // namespace mogura::icap::detail
