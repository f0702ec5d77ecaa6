#include "challenge/detail/insertion.h"

namespace mogura::challenge::detail {

void remember_epoch(const Tokens& tokens, Timestamp now, Exchange::Memory& memory) {
  const std::uint64_t epoch = tokens.epoch_at(now);
  if (memory.epoch == epoch) return;
  memory.epoch = epoch;
  memory.current.clear();
  memory.previous.clear();
}

void insert_cookie(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) {
  Exchange::Memory& memory = exchange.memory;
  remember_epoch(means.tokens, now, memory);
  const CookieKind good = good_kind(exchange.client);
  if (memory.current.empty()) {
    memory.current = means.tokens.issue(exchange.client.address, exchange.host, memory.epoch, good);
  }
  lines += means.cookies.set_cookie_line(memory.current, good);
  exchange.inserted = true;
  if (exchange.wants_decoys) asker_of(Question::kDecoys).issue(means, now, exchange, lines);
}

}  // namespace mogura::challenge::detail
