#pragma once

// Counts the messages of a connection: how many each way, which lengths recur, the intervals between those of
// the client, how the two sides take turns; and keeps how the first messages begin. What a message is (TLS
// record, TCP payload, piece of a body) the caller decides. Bounded; allocates only for what it counts.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "session/session.h"

namespace mogura::session::detail {

// Message lengths and how often each occurred: a small hash table that grows up to a limit of distinct
// lengths.
class LengthHistogram {
 public:
  void add(std::uint32_t length, std::size_t limit);
  // Takes one occurrence of `length` back, if it was counted.
  void remove(std::uint32_t length);
  void clear() {
    slots_.clear();
    distinct_ = 0;
  }
  void append_to(std::vector<LengthCount>& out, Direction direction) const;

 private:
  struct Slot {
    std::uint32_t length_plus_one = 0;  // 0: free
    std::uint32_t count = 0;
  };
  [[nodiscard]] Slot* find(std::uint32_t length);
  void grow();

  std::vector<Slot> slots_;  // a power of two; never full
  std::uint32_t distinct_ = 0;
};

// A message's beginning as it is held while its connection lives.
struct KeptMessage {
  std::uint32_t length = 0;
  std::uint32_t time_ms = 0;
  std::uint16_t bytes_count = 0;  // of what is kept of all, in order
  Direction direction = Direction::kUp;
};

// Memory for messages that is used again: what live connections hold, and what sessions hand out. A record
// holds none of it while its connection lives.
struct MessageMemory {
  static constexpr std::size_t kPooled = 1024;
  static constexpr std::size_t kPooledText = 1024;  // bytes: few connections fill more

  std::vector<std::vector<KeptMessage>> kept;
  std::vector<std::vector<MessageStart>> lists;
  std::vector<std::string> texts;

  template <class Container>
  static void take(std::vector<Container>& pool, Container& out) {
    if (pool.empty()) return;
    out.swap(pool.back());
    pool.pop_back();
  }
  template <class Container>
  static void give_back(Container& used, std::vector<Container>& pool) {
    used.clear();
    if (used.capacity() != 0 && pool.size() < kPooled) pool.push_back(std::move(used));
    used = Container();
  }
  void give_back_text(std::string& used) {
    if (used.capacity() > kPooledText) std::string().swap(used);
    if (used.capacity() > std::string().capacity()) give_back(used, texts);
    used.clear();
  }
  void take_from(Session& session) {
    give_back(session.messages, lists);
    give_back_text(session.message_bytes);
  }
};

class MessageStats {
 public:
  // Intervals kept for the median: of the first messages.
  static constexpr std::size_t kIntervals = 64;

  // All must outlive it.
  MessageStats(const Limits& limits, Session& session, MessageMemory& memory)
      : limits_(limits), session_(session), memory_(memory), room_{most_of_one(), most_of_one()} {}
  ~MessageStats();
  MessageStats(const MessageStats&) = delete;
  MessageStats& operator=(const MessageStats&) = delete;

  // Where the times of kept messages count from; without it, from the first message.
  void set_start(Timestamp start);

  // A message. `bytes`: those of its beginning that may be kept.
  void add(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes = {});
  // The latest message of this direction was longer by `more` bytes (they were cut off by the capture).
  void lengthen_last(Direction direction, std::uint32_t more, Timestamp time) {
    lengthen_counted(direction, more);
    lengthen_kept(direction, more, time);
  }

  // Plain HTTP is counted by its payloads, but what is kept are lengths and beginnings of the pieces of
  // bodies in them: these are the two halves of the functions above.
  void count(Direction direction, std::uint32_t length, Timestamp time);
  void keep(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes);
  void lengthen_counted(Direction direction, std::uint32_t more);
  // If nothing of the latest message was kept: what was cut off is.
  void lengthen_kept(Direction direction, std::uint32_t more, Timestamp time);

  // Forgets what is kept; what is counted stays.
  void restart_keeping();
  void clear();
  // Writes all of it into the session. May be called again; but with `is_over`, which saves copying the
  // messages, not.
  void write(bool is_over);
  [[nodiscard]] std::size_t kept_messages() const { return messages_.size(); }
  [[nodiscard]] std::uint64_t count_of(Direction direction) const { return count_[index(direction)]; }
  // Whether the beginning of another message of this direction would be kept.
  [[nodiscard]] bool keeps(Direction direction) const { return room_[index(direction)] != 0; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint8_t kNobody = 2;
  static std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }
  [[nodiscard]] std::uint32_t most_of_one() const {
    return static_cast<std::uint32_t>(limits_.kept_messages - limits_.kept_messages / 4);
  }
  void make_room();
  void keep_bytes(ByteView bytes);
  void keep_beginning(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes);
  void write_messages(bool is_over);
  void write_interval() const;

  const Limits& limits_;
  Session& session_;
  MessageMemory& memory_;
  // What is counted.
  std::array<std::uint64_t, 2> count_{};
  std::array<std::uint32_t, 2> last_counted_{};  // length of the latest message
  std::array<std::uint32_t, 2> small_{};
  std::uint32_t turns_ = 0;
  std::uint8_t last_direction_ = kNobody;
  Timestamp latest_{};
  Duration silence_{};
  Timestamp last_up_{};
  std::vector<float> intervals_s_;
  // What is kept.
  std::array<std::uint32_t, 2> last_length_{};               // of the latest message; 0: nothing kept of it
  std::array<std::uint32_t, 2> last_kept_ = {kNone, kNone};  // the latest message in messages_, if there
  std::array<std::uint32_t, 2> room_;                        // how many more are kept of each direction
  std::vector<KeptMessage> messages_;
  std::string message_bytes_;
  std::array<LengthHistogram, 2> lengths_;
  std::optional<Timestamp> start_;
};

}  // namespace mogura::session::detail
