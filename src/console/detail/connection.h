#pragma once

// One client's connection: reads requests, one after the other, has them judged and planned (asked.h,
// desk.h), and writes the answers. Lives in its coroutine; the loop's.

#include <array>
#include <memory>
#include <string>

#include "base/address.h"
#include "console/detail/answer.h"
#include "console/detail/asio.h"
#include "console/detail/asked.h"
#include "console/detail/channel.h"
#include "console/detail/desk.h"
#include "console/detail/live_hub.h"
#include "protocol/strict_head.h"

namespace mogura::console::detail {

class Server;

class Connection {
 public:
  Connection(Server& server, Socket socket, Channel::Tls tls, const Endpoint& client, const Address& local);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static Awaitable<void> run(std::unique_ptr<Connection> connection);

  // From the loop: nothing new is begun; an idle connection ends now.
  void wind_down();
  void cut();
  void sweep(Moment now) { channel_.sweep(now); }
  [[nodiscard]] const Address& client() const { return client_.address; }

 private:
  struct Done;

  Awaitable<void> serve_all();
  // False: the connection is over, as for all of these.
  Awaitable<bool> read_head(std::size_t& head_bytes);
  Awaitable<bool> read_body(const Asked& asked, std::string& body);
  Awaitable<bool> read_more(Moment until);
  Awaitable<bool> serve_one(std::size_t head_bytes);
  Awaitable<bool> serve(Asked asked, Visitor visitor);
  Awaitable<bool> run_job(std::shared_ptr<Plan> plan);
  Awaitable<bool> find_start(std::shared_ptr<Plan> plan);
  Awaitable<void> serve_live(LiveWish wish);
  Awaitable<bool> send(const Answer& answer, bool is_head, bool keeps_alive);
  Awaitable<bool> write(const Answer& answer, bool is_head, bool keeps_alive);
  // For what is not read to its end.
  Awaitable<bool> send_last(const Answer& answer);

  Server& server_;
  Channel channel_;
  const Endpoint client_;
  const Address local_;  // that the client came to
  protocol::RequestHead head_;
  std::string inbox_, out_;
  std::array<char, 16384> scratch_;
  std::shared_ptr<Done> waits_for_;  // a job
  bool is_idle_ = true, is_winding_down_ = false, lingers_ = false;
  bool is_known_ = false;  // the last request was somebody's who may look
  bool asks_localhost_ = true;
};

}  // namespace mogura::console::detail
