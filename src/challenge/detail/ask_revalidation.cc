#include "base/text.h"
#include "challenge/detail/askers.h"

namespace mogura::challenge::detail {
namespace {

constexpr std::size_t npos = std::string::npos;

// What is stored because of our validator, or would have been: no directive and no validator of the site's
// own says anything about it.
bool can_have_validator(const protocol::ResponseHead& response) {
  for (const protocol::HeadField& field : response.fields()) {
    if (equals_ignoring_case(field.name, "etag") || equals_ignoring_case(field.name, "last-modified")) {
      return false;
    }
    if (field.id == protocol::FieldId::kCacheControl && lower(field.value).find("no-store") != npos) {
      return false;
    }
    if (equals_ignoring_case(field.name, "vary") && field.value == "*") return false;
  }
  return true;
}

}  // namespace

bool RevalidationAsker::judge(const Means& means, const Received& received, Exchange& exchange) const {
  if (!received.shape.has_validator) return false;
  for (const protocol::HeadField& field : received.head.fields()) {
    if (field.id != protocol::FieldId::kIfNoneMatch) continue;
    const std::string_view value = means.validators.find(field.value).value;
    if (value.empty()) continue;
    const Sign sign = means.tokens.read(value, exchange.client.address, exchange.host, received.began,
                                        CookieKind::kValidator);
    exchange.input.has_validated |= sign == Sign::kCurrent || sign == Sign::kPrevious;
  }
  return exchange.input.has_validated;
}

bool RevalidationAsker::is_next(const Means& means, const protocol::ResponseHead* response,
                                const Exchange& exchange) const {
  if (response == nullptr || exchange.client.has_cache_behind) return false;
  if (!may_be_asked_about_pages(means, exchange)) return false;
  return !exchange.outcome.entry.has_cache && is_shown(*response) && can_have_validator(*response);
}

void RevalidationAsker::issue(const Means& means, Timestamp now, Exchange& exchange,
                              std::string& lines) const {
  lines += Validators::line(
      means.tokens.issue(exchange.client.address, exchange.host, now, CookieKind::kValidator));
  exchange.asked.add(question());
}

}  // namespace mogura::challenge::detail
