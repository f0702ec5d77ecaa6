#pragma once

// Live events: one look at what is new each tick, however many watch. A stream belongs to its connection's
// coroutine; it is told what to write, and when it is over. Not thread-safe: the loop's.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "console/detail/desk.h"
#include "console/detail/moment.h"
#include "console/detail/tuning.h"

namespace mogura::console::detail {

struct LiveStream {
  LiveWish wish{};               // its cursor moves on
  std::string waiting{};         // to be written
  bool is_over = false;          // to be closed; what waits is not written any more
  Moment told{};                 // when it last got something
  std::function<void()> wake{};  // after either of them has changed
};

class LiveHub {
 public:
  // Text for each cursor, and where it stands then.
  using News = std::map<std::int64_t, std::pair<std::int64_t, std::string>>;

  explicit LiveHub(const Tuning& tuning) : tuning_(tuning) {}

  // False: there are too many, in all or of that session.
  bool enter(LiveStream& stream, Moment now);
  void leave(LiveStream& stream);
  // The cursors that there is to be looked for, each once; empty: nobody watches.
  [[nodiscard]] News cursors() const;
  void tell(const News& news, Moment now);
  // Comments for those that have been quiet for long; an end for those that `is_alive` does not know.
  void tick(const std::function<bool(const LiveWish&)>& is_alive, Moment now);

 private:
  void add(LiveStream& stream, std::string_view text, Moment now) const;

  const Tuning& tuning_;
  std::vector<LiveStream*> streams_;
};

}  // namespace mogura::console::detail
