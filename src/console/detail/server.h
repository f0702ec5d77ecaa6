#pragma once

// The console's server: one loop on one thread does all input and output, workers do what takes time. What is
// said of the public interface (console.h) holds here; everything marked so is for connections, on the loop.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "console/console.h"
#include "console/detail/asio.h"
#include "console/detail/asked.h"
#include "console/detail/channel.h"
#include "console/detail/desk.h"
#include "console/detail/live_hub.h"
#include "console/detail/tuning.h"
#include "console/detail/workers.h"

namespace mogura::console::detail {

class Connection;

class Server {
 public:
  static Result<std::unique_ptr<Server>> open(const Options& options, Surroundings surroundings,
                                              const Tuning& tuning = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  void stop();
  void reload();
  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }

  // --- for connections ---
  void enlist(Connection& connection);
  void delist(Connection& connection);
  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] const Tuning& tuning() const { return tuning_; }
  [[nodiscard]] const Site& site() const { return site_; }
  [[nodiscard]] Desk& desk() { return *desk_; }
  [[nodiscard]] Workers& workers() { return workers_; }
  [[nodiscard]] LiveHub& hub() { return hub_; }
  [[nodiscard]] std::size_t& large_answers() { return large_answers_; }  // being written
  void note(const std::string& line) const;

 private:
  Server(const Options& options, Surroundings surroundings, const Tuning& tuning);
  Result<void> open_files();
  Result<void> listen();
  Awaitable<void> accept();
  void take(Socket socket);
  bool has_room_for(const Address& client);
  Awaitable<void> sweep();
  void look_for_news();
  void look_at_files(bool is_asked);
  void renew(Result<std::shared_ptr<const Credentials>> credentials, Result<Channel::Tls> tls);
  [[nodiscard]] Result<Channel::Tls> load_tls() const;

  const Options options_;
  const Surroundings surroundings_;
  const Tuning tuning_;
  Site site_;
  Endpoint endpoint_;

  Workers workers_;
  boost::asio::io_context context_{1};
  Acceptor acceptor_;
  Timer sweep_timer_;
  std::unique_ptr<Desk> desk_;
  LiveHub hub_;
  Channel::Tls tls_;
  std::vector<Connection*> connections_;
  std::map<Address, std::size_t> by_client_;
  std::size_t large_answers_ = 0;
  std::vector<std::int64_t> files_stamp_;
  Moment next_tick_{}, next_file_check_{}, next_note_{};
  bool looks_for_news_ = false, reads_files_ = false;
  bool is_stopping_ = false;

  std::mutex mutex_;  // guards is_empty_
  std::condition_variable emptied_;
  bool is_empty_ = true;  // no connections
  bool is_started_ = false;
  std::thread thread_;
};

}  // namespace mogura::console::detail
