#include "console/detail/live_hub.h"

#include <algorithm>

namespace mogura::console::detail {
namespace {

// A comment (WHATWG HTML §9.2.6): keeps what is in between from taking the silence for an end.
constexpr std::string_view kComment = ":\n\n";

}  // namespace

bool LiveHub::enter(LiveStream& stream, Moment now) {
  const auto of_session = std::count_if(streams_.begin(), streams_.end(), [&stream](const LiveStream* each) {
    return each->wish.session == stream.wish.session;
  });
  if (streams_.size() >= tuning_.streams ||
      static_cast<std::size_t>(of_session) >= tuning_.streams_per_session)
    return false;
  streams_.push_back(&stream);
  add(stream, kComment, now);
  return true;
}

void LiveHub::leave(LiveStream& stream) {
  std::erase(streams_, &stream);
}

LiveHub::News LiveHub::cursors() const {
  News news;
  for (const LiveStream* each : streams_) news[each->wish.cursor].first = each->wish.cursor;
  return news;
}

void LiveHub::add(LiveStream& stream, std::string_view text, Moment now) const {
  stream.told = now;
  stream.waiting += text;
  if (stream.waiting.size() > tuning_.stream_bytes) stream.is_over = true;
  if (stream.wake) stream.wake();
}

void LiveHub::tell(const News& news, Moment now) {
  for (LiveStream* each : streams_) {
    const auto found = news.find(each->wish.cursor);
    if (found == news.end()) continue;
    const auto& [cursor, text] = found->second;
    each->wish.cursor = cursor;
    if (!text.empty()) add(*each, text, now);
  }
}

void LiveHub::tick(const std::function<bool(const LiveWish&)>& is_alive, Moment now) {
  for (LiveStream* each : streams_) {
    if (!is_alive(each->wish)) {
      each->is_over = true;
      each->wake();
    } else if (now - each->told >= tuning_.live_comment) {
      add(*each, kComment, now);
    }
  }
}

}  // namespace mogura::console::detail
