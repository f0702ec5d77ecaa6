#pragma once

// Requests that were judged, until their responses come: REQMOD and RESPMOD of one transaction are two ICAP
// requests, on any two connections. The gateway brings back the id that it was given (Squid:
// adaptation_masterx_shared_names); else client, port, method, target and User-Agent have to do, of which
// the latest request is taken. Bounded in number and time: responses out of a gateway's cache never come
// here. Each request leaves once: taken by its response, or dropped without. Any thread.

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "challenge/gate.h"
#include "icap/detail/exchange_session.h"
#include "icap/detail/settings.h"

namespace mogura::icap::detail {

// Not 0. Ids begin there: those of a service that ran before name nothing.
std::uint64_t random_id();

// A judged request. Views in `exchange` are into the strings beside it: made once, not moved.
struct Judged {
  // Takes the texts that `exchange` refers to.
  Judged(std::shared_ptr<const Settings> by, challenge::Exchange&& of, std::string_view method_of,
         std::string_view url_of);
  [[nodiscard]] AskedTexts texts() const { return {method, url, host, user_agent}; }
  Judged(const Judged&) = delete;
  Judged& operator=(const Judged&) = delete;

  const std::shared_ptr<const Settings> settings;  // whose gate judged it
  challenge::Exchange exchange;
  std::string method, url, user_agent, host, path, user;
  std::uint64_t connection = 0;  // of client and port; 0: the port is not known
  AskedFigures asked{};          // where sessions are kept
};

class Pending {
 public:
  static constexpr std::size_t kEntries = 32'768;  // beyond, the oldest goes
  static constexpr Duration kKept = std::chrono::minutes(5);

  // Told of requests whose responses do not come any more; set before the first put(). On the thread that
  // calls, with nothing locked.
  std::function<void(const Judged&)> on_dropped;

  // Answers the id that names it from now on. `trait`: what it can be found by without; 0: nothing.
  std::uint64_t put(std::unique_ptr<Judged> judged, std::uint64_t trait, Timestamp now);
  // nullptr: there is none, or not any more.
  std::unique_ptr<Judged> take(std::uint64_t id);
  std::unique_ptr<Judged> take_by_trait(std::uint64_t trait);
  void drop_all();
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::uint64_t id = 0, trait = 0;
    Timestamp since{};
    std::unique_ptr<Judged> judged;
  };
  using Entries = std::list<Entry>;
  std::unique_ptr<Judged> remove(Entries::iterator entry);
  void tell(const std::vector<std::unique_ptr<Judged>>& dropped) const;

  mutable std::mutex mutex_;  // guards the rest
  std::uint64_t next_id_ = random_id();
  Entries entries_;  // oldest first
  std::unordered_map<std::uint64_t, Entries::iterator> by_id_, by_trait_;
};

std::string id_text(std::uint64_t id);
// 0: it is none.
std::uint64_t id_in(std::string_view text);

}  // namespace mogura::icap::detail
