#include "challenge/detail/question.h"

#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {

const std::array<const Asker*, kQuestions>& ladder() {
  static const DecoyAsker decoys;
  static const RevalidationAsker revalidation;
  static const PreloadAsker preload;
  static const ReportAsker report;
  static const RedirectAsker redirect;
  static const RefreshAsker refresh;
  static const std::array<const Asker*, kQuestions> all{&decoys, &revalidation, &preload,
                                                        &report, &redirect,     &refresh};
  return all;
}

const Asker& asker_of(Question question) {
  return *ladder()[static_cast<std::size_t>(question)];
}

bool may_be_asked_about_pages(const Means& means, const Exchange& exchange) {
  if (!exchange.is_asked || !exchange.is_page || exchange.memory.claim != Claim::kBrowser) return false;
  if (exchange.input.sign != Sign::kCurrent) return false;
  const Entry& entry = exchange.outcome.entry;
  // First what is cheaper.
  const bool is_jar_known = entry.is_jar_known || !means.policy.questions.has(Question::kDecoys);
  return is_jar_known && !entry.has_engine;
}

bool is_shown(const protocol::ResponseHead& response) {
  const protocol::HeadField* const type = response.find(protocol::FieldId::kContentType);
  return response.status() == 200 && type != nullptr && type->value.starts_with("text/html");
}

bool is_turn_of(Question question, const Means& means, const Exchange& exchange) {
  const Question other = question == Question::kPreload ? Question::kReport : Question::kPreload;
  if (!means.policy.questions.has(other)) return true;
  return (exchange.outcome.entry.engine_asked % 2 == 0) == (question == Question::kPreload);
}

bool is_unanswered(const Exchange& exchange) {
  const Entry& entry = exchange.outcome.entry;
  return entry.engine_asked >= kEngineAsked && exchange.input.time > entry.delivered + kEnginePatience;
}

bool judge_path(const Means& means, const Received& received, CookieKind kind, Exchange& exchange) {
  const std::string_view value = value_in_path(exchange.path);
  const Sign sign = means.tokens.read(value, exchange.client.address, exchange.host, received.began, kind);
  if (sign != Sign::kCurrent && sign != Sign::kPrevious) return false;
  exchange.input.sign = Sign::kEngine;
  return true;
}

}  // namespace mogura::challenge::detail
