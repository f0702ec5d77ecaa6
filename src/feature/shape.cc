#include <algorithm>
#include <span>

#include "feature/detail/sessions.h"
#include "feature/features.h"
#include "feature/tls_in_tls.h"

namespace mogura::feature {
namespace {

using session::Direction;
using session::Kind;
using session::Session;

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

// --- keystrokes ---
constexpr double kTypingS = 10;  // shorter conversations are nobody typing
constexpr std::uint32_t kTypingTurns = 30;
constexpr double kTypingSmallUp = 0.7;  // of the messages each way
constexpr double kTypingSmallDown = 0.5;
constexpr double kTypingTurnsPerMessage = 0.4;
// Between messages: faster is a program, slower is one that waits.
constexpr double kFastestTypingS = 0.02;
constexpr double kSlowestTypingS = 5;
constexpr double kTypingRegularity = 0.8;  // more is a clock

bool has_typing_pace(const Session& session) {
  if (!session.has_interval) return false;
  const auto rhythm = detail::rhythm_inside(session);
  return session.interval_median_s >= kFastestTypingS && session.interval_median_s <= kSlowestTypingS &&
         (!rhythm || rhythm->regularity <= kTypingRegularity);
}

bool looks_typed(const Session& session, const Shape& shape) {
  const double small_down = ratio(session.small_messages[1], static_cast<double>(session.exchanges[1]));
  return shape.duration_s >= kTypingS && session.turns >= kTypingTurns &&
         shape.small_up_share >= kTypingSmallUp && small_down >= kTypingSmallDown &&
         shape.turns_per_message >= kTypingTurnsPerMessage && has_typing_pace(session);
}

// --- bodies that last ---
constexpr double kLongBodyS = 10;
constexpr double kUploadRate = 64e3;  // bytes a second; a faster one is somebody's file
constexpr double kDownloadRate = 10e3;

bool lasts(const session::HttpShape& http, Direction direction, double rate) {
  const auto i = static_cast<std::size_t>(direction);
  return http.longest_body_s[i] >= kLongBodyS &&
         static_cast<double>(http.body_bytes[i]) < rate * http.longest_body_s[i];
}

bool is_media(std::string_view content_type) {
  return content_type.starts_with("audio/") || content_type.starts_with("video/");
}

bool has_long_body(const Session& session) {
  if (session.kind != Kind::kGetPost) return false;
  return lasts(session.http, Direction::kUp, kUploadRate) ||
         (lasts(session.http, Direction::kDown, kDownloadRate) && !is_media(session.http.content_type));
}

}  // namespace

Shape shape_of(const Session& session) {
  Shape shape;
  const auto up = static_cast<double>(session.exchanges[0]);
  const auto down = static_cast<double>(session.exchanges[1]);
  const auto bytes_up = static_cast<double>(session.bytes[0]);
  shape.duration_s = to_seconds(session.end - session.start);
  shape.up_share = ratio(bytes_up, bytes_up + static_cast<double>(session.bytes[1]));
  shape.turns_per_message = std::min(1.0, ratio(session.turns, up + down - 1));
  shape.small_up_share = ratio(session.small_messages[0], up);
  shape.is_interactive = looks_typed(session, shape);
  shape.tls_in_tls = session.cipher_suites.empty() ? 0 : tls_in_tls(session.messages);
  shape.is_long_body = has_long_body(session);
  return shape;
}

}  // namespace mogura::feature
