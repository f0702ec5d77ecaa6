#pragma once

// The end of a pipeline: finished sessions of all workers are put into one order, freed of the doubles that a
// proxy's two sides make, and handed to the consumer; the records go back to the workers. One thread.

#include <functional>
#include <vector>

#include "session/finished.h"
#include "session/pairing.h"

namespace mogura::app {

using SessionConsumer = std::function<void(const session::Session&)>;

class SessionCollector {
 public:
  // `on_session` must outlive this.
  SessionCollector(std::vector<Address> proxies, const SessionConsumer& on_session)
      : pairing_(std::move(proxies)), on_session_(on_session) {}

  // Takes what ended up to `watermark`; empties the list.
  void pass_on(std::vector<session::FinishedPtr>& finished, Timestamp watermark);
  // The capture is over.
  void finish();
  // Gives one of `workers` its share of the records that have been passed on.
  void give_back(std::vector<session::FinishedPtr>& used, unsigned workers);

  [[nodiscard]] std::uint64_t paired() const { return pairing_.paired(); }

 private:
  void consume();

  session::Pairing pairing_;
  const SessionConsumer& on_session_;
  std::vector<session::FinishedPtr> ready_;
  std::vector<session::FinishedPtr> used_;
};

}  // namespace mogura::app
