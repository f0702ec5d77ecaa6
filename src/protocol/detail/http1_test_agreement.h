#pragma once

// For tests and fuzzers: whether a partial head says nothing but what the whole head says.

#include <string>
#include <string_view>

#include "protocol/authority.h"
#include "protocol/http1.h"

namespace mogura::protocol::detail {

// Whether what was seen of a joined field is the whole, or its first lines. A value that was cut at `limit`
// cannot tell more than how it begins.
inline bool is_list_beginning(std::string_view seen, std::string_view whole, std::size_t limit) {
  if (seen == whole || seen.empty()) return true;
  if (!whole.starts_with(seen)) return false;
  return whole.size() == limit || whole.substr(seen.size()).starts_with(", ");
}

inline bool target_agrees(const Http1Head& partial, const Http1Head& whole) {
  if (!partial.is_target_cut) return partial.target == whole.target;
  if (partial.target.empty()) return true;
  return whole.target.starts_with(partial.target) &&
         parse_absolute_target(partial.target) == parse_absolute_target(whole.target);
}

// Names the first thing that disagrees; empty if there is none. `text_bytes` is the limit both were read
// with.
inline std::string_view disagreement(const Http1Head& partial, const Http1Head& whole,
                                     std::size_t text_bytes) {
  if (!partial.is_partial || whole.is_partial) return "is_partial";
  if (partial.method != whole.method) return "method";
  if (!target_agrees(partial, whole)) return "target";
  if (partial.status != whole.status) return "status";
  if ((partial.fields & ~whole.fields) != 0) return "fields";
  // Where they were not seen to their end they must be absent; otherwise the first line is all that counts.
  if (partial.host != (partial.has(Http1Head::kHost) ? whole.host : "")) return "host";
  if (partial.user_agent != (partial.has(Http1Head::kUserAgent) ? whole.user_agent : "")) return "user_agent";
  for (const auto list : {&Http1Head::via, &Http1Head::x_forwarded_for, &Http1Head::forwarded,
                          &Http1Head::upgrade, &Http1Head::server, &Http1Head::content_type}) {
    if (!is_list_beginning(partial.*list, whole.*list, text_bytes)) return "list";
  }
  if (partial.connection_upgrade && !whole.connection_upgrade) return "connection_upgrade";
  if (partial.connection_close && !whole.connection_close) return "connection_close";
  if (partial.head_bytes >= whole.head_bytes || partial.field_count > whole.field_count) return "counts";
  return {};
}

}  // namespace mogura::protocol::detail
