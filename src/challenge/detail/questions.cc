// Whom to ask what: the ladder from what costs nothing to what could be noticed.
//
//   everybody      is watched (PassiveWatch, outside)
//   suspects       the cookie; who returns it, decoys, once
//   who keeps cookies as a browser, where the policy says so: pages name something to be fetched
//   who returns none, where the policy says so: one redirection to where it was going

#include <cmath>

#include "challenge/detail/gate_parts.h"

namespace mogura::challenge {
namespace {

// As findings, which are services from this score on.
constexpr double kAskedFrom = 0.3;

bool is_html(const protocol::ResponseHead& head) {
  const protocol::HeadField* const type = head.find(protocol::FieldId::kContentType);
  return type != nullptr && type->value.starts_with("text/html");
}

}  // namespace

void add_passive(const std::vector<Evidence>& evidence, VerdictEvent& verdict) {
  double sum = verdict.score;
  verdict.noticed = evidence;
  for (const Evidence& each : evidence) {
    verdict.evidence.push_back(each.text);
    sum += each.weight;
  }
  verdict.score = std::round(std::clamp(sum, 0.0, 1.0) * 100) / 100;
}

DecoyMask Gate::Impl::read_decoys(const Given& given, Timestamp now, const Exchange& exchange) const {
  DecoyMask mask = 0;
  for (std::size_t i = 0; i < kDecoys.size(); ++i) {
    if (given.decoys[i].empty()) continue;
    const Sign sign = tokens.read(given.decoys[i], exchange.client.address, exchange.host, now, kDecoys[i]);
    if (sign == Sign::kCurrent || sign == Sign::kPrevious) mask |= bit_of(kDecoys[i]);
  }
  return mask;
}

bool Gate::Impl::is_asked(Exchange& exchange) const {
  if (policy.ask == Ask::kEveryone || suspects == nullptr) return true;
  if (exchange.client.passive_score >= kAskedFrom) return true;
  Exchange::Memory& memory = exchange.memory;
  if (const std::uint64_t version = suspects->version(); memory.suspects_version != version) {
    memory.suspects_version = version;
    memory.suspects = suspects->now();
  }
  return memory.suspects->asks(exchange.user_agent, exchange.host);
}

void Gate::Impl::insert(Timestamp now, Exchange& exchange, std::string& line) const {
  Exchange::Memory& memory = exchange.memory;
  remember_epoch(now, memory);
  const CookieKind good = good_kind(exchange.client);
  if (memory.current.empty()) {
    memory.current = tokens.issue(exchange.client.address, exchange.host, memory.epoch, good);
  }
  line += cookies.set_cookie_line(memory.current, good);
  exchange.inserted = true;
  exchange.input.has_decoys = exchange.wants_decoys;
  if (!exchange.wants_decoys) return;
  for (const CookieKind decoy : kDecoys) {
    line += cookies.set_cookie_line(tokens.issue(exchange.client.address, exchange.host, memory.epoch, decoy),
                                    decoy);
  }
}

// Only of those who return the good cookie there is more to be known. Who gave the wrong answer is asked
// again: it may be another program, or the same with a new jar.
bool Gate::Impl::wants_decoys(const Exchange& exchange) const {
  const Input& input = exchange.input;
  const Entry& entry = exchange.outcome.entry;
  if (!policy.decoys || !exchange.is_asked) return false;
  if (input.sign != Sign::kCurrent && input.sign != Sign::kPrevious) return false;
  return !entry.is_jar_known || (input.decoys == 0 && (entry.decoys & input.forbidden) != 0);
}

bool Gate::Impl::takes_for_itself(const detail::RequestShape& shape, Timestamp began,
                                  Exchange& exchange) const {
  const std::string_view value = value_in_path(exchange.path);
  if (value.empty() || shape.method != "GET" || !tokens.is_ours(value)) return false;
  exchange.own_answer = OwnAnswer::kEngine;
  if (policy.mode == Mode::kOff) return true;
  remember_client(exchange);
  const Sign sign = tokens.read(value, exchange.client.address, exchange.host, began, CookieKind::kEngine);
  if (sign != Sign::kCurrent && sign != Sign::kPrevious) return true;
  ask(Sign::kEngine, shape, began, exchange);
  return true;
}

bool Gate::Impl::redirects(const Exchange& exchange) const {
  const Entry& entry = exchange.outcome.entry;
  if (!policy.redirect || !exchange.is_get || exchange.blocks || entry.was_redirected) return false;
  if (exchange.reason != Reason::kNone || exchange.input.sign != Sign::kAbsent) return false;
  const bool is_suspect = entry.state == State::kSuspicious || exchange.client.passive_score >= kAskedFrom;
  return is_suspect && can_redirect_to(exchange.path);
}

bool Gate::Impl::wants_engine(const protocol::ResponseHead& head, const Exchange& exchange) const {
  const Entry& entry = exchange.outcome.entry;
  if (!policy.engine || !exchange.is_asked || !exchange.is_page) return false;
  if (exchange.input.sign != Sign::kCurrent || exchange.memory.claim != Claim::kBrowser) return false;
  if (entry.has_engine || entry.engine_asked >= kEngineAsked) return false;
  if (policy.decoys && !entry.is_jar_known) return false;  // first what is cheaper
  return head.status() == 200 && is_html(head);
}

}  // namespace mogura::challenge
