#pragma once

// Who is logged in: sessions by their ids, in memory. The ids themselves are not kept, only their hashes, so
// that whoever reads this memory, or a core dump of it, cannot go on with a session. Bounded; where there is
// no room, the one unused for longest goes. Time comes in. Not thread-safe: the loop's.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "console/detail/moment.h"

namespace mogura::console::detail {

struct SessionLimits {
  Millis idle{}, longest{};
  std::size_t most = 1024, most_of_user = 32;
};

class SessionTable {
 public:
  using Key = std::array<std::uint8_t, 32>;    // hash of an id
  using Stamp = std::array<std::uint8_t, 32>;  // of what the user logged in with; see Credentials

  struct Session {
    Key key{};
    std::string user{};
    Stamp stamp{};
    Moment begun{}, used{};
  };

  explicit SessionTable(const SessionLimits& limits);

  // A new session: its id, for the cookie.
  std::string begin(std::string_view user, const Stamp& stamp, Moment now);
  // nullptr: there is none, or it has ended. Counts as use. Valid until the next call that is not const.
  const Session* use(std::string_view id, Moment now);
  // Does not count as use.
  [[nodiscard]] const Session* find(const Key& key, Moment now) const;
  void end(const Key& key) { sessions_.erase(key); }
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  // The token for what changes something: 64 hexadecimal digits, always the same for one id.
  [[nodiscard]] std::string csrf_token(std::string_view id) const;
  // In constant time.
  [[nodiscard]] bool is_csrf_token(std::string_view id, std::string_view token) const;
  static Key key_of(std::string_view id);

 private:
  [[nodiscard]] bool is_over(const Session& session, Moment now) const;
  void make_room(std::string_view user, Moment now);

  const SessionLimits limits_;
  std::map<Key, Session> sessions_;
  std::array<std::uint8_t, 32> csrf_key_{};
};

// From the system. Fatal where it has none.
void fill_random(std::uint8_t* bytes, std::size_t size);

}  // namespace mogura::console::detail
