#pragma once

// The keys of a session line, each with what reads its value into a session.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "logs/detail/json_line.h"
#include "session/session.h"

namespace mogura::logs::detail {

// A session while its line is read.
class SessionFields {
 public:
  explicit SessionFields(session::Session& into) : session(into) {}

  [[nodiscard]] bool has_all() const { return has_start && has_client && has_kind; }
  // What follows from several keys together.
  void finish();

  session::Session& session;
  bool has_start = false;
  bool has_client = false;
  bool has_kind = false;
  bool has_end = false;
};

struct SessionKey {
  std::string_view name;
  bool (*read)(SessionFields&, ondemand::value&);  // false: the value is not one that the key can have
};

// Nothing for unknown keys. `next`: where to look first; set to behind what was found.
const SessionKey* find_session_key(std::string_view name, std::size_t& next);

}  // namespace mogura::logs::detail
