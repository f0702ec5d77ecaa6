#pragma once

// One client's connection: reads heads, one after the other, and has an Exchange serve each. Lives in its
// coroutine; belongs to one loop.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "challenge/gate.h"
#include "protocol/strict_head.h"
#include "protocol/tls.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/error_page.h"
#include "proxy/detail/http2_edge.h"
#include "proxy/detail/http2_origins.h"
#include "proxy/detail/inbox.h"
#include "proxy/detail/log_lines.h"
#include "proxy/detail/loop.h"
#include "proxy/detail/stream.h"
#include "session/recorder.h"

namespace mogura::proxy::detail {

// Of the system's clock.
Timestamp wall_clock();

// HTTPS that was opened: the connection is one to this origin from then on.
struct Inside {
  std::shared_ptr<const Interception> interception;
  std::string host;  // of the CONNECT, as is the port
  std::uint16_t port = 0;
  std::string name;  // what the certificates are for
  std::vector<std::string> protocols;
  std::shared_ptr<Http2Origins> origins;  // of all its conversations
  bool speaks_http2 = false;              // the client does
  std::string user;
  // Each request is answered with this: the origin could not be trusted.
  std::optional<std::pair<Refusal, std::string>> failure;
  bool was_asked = false;  // a request came
  // The client's, until a request inside was compared with it; its conversations share it.
  std::shared_ptr<std::optional<protocol::ClientHello>> hello;
};

class ClientConnection {
 public:
  // `is_conversation`: of a client that speaks HTTP/2; its connection is counted and recorded already.
  ClientConnection(Loop& loop, Socket socket, const Endpoint& client, const Endpoint& local,
                   bool is_conversation = false);
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

  // Bytes as the client sent or received them: counted, and recorded where sessions are wanted. What is
  // inside TLS is not: of that, note_wire() is told the records, as a capture would have them.
  void note(session::Direction direction, std::string_view bytes) {
    if (!stream_.is_encrypted() && !is_conversation_) note_wire(direction, bytes);
  }
  void note_wire(session::Direction direction, std::string_view bytes);
  // The client has refused our certificate for inside_'s name, or says nothing and goes. `why`: a sentence.
  void learn_bypass(const std::string& name, bool is_silent, std::string why);
  [[nodiscard]] bool is_no_http() const;
  void look_back();                // after the last request of inside_
  Awaitable<void> relay_inside();  // what is no HTTP
  Awaitable<void> serve_http2();
  // One stream of the client's, or more one after the other: a connection like this, inside what this one has
  // opened.
  std::optional<Http2Edge::Channel> converse();

  Loop& loop_;
  Stream stream_;
  const Endpoint client_, local_;
  const bool is_conversation_;
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
    bool is_fresh = false;  // it has served nobody yet
  };
  Kept kept_;
  std::optional<Inside> inside_;
  std::int64_t idle_since_ms_ = 0;
  bool awaits_answer_ = false;  // nothing is read from or written to the client meanwhile
  Timestamp first_byte_{};      // of the head at the front of inbox_
  std::int64_t head_until_ms_ = 0;
  bool is_idle_ = true, is_winding_down_ = false, lingers_ = false;
  bool client_ended_ = false;
  Http2Edge* edge_ = nullptr;            // while the client speaks HTTP/2
  std::array<std::uint64_t, 8> told_{};  // what was not judged and has been said: hashes of host and reason
  std::size_t told_next_ = 0;
};

}  // namespace mogura::proxy::detail
