#pragma once

// The pages' questions and actions (docs/formats/console-api.md): a request in, JSON or CSV out. No sockets;
// the clock comes in. One Api per thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "console/message.h"
#include "console/workshop.h"
#include "report/archive.h"

namespace mogura::console {

struct ApiContext {
  report::Archive& archive;
  Workshop& workshop;
  std::function<Timestamp()> now;
  std::string version;
  bool is_read_only = false;  // actions are refused
};

class Api {
 public:
  explicit Api(ApiContext context);
  ~Api();
  Api(Api&&) noexcept;

  // Any path under /api/ but for /api/login, /api/logout, /api/session and the live events, which are the
  // server's. The server has checked who asks, and the token where something is to be changed. Takes as long
  // as the archive does; previews, drafts and whois take seconds.
  Reply handle(const Request& request);

  // Server-sent events (WHATWG HTML §9.2) for what was stored after `cursor`, which moves on; empty where
  // there is nothing new. A cursor below zero stands for "from now on", one from a client's Last-Event-ID for
  // that alert; otherwise it is what the call before left in it, and nobody else's to read.
  std::string live_events(std::int64_t& cursor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::console
