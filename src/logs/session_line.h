#pragma once

// Reads session lines back (docs/formats/session.md): the reader that parse_session_line() of log_source.h
// uses, for whoever reads many. Keys may come in any order; in the writer's they are found at once. One
// thread.

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "session/session.h"

namespace mogura::logs {

class SessionLineParser {
 public:
  SessionLineParser();
  ~SessionLineParser();
  SessionLineParser(SessionLineParser&&) noexcept;
  SessionLineParser& operator=(SessionLineParser&&) noexcept;

  // Clears and fills `session`, which keeps its memory. Errors (kFormat), after which it holds anything: not
  // one JSON object; a known key with a value that the format does not allow, by its name; no `start`,
  // `client_ip` or `kind`.
  Result<void> parse(std::string_view line, session::Session& session);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::logs
