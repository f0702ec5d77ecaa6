#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {

// Only of those who return the good cookie there is more to be known. Who gave the wrong answer is asked
// again: it may be another program, or the same with a new jar.
bool DecoyAsker::is_next(const Means&, const protocol::ResponseHead*, const Exchange& exchange) const {
  const Input& input = exchange.input;
  const Entry& entry = exchange.outcome.entry;
  if (!exchange.is_asked) return false;
  if (input.sign != Sign::kCurrent && input.sign != Sign::kPrevious) return false;
  return !entry.is_jar_known || (input.decoys == 0 && (entry.decoys & input.forbidden) != 0);
}

bool DecoyAsker::judge(const Means& means, const Received& received, Exchange& exchange) const {
  DecoyMask mask = 0;
  for (std::size_t i = 0; i < kDecoyKinds.size(); ++i) {
    const std::string_view value = received.given.decoys[i];
    if (value.empty()) continue;
    const Sign sign =
        means.tokens.read(value, exchange.client.address, exchange.host, received.began, kDecoyKinds[i]);
    if (sign == Sign::kCurrent || sign == Sign::kPrevious) mask |= bit_of(kDecoyKinds[i]);
  }
  exchange.input.decoys = mask;
  return mask != 0;
}

void DecoyAsker::issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const {
  const std::uint64_t epoch = means.tokens.epoch_at(now);
  for (const CookieKind decoy : kDecoyKinds) {
    const std::string value = means.tokens.issue(exchange.client.address, exchange.host, epoch, decoy);
    lines += means.cookies.set_cookie_line(value, decoy);
  }
  exchange.input.has_decoys = true;
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
