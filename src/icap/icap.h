#pragma once

// The challenge beside somebody else's proxy: an ICAP server (RFC 3507, with the partial content of
// draft-icap-ext-partial-content) with two services, /reqmod and /respmod, of which a gateway such as Squid
// asks both. One event loop per thread. What is judged, challenge::Gate judges; whatever cannot be judged is
// passed as it came.
//
//   Icap::open() ─ binds, so that errors are seen ─► start() ─ loops run ─► reload()* ─► stop()

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "challenge/gate.h"
#include "challenge/state_store.h"
#include "icap/counters.h"
#include "icap/metrics.h"
#include "icap/options.h"
#include "service/event.h"
#include "session/session.h"

namespace mogura::icap {

// What the service is given by whoever runs it. The store must outlive it.
struct Surroundings {
  challenge::StateStore* store = nullptr;  // nullptr: nothing is judged
  std::shared_ptr<const challenge::Gate> gate;
  service::EventObserver on_event{};  // called on the loops' threads
  // Each exchange, when its response has come, or does not come any more (cached ones never do); a CONNECT at
  // once. Called on the loops' threads, and by stop().
  std::function<void(const session::Session&)> on_session{};
};

class Icap {
 public:
  // Binds all addresses. Errors: kIo (address in use, events' file cannot be opened).
  static Result<std::unique_ptr<Icap>> open(const Options& options, Surroundings surroundings);
  ~Icap();

  void start();
  // Takes over a changed configuration without refusing a connection; requests under way end by the old one.
  // What cannot change while running (listen, threads, events) is left and named in the result. The events'
  // file is opened anew.
  std::vector<std::string> reload(const Options& options, std::shared_ptr<const challenge::Gate> gate);
  void reopen_logs();
  // Stops accepting, lets what is under way end for Options::stop, then cuts it. May be called again.
  void stop();

  // Bound addresses: with port 0 asked for, the ports that were given.
  [[nodiscard]] std::vector<Endpoint> endpoints() const;
  // Of each loop; valid as long as this.
  [[nodiscard]] std::vector<const Counters*> counters() const;
  // What it has for metrics: all but the database's losses. Valid as long as this.
  [[nodiscard]] MetricsSource metrics_source() const;
  [[nodiscard]] std::size_t waiting() const;  // requests whose responses have not come

 private:
  struct Impl;
  explicit Icap(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::icap
