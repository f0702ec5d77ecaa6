#pragma once

// One client's connection: reads heads, one after the other, and has an Exchange serve each. Lives in its
// coroutine; belongs to one loop.

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "challenge/gate.h"
#include "protocol/strict_head.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/error_page.h"
#include "proxy/detail/inbox.h"
#include "proxy/detail/log_lines.h"
#include "proxy/detail/loop.h"
#include "proxy/detail/stream.h"
#include "session/recorder.h"

namespace mogura::proxy::detail {

// Of the system's clock.
Timestamp wall_clock();

class ClientConnection {
 public:
  ClientConnection(Loop& loop, Socket socket, const Endpoint& client, const Endpoint& local);
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  static Awaitable<void> run(std::unique_ptr<ClientConnection> connection);

  // From the loop: nothing new is begun; an idle connection ends now.
  void wind_down();
  void cut();
  // A few times a second.
  void sweep(std::int64_t now_ms);

 private:
  friend class Exchange;
  friend class Tunnel;

  Awaitable<void> serve_all();
  // False: the connection is over (and what was to be answered has been).
  Awaitable<bool> read_head(std::size_t& head_bytes);
  Awaitable<Io> read_more(Millis patience);
  Awaitable<void> refuse_head(protocol::HeadRefusal refusal);
  // Closes so that what was sent arrives although more is coming in (RFC 9112 §9.6).
  Awaitable<void> linger();
  void write_access(const AccessRecord& record);  // into the access log, where there is one
  void finish_session();
  void give_up_kept();

  // Bytes as the client sent or received them: counted, and recorded where sessions are wanted.
  void note(session::Direction direction, std::string_view bytes);

  Loop& loop_;
  Stream stream_;
  const Endpoint client_, local_;
  const std::uint32_t number_;
  std::shared_ptr<const Settings> settings_;
  Inbox inbox_, answer_;  // from the client; from the origin
  protocol::RequestHead request_;
  protocol::ResponseHead response_;
  challenge::Exchange judged_;
  // Of the exchange under way; here, so that their memory is used again.
  std::string head_, line_, pool_key_, content_type_;
  std::optional<session::Recorder> recorder_;
  Stream* origin_ = nullptr;  // of the exchange under way, to be cut with this
  // The connection to an origin that served the last request and may serve the next. After a second of
  // idleness it goes to the loop's pool, for others.
  struct Kept {
    std::unique_ptr<Stream> stream;
    Endpoint server;
    std::string key;
  };
  Kept kept_;
  std::int64_t idle_since_ms_ = 0;
  bool awaits_answer_ = false;  // nothing is read from or written to the client meanwhile
  Timestamp first_byte_{};      // of the head at the front of inbox_
  std::int64_t head_until_ms_ = 0;
  bool is_idle_ = true, is_winding_down_ = false, lingers_ = false;
  std::array<std::uint64_t, 8> told_{};  // what was not judged and has been said: hashes of host and reason
  std::size_t told_next_ = 0;
};

}  // namespace mogura::proxy::detail
