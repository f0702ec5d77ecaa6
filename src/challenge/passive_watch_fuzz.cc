// Requests and responses of any bytes, one after the other: scores stay within their range, are what
// explain() says, and nothing is remembered beyond the limits.
//
// Input: records, each a byte of flags (1: TLS, 2: HTTP/2, 4: a response, 8, 16: who, 32: passed on by a
// gateway), a byte of seconds, and a head up to a zero byte.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "challenge/passive_watch.h"

namespace {

using namespace mogura;
using namespace mogura::challenge;

constexpr PassiveLimits kLimits{.programs = 16, .sites = 8, .sees_all_responses = true};

void observe(PassiveWatch& watch, const protocol::RequestHead& head, unsigned flags, Timestamp now) {
  const PassiveRequest request{.head = head,
                               .client = Address::v4(flags >> 3 & 3),
                               .host = head.authority().host,
                               .time = now,
                               .is_encrypted = (flags & 1) != 0,
                               .is_http2 = (flags & 2) != 0,
                               .is_relayed = (flags & 32) != 0};
  const PassiveOpinion opinion = watch.observe(request);
  MOGURA_CHECK(opinion.score >= 0 && opinion.score <= 1);
  MOGURA_CHECK(watch.programs() <= kLimits.programs);
  std::vector<Evidence> evidence = watch.explain(request);
  for (const Evidence& item : evidence)
    MOGURA_CHECK(item.weight != 0 && !item.code.empty() && !item.text.empty());
  MOGURA_CHECK(combine(evidence) == opinion.score);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = as_text(ByteView(data, size));
  PassiveWatch watch(kLimits, 7, {"ProxySessionID"});
  Timestamp now{std::chrono::seconds(1'800'000'000)};
  while (rest.size() > 2) {
    const auto flags = static_cast<std::uint8_t>(rest[0]);
    now += std::chrono::seconds(static_cast<std::uint8_t>(rest[1]));
    const std::string bytes(rest.substr(2, rest.find('\0', 2) - 2));
    rest.remove_prefix(std::min(rest.size(), bytes.size() + 3));
    if ((flags & 4) != 0) {
      protocol::ResponseHead head;
      if (head.parse(bytes, "GET").kind != protocol::HeadStep::Kind::kDone) continue;
      watch.observe_response(head, "a.example", now);
    } else {
      protocol::RequestHead head;
      if (head.parse(bytes).kind == protocol::HeadStep::Kind::kDone) observe(watch, head, flags, now);
    }
  }
  return 0;
}
