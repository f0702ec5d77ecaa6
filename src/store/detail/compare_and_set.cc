#include "store/detail/compare_and_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"

namespace mogura::store::detail {
namespace {

using challenge::Entry;
using challenge::Outcome;
using challenge::StateKey;

constexpr std::string_view kScript =
    "local there = redis.call('GET', KEYS[1])\n"
    "if not there or #there ~= 36 then there = '' end\n"
    "if there ~= ARGV[1] then return there end\n"
    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])\n"
    "return 1\n";
static_assert(kEntryBytes == 36);

std::string key_text(const StateKey& key) {
  return "mogura:1:" + to_hex(key.bytes);
}

// A first byte of 0 stands for no value.
std::string_view text_of(const EntryBytes& entry) {
  return entry[0] == 0 ? std::string_view() : as_text(entry);
}

}  // namespace

std::string_view compare_and_set_script() {
  return kScript;
}

CompareAndSet::CompareAndSet(const CompareAndSetOptions& options, Send send, OnEnd on_end)
    : options_(options),
      send_(std::move(send)),
      on_end_(std::move(on_end)),
      digest_(to_hex(sha1(as_bytes(kScript)))),
      ttl_text_(std::to_string(options.ttl.count())),
      remembered_(options.remembered) {}

void CompareAndSet::submit(StateCall call) {
  const CallId id = first_ + calls_.size();
  Flight& flight = flights_[call.key];
  flight.key = call.key;
  calls_.push_back({std::move(call)});
  flight.waiting.push_back(id);
  if (flight.sent.empty()) launch(flight, recall(flight.key));
}

void CompareAndSet::launch(Flight& flight, const EntryBytes& believed) {
  flight.sent.swap(flight.waiting);
  flight.waiting.clear();
  flight.outcomes.clear();
  flight.expected = believed;
  Entry entry = decode(flight.expected).value_or(Entry{});
  if (entry.touched <= forgiven_before_) forgive(entry);
  for (const CallId id : flight.sent) {
    flight.outcomes.push_back(challenge::advance(entry, pending(id).call.input, options_.machine));
  }
  flight.desired = encode(entry);
  transmit(flight, false);
  order_.push_back(&flight);
}

void CompareAndSet::transmit(const Flight& flight, bool with_script) {
  const std::string key = key_text(flight.key);
  const std::array<std::string_view, 7> words{with_script ? "EVAL" : "EVALSHA",
                                              with_script ? kScript : std::string_view(digest_),
                                              "1",
                                              key,
                                              text_of(flight.expected),
                                              as_text(flight.desired),
                                              ttl_text_};
  send_(words);
}

bool CompareAndSet::is_refusal(const RedisReply& reply) {
  return reply.kind != RedisReply::Kind::kInteger && reply.kind != RedisReply::Kind::kText &&
         !reply.text.starts_with("NOSCRIPT");
}

void CompareAndSet::on_reply(const RedisReply& reply) {
  if (order_.empty()) return;
  Flight& flight = *order_.front();
  order_.pop_front();
  if (is_refusal(reply)) return on_refusal(flight);
  if (reply.kind == RedisReply::Kind::kInteger) return on_done(flight);
  if (reply.kind == RedisReply::Kind::kText) return on_other_value(flight, reply.text);
  on_forgotten_script(flight);
}

void CompareAndSet::on_refusal(Flight& flight) {
  end_all(flight.sent, CallEnd::kLost);
  end_all(flight.waiting, CallEnd::kLost);
  flights_.erase(StateKey(flight.key));
}

void CompareAndSet::on_done(Flight& flight) {
  for (std::size_t i = 0; i < flight.sent.size(); ++i) {
    end(flight.sent[i], CallEnd::kDone, &flight.outcomes[i]);
  }
  flight.sent.clear();
  go_on(flight, flight.desired);
}

void CompareAndSet::on_other_value(Flight& flight, std::string_view value) {
  EntryBytes there{};
  if (value.size() == there.size()) std::copy(value.begin(), value.end(), there.begin());
  flight.waiting.insert(flight.waiting.begin(), flight.sent.begin(), flight.sent.end());
  flight.sent.clear();
  go_on(flight, there);
}

// The server was told to forget its scripts, or is another one.
void CompareAndSet::on_forgotten_script(Flight& flight) {
  const bool is_awaited =
      std::any_of(flight.sent.begin(), flight.sent.end(), [this](CallId id) { return !has_ended(id); });
  if (!is_awaited) return on_other_value(flight, text_of(flight.expected));
  transmit(flight, true);
  order_.push_back(&flight);
}

// Goes on with those that wait, or, where nobody waits any more, is gone.
void CompareAndSet::go_on(Flight& flight, const EntryBytes& there) {
  remember(flight.key, there);
  std::erase_if(flight.waiting, [this](CallId id) { return has_ended(id); });
  if (!flight.waiting.empty()) return launch(flight, EntryBytes(there));
  flights_.erase(StateKey(flight.key));
}

bool CompareAndSet::has_ended(CallId id) const {
  return id < first_ || calls_[static_cast<std::size_t>(id - first_)].has_ended;
}

void CompareAndSet::end(CallId id, CallEnd how, const Outcome* outcome) {
  if (has_ended(id)) return;
  pending(id).has_ended = true;
  on_end_(pending(id).call, how, outcome);
  pending(id).call.later = nullptr;
  for (; !calls_.empty() && calls_.front().has_ended; ++first_) calls_.pop_front();
}

void CompareAndSet::end_all(const std::vector<CallId>& ids, CallEnd how) {
  for (const CallId id : ids) end(id, how, nullptr);
}

void CompareAndSet::expire(SteadyTime now) {
  while (!calls_.empty() && calls_.front().call.deadline <= now) end(first_, CallEnd::kSlow, nullptr);
}

void CompareAndSet::abandon() {
  order_.clear();
  flights_.clear();
  while (!calls_.empty()) end(first_, CallEnd::kLost, nullptr);
}

std::optional<SteadyTime> CompareAndSet::next_deadline() const {
  if (calls_.empty()) return std::nullopt;
  return calls_.front().call.deadline;
}

EntryBytes CompareAndSet::recall(const StateKey& key) const {
  if (remembered_.empty()) return {};
  const StateRecord& place = remembered_[hash_of(key) % remembered_.size()];
  return place.key == key ? place.entry : EntryBytes{};
}

void CompareAndSet::remember(const StateKey& key, const EntryBytes& entry) {
  if (remembered_.empty()) return;
  remembered_[hash_of(key) % remembered_.size()] = {key, entry};
}

std::size_t CompareAndSet::bytes() const {
  return sizeof *this + remembered_.size() * sizeof(StateRecord) + calls_.size() * sizeof(Pending) +
         flights_.size() * (sizeof(Flight) + sizeof(void*));
}

}  // namespace mogura::store::detail
