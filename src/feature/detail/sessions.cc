#include "feature/detail/sessions.h"

#include <algorithm>

#include "feature/detail/rhythm.h"

namespace mogura::feature::detail {
namespace {

using session::Kind;
using session::Session;

std::uint64_t client_events(const Session& session) {
  const bool is_requests = session.kind == Kind::kGetPost && session.http.requests != 0;
  return is_requests ? session.http.requests : session.exchanges[0];
}

}  // namespace

bool was_answered(const Session& session) {
  if (session.status.empty()) return session.exchanges[1] != 0;
  return std::any_of(session.status.begin(), session.status.end(),
                     [](std::uint16_t status) { return status < 400; });
}

bool holds(const RepeatedBytes& repeated, session::Direction direction, std::uint32_t offset,
           std::string_view text) {
  if (repeated.direction != direction || offset < repeated.offset) return false;
  const std::string_view rest =
      std::string_view(repeated.bytes)
          .substr(std::min<std::size_t>(offset - repeated.offset, repeated.bytes.size()));
  return rest.starts_with(text);
}

std::optional<Rhythm> rhythm_inside(const Session& session) {
  const std::uint64_t events = client_events(session);
  if (!session.has_interval || events < 2 || !was_answered(session)) return std::nullopt;
  const std::uint64_t intervals = std::min(events - 1, Rhythm::kMeasuredIntervals);
  return rhythm_of(intervals, session.interval_median_s, session.interval_mad_s,
                   to_seconds(session.end - session.start));
}

}  // namespace mogura::feature::detail
