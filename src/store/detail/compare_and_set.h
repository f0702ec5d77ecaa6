#pragma once

// Updates of entries that live elsewhere: for each key at most one script is under way, which replaces the
// value that is believed to be there by what advance() makes of it, and says what is there if that is wrong.
// Updates of the same key that come meanwhile wait, and go together in the next one.
//
//   submit ─► waiting ─► sent: expected, desired ─► 1: done, answered
//                ▲                                └► another value: remembered, tried anew
//                └── more of the same key ◄───────────┘
//
// What has been sent is never sent again after a lost connection: it may have been done. One thread at a
// time.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "challenge/state_store.h"
#include "store/detail/redis_link.h"
#include "store/detail/state_table.h"

namespace mogura::store::detail {

using SteadyTime = std::chrono::steady_clock::time_point;

// One update.
struct StateCall {
  challenge::StateKey key;
  challenge::Input input;
  challenge::StateStore::Later later;  // may be empty
  SteadyTime deadline{};
  bool is_retold = false;  // refused when it first came (late_returns.h)
};

enum class CallEnd : std::uint8_t { kDone, kSlow, kLost };

// KEYS: the key. ARGV: the value believed to be there ('' for none), the new one, milliseconds to live.
// Returns 1, or the value that is there. What is not of an entry's length counts as none.
std::string_view compare_and_set_script();

struct CompareAndSetOptions {
  challenge::MachineOptions machine{};
  std::chrono::milliseconds ttl{};
  std::size_t remembered = 0;  // last values seen
};

class CompareAndSet {
 public:
  // `send` takes the words of a command; each is answered by one on_reply(), in their order.
  using Send = std::function<void(std::span<const std::string_view> words)>;
  // Called once for each call; `outcome` is nullptr but for kDone. It may not call this object.
  using OnEnd = std::function<void(StateCall& call, CallEnd end, const challenge::Outcome* outcome)>;

  CompareAndSet(const CompareAndSetOptions& options, Send send, OnEnd on_end);

  // Calls are submitted in the order of their deadlines.
  void submit(StateCall call);
  void on_reply(const RedisReply& reply);
  // The server does not do what was asked: the calls will end as kLost.
  static bool is_refusal(const RedisReply& reply);
  // Ends the calls whose deadline has come, as kSlow.
  void expire(SteadyTime now);
  // The connection is gone: all calls end as kLost.
  void abandon();
  // Entries not touched since are forgiven when they come next (entry_bytes.h).
  void forgive_before(Timestamp time) { forgiven_before_ = std::max(forgiven_before_, time); }

  [[nodiscard]] std::optional<SteadyTime> next_deadline() const;
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }
  [[nodiscard]] bool awaits_reply() const { return !order_.empty(); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  using CallId = std::uint64_t;
  struct Pending {
    StateCall call;
    bool has_ended = false;
  };
  struct Flight {
    challenge::StateKey key;
    std::vector<CallId> sent, waiting;
    std::vector<challenge::Outcome> outcomes;  // of `sent`
    EntryBytes expected{}, desired{};
  };

  Pending& pending(CallId id) { return calls_[static_cast<std::size_t>(id - first_)]; }
  [[nodiscard]] bool has_ended(CallId id) const;
  void end(CallId id, CallEnd how, const challenge::Outcome* outcome);
  void end_all(const std::vector<CallId>& ids, CallEnd how);
  void launch(Flight& flight, const EntryBytes& believed);
  void transmit(const Flight& flight, bool with_script);
  void go_on(Flight& flight, const EntryBytes& there);
  void on_refusal(Flight& flight);
  void on_done(Flight& flight);
  void on_other_value(Flight& flight, std::string_view value);
  void on_forgotten_script(Flight& flight);
  [[nodiscard]] EntryBytes recall(const challenge::StateKey& key) const;
  void remember(const challenge::StateKey& key, const EntryBytes& entry);

  CompareAndSetOptions options_;
  Send send_;
  OnEnd on_end_;
  std::string digest_, ttl_text_;
  Timestamp forgiven_before_{};
  std::deque<Pending> calls_;  // in the order of their deadlines; those ended at the front are gone
  CallId first_ = 0;           // id of calls_.front()
  std::unordered_map<challenge::StateKey, Flight, StateKeyHash> flights_;
  std::deque<Flight*> order_;            // those under way, in the order of their replies
  std::vector<StateRecord> remembered_;  // one place for each hash
};

}  // namespace mogura::store::detail
