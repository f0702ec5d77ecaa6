#include "feature/features.h"

#include <algorithm>

#include "feature/detail/rhythm.h"
#include "feature/detail/runs.h"
#include "feature/detail/sessions.h"

namespace mogura::feature {
namespace {

using session::Direction;
using session::MessageStart;
using session::Session;

// In these first messages of each direction a text counts as a banner.
constexpr std::int32_t kBannerMessages = 8;
constexpr std::size_t kRoomForBanners = 8;

std::vector<RepeatedLength> repeated_lengths(const Session& session, std::uint32_t min_repeats) {
  std::vector<RepeatedLength> found;
  for (const session::LengthCount& l : session.lengths) {
    if (l.count >= min_repeats) found.push_back({l.direction, l.length, l.count, 1});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const RepeatedLength& a, const RepeatedLength& b) { return a.count > b.count; });
  return found;
}

void append_repeated_bytes(const Session& session, Direction direction, std::vector<RepeatedBytes>& out) {
  std::vector<detail::Row> rows;
  for (const MessageStart& message : session.messages) {
    if (message.direction == direction && message.bytes_count != 0) {
      rows.push_back({session.bytes_of(message), 0});
    }
  }
  for (const detail::ByteRun& run : detail::find_runs(rows, {})) {
    out.push_back({direction, RepeatedBytes::kAnyMessage, run.offset, std::string(run.bytes), run.rows, 1});
  }
}

void append_banners(const Session& session, std::vector<RepeatedBytes>& out) {
  const std::size_t repeated = out.size();
  std::array<std::int32_t, 2> seen{};
  for (const MessageStart& message : session.messages) {
    const std::int32_t number = seen[static_cast<std::size_t>(message.direction)]++;
    if (number >= kBannerMessages) continue;
    const std::string_view bytes = session.bytes_of(message);
    const std::string_view text = detail::readable_text(bytes, static_cast<std::size_t>(number));
    if (text.empty()) continue;
    const auto offset = static_cast<std::uint32_t>(text.data() - bytes.data());
    const bool is_known = std::any_of(
        out.begin(), out.begin() + static_cast<std::ptrdiff_t>(repeated),
        [&](const RepeatedBytes& r) { return detail::holds(r, message.direction, offset, text); });
    if (!is_known) out.push_back({message.direction, number, offset, std::string(text), 1, 1});
  }
}

void shorten(std::vector<RepeatedBytes>& strings, std::size_t most) {
  if (strings.size() > most)
    strings.erase(strings.begin() + static_cast<std::ptrdiff_t>(most), strings.end());
}

std::vector<RepeatedBytes> repeated_bytes(const Session& session) {
  std::vector<RepeatedBytes> found;
  append_repeated_bytes(session, Direction::kUp, found);
  append_repeated_bytes(session, Direction::kDown, found);
  std::stable_sort(found.begin(), found.end(), [](const RepeatedBytes& a, const RepeatedBytes& b) {
    return detail::is_more_telling(a.bytes, b.bytes);
  });
  shorten(found, SessionFeatures::kStrings - kRoomForBanners);
  append_banners(session, found);
  shorten(found, SessionFeatures::kStrings);
  return found;
}

}  // namespace

SessionFeatures extract(const Session& session, const Options& options) {
  return {repeated_lengths(session, options.min_repeats), repeated_bytes(session),
          detail::rhythm_inside(session), shape_of(session)};
}

}  // namespace mogura::feature
