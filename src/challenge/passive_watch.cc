#include "challenge/passive_watch.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "challenge/detail/judging.h"
#include "challenge/detail/passive_weights.h"
#include "challenge/detail/passive_words.h"

namespace mogura::challenge {
namespace {

using protocol::FieldId;

std::string_view value_of(const protocol::RequestHead& head, FieldId id) {
  const protocol::HeadField* const field = head.find(id);
  return field == nullptr ? std::string_view() : field->value;
}

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What a browser runs, or shows as something that runs scripts.
bool is_page(std::string_view content_type) {
  for (const std::string_view kind : {"html", "javascript", "svg", "xml"}) {
    if (content_type.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

struct OrderWeight {
  std::string_view code;
  double weight = 0;
};

OrderWeight weight_of(const OrderJudgement& judgement) {
  const bool is_browser = judgement.claimed == Family::kChromium || judgement.claimed == Family::kFirefox;
  const bool is_old = judgement.claimed == Family::kWinInet;
  switch (judgement.verdict) {
    case OrderVerdict::kAnotherFamily:
      return {"header-order-of-another-program", is_browser ? detail::weights::kAnotherProgram
                                                 : is_old   ? detail::weights::kAnotherOfOld
                                                            : detail::weights::kAnotherClaimed};
    case OrderVerdict::kUnknown:
      // A library's users may name fields in any order themselves.
      return {"header-order-unknown", is_browser ? detail::weights::kUnknownOrder
                                      : is_old   ? detail::weights::kUnknownOfOld
                                                 : 0};
    case OrderVerdict::kLowerCase:
      return {"header-names-in-small-letters", detail::weights::kLowerCase};
    case OrderVerdict::kNoFetchData:
      return {"header-fetch-data-missing", detail::weights::kNoFetchData};
    case OrderVerdict::kNothing:
    case OrderVerdict::kFits:
      break;
  }
  return {};
}

}  // namespace

std::optional<Evidence> judge_orders(const OrderJudgement& judgement, const HeaderOrder& order,
                                     std::uint64_t contradicting, std::uint64_t judged) {
  if (contradicting == 0 || judged == 0) return std::nullopt;
  const double ratio = static_cast<double>(contradicting) / static_cast<double>(judged);
  const auto [code, full] = weight_of(judgement);
  const double weight = detail::in_hundredths(full * std::min(1.0, ratio));
  if (weight <= 0) return std::nullopt;
  return Evidence{std::string(code),
                  detail::share(contradicting, judged, "requests") + ": " + explain(judgement, order), weight,
                  static_cast<double>(contradicting), 0.0};
}

PassiveWatch::PassiveWatch(const PassiveLimits& limits, std::uint64_t seed,
                           std::vector<std::string> own_cookies)
    : programs_(limits.programs),
      provenance_(limits.sites, seed, std::move(own_cookies)),
      seed_(seed),
      judges_cookies_(limits.sees_all_responses) {}

std::uint64_t PassiveWatch::key_of(const PassiveRequest& request) const {
  std::uint64_t key = hash_mix(request.client.high() ^ seed_, request.client.low());
  key = hash_bytes(bytes_of(value_of(request.head, FieldId::kUserAgent)), key);
  key = hash_bytes(bytes_of(request.user), key);
  // The dialogue before a tunnel is another one than that on plain HTTP.
  return hash_bytes(bytes_of(request.host), key + (request.head.method() == "CONNECT" ? 1 : 0));
}

PassiveOpinion PassiveWatch::observe(const PassiveRequest& request) {
  const bool is_tunnel = request.head.method() == "CONNECT";
  if (is_tunnel && !request.is_opened) provenance_.note_tunnel(request.host, request.time);
  Program& program = programs_.at(key_of(request), request.time);
  const HeaderOrder order = HeaderOrder::of(request.head);
  const std::string_view user_agent = value_of(request.head, FieldId::kUserAgent);
  const OrderJudgement judgement = judge_order(
      order, wire_of(request.head, request.is_encrypted, request.is_http2), user_agent, request.is_relayed);
  program.judged += judgement.verdict == OrderVerdict::kNothing ? 0 : 1;
  if (judgement.contradicts()) {
    ++program.contradicting;
    program.order = order;
    program.judgement = judgement;
  }
  program.claims_program = !user_agent.empty() && detail::claim_of(user_agent) == Claim::kProgram;
  if (!is_tunnel) {
    provenance_.note_request(request.host, value_of(request.head, FieldId::kCookie), request.time,
                             program.cookies);
  }
  program.rhythm.add(request.time, order.has('R') || order.has('O'));
  return opinion_of(program, request);
}

PassiveOpinion PassiveWatch::observe_hello(const PassiveRequest& request,
                                           const protocol::ClientHello& hello) {
  Program& program = programs_.at(key_of(request), request.time);
  const std::string_view user_agent = value_of(request.head, FieldId::kUserAgent);
  const HelloVerdict verdict = judge_hello(hello, user_agent);
  program.hellos += verdict == HelloVerdict::kNothing ? 0 : 1;
  if (contradicts(verdict)) {
    ++program.foreign_hellos;
    program.hello = verdict;
    program.claimed = claimed_family(user_agent);
  }
  return opinion_of(program, request);
}

PassiveOpinion PassiveWatch::opinion_of(Program& program, const PassiveRequest& request) const {
  std::vector<Evidence> evidence = evidence_of(program, request);
  const double score = combine(evidence);
  const bool is_news = score >= program.told + kNews;
  if (is_news) program.told = score;
  return {.score = score, .is_news = is_news};
}

std::vector<Evidence> PassiveWatch::evidence_of(const Program& program, const PassiveRequest& request) const {
  std::vector<Evidence> evidence;
  if (auto found = judge_orders(program.judgement, program.order, program.contradicting, program.judged)) {
    evidence.push_back(std::move(*found));
  }
  if (auto found = judge_hellos(program.hello, program.claimed, program.foreign_hellos, program.hellos)) {
    evidence.push_back(std::move(*found));
  }
  if (judges_cookies_) provenance_.judge(program.cookies, request.time, evidence);
  auto regular = judge_regularity(program.rhythm);
  if (!regular) return evidence;
  evidence.push_back(std::move(*regular));
  // Monitors and agents come by the clock, too.
  if (program.claims_program) {
    evidence.push_back(
        {"declared-program", "the User-Agent names a program", detail::weights::kDeclaredProgram});
  }
  return evidence;
}

void PassiveWatch::observe_response(const protocol::ResponseHead& head, std::string_view host,
                                    Timestamp now) {
  if (head.is_interim()) return;
  std::vector<std::string_view> set_cookies;
  const protocol::HeadField* const type = head.find(FieldId::kContentType);
  for (const protocol::HeadField& field : head.fields()) {
    if (field.id == FieldId::kSetCookie) set_cookies.push_back(field.value);
  }
  provenance_.note_response(host, type != nullptr && is_page(type->value), set_cookies, now);
}

std::vector<Evidence> PassiveWatch::explain(const PassiveRequest& request) const {
  const Program* const program = programs_.find(key_of(request));
  if (program == nullptr) return {};
  std::vector<Evidence> evidence = evidence_of(*program, request);
  combine(evidence);
  return evidence;
}

}  // namespace mogura::challenge
