#include "feature/detail/openings.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "feature/detail/rank.h"
#include "feature/detail/runs.h"
#include "feature/detail/sessions.h"

namespace mogura::feature::detail {
namespace {

using session::Direction;
using session::MessageStart;
using session::Session;

constexpr std::size_t kHeader = 2;
constexpr std::uint8_t kDownBit = 0x80;
// Messages of each direction that are compared with those of the same number.
constexpr std::size_t kNumbered = 4;
// Of more sessions than these, a text that only one began with says nothing about the service.
constexpr std::uint32_t kFewSessions = 3;

std::uint64_t rank_of(const Session& session) {
  std::uint64_t state = 0x9E3779B97F4A7C15u;
  for (const Endpoint& end : {session.client, session.server}) {
    state = absorb(absorb(state, end.address), end.port);
  }
  return absorb(state, static_cast<std::uint64_t>(session.start.time_since_epoch().count()));
}

std::string pack(const Session& session) {
  std::string packed;
  std::array<std::uint8_t, 2> seen{};
  for (const MessageStart& message : session.messages) {
    const auto direction = static_cast<std::size_t>(message.direction);
    if (seen[direction] == Openings::kMessages) continue;
    const std::uint8_t number = seen[direction]++;
    if (message.bytes_count == 0) continue;
    const std::size_t most =
        number < Openings::kFirstMessages ? Openings::kFirstBytes : Openings::kLaterBytes;
    const std::string_view bytes = session.bytes_of(message).substr(0, most);
    packed += static_cast<char>(number | (message.direction == Direction::kDown ? kDownBit : 0u));
    packed += static_cast<char>(bytes.size());
    packed += bytes;
  }
  packed.shrink_to_fit();
  return packed;
}

// A message of the sample.
struct Kept {
  std::uint32_t opening;  // its index
  Direction direction;
  std::uint8_t number;
  std::string_view bytes;
};

void unpack(std::string_view packed, std::uint32_t opening, std::vector<Kept>& out) {
  while (packed.size() >= kHeader) {
    const auto head = static_cast<std::uint8_t>(packed[0]);
    const auto count = static_cast<std::uint8_t>(packed[1]);
    const auto number = static_cast<std::uint8_t>(head & ~unsigned{kDownBit});
    out.push_back({opening, (head & kDownBit) != 0 ? Direction::kDown : Direction::kUp, number,
                   packed.substr(kHeader, count)});
    packed.remove_prefix(kHeader + count);
  }
}

RepeatedBytes as_repeated(const ByteRun& run, Direction direction, std::int32_t message) {
  return {direction, message, run.offset, std::string(run.bytes), run.rows, run.groups};
}

// Gathers what the sample's messages have in common.
class Common {
 public:
  Common(const std::vector<Kept>& kept, std::uint32_t sessions) : kept_(kept), sessions_(sessions) {}

  std::vector<RepeatedBytes> find(const Options& options) {
    for (const Direction direction : {Direction::kUp, Direction::kDown}) {
      anywhere(direction, options);
      for (std::uint8_t number = 0; number < kNumbered; ++number) at_number(direction, number);
    }
    texts();
    return std::move(found_);
  }

 private:
  // In messages of any number: of several sessions, or often in one.
  void anywhere(Direction direction, const Options& options) {
    rows_.clear();
    for (const Kept& k : kept_) {
      if (k.direction == direction) rows_.push_back({k.bytes, k.opening});
    }
    const std::uint32_t several = sessions_ > 1 ? 2 : 1;
    const std::uint32_t rows = sessions_ > 1 ? 3 : std::max(3u, options.min_repeats);
    for (const ByteRun& run : find_runs(rows_, {rows, several})) {
      found_.push_back(as_repeated(run, direction, RepeatedBytes::kAnyMessage));
    }
  }

  // In the message of that number, in a quarter of the sessions.
  void at_number(Direction direction, std::uint8_t number) {
    rows_.clear();
    for (const Kept& k : kept_) {
      if (k.direction == direction && k.number == number) rows_.push_back({k.bytes, k.opening});
    }
    const auto least = std::max<std::uint32_t>(2, static_cast<std::uint32_t>(rows_.size() + 3) / 4);
    for (const ByteRun& run : find_runs(rows_, {least, least})) {
      RepeatedBytes repeated = as_repeated(run, direction, number);
      drop_weaker(repeated);
    }
  }

  // What any message may have takes the place of what a certain one has if it is more frequent, else the
  // other way round.
  void drop_weaker(RepeatedBytes& numbered) {
    const auto same = std::find_if(found_.begin(), found_.end(), [&](const RepeatedBytes& other) {
      return other.message == RepeatedBytes::kAnyMessage && other.direction == numbered.direction &&
             other.offset == numbered.offset && other.bytes == numbered.bytes;
    });
    if (same == found_.end()) {
      found_.push_back(std::move(numbered));
    } else if (same->count <= numbered.count) {
      *same = std::move(numbered);
    }
  }

  // Readable beginnings that nothing else has brought up.
  void texts() {
    const auto end = found_.size();
    for (const Kept& k : kept_) {
      const std::string_view text = readable_text(k.bytes, k.number);
      if (text.empty()) continue;
      const auto offset = static_cast<std::uint32_t>(text.data() - k.bytes.data());
      if (!is_known(k.direction, offset, text, end)) count_text(k, offset, text, end);
    }
    if (sessions_ <= kFewSessions) return;
    const auto is_single = [](const RepeatedBytes& r) { return r.sessions == 1; };
    found_.erase(std::remove_if(found_.begin() + static_cast<std::ptrdiff_t>(end), found_.end(), is_single),
                 found_.end());
  }

  [[nodiscard]] bool is_known(Direction direction, std::uint32_t offset, std::string_view text,
                              std::size_t end) const {
    return std::any_of(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const RepeatedBytes& r) { return holds(r, direction, offset, text); });
  }

  void count_text(const Kept& k, std::uint32_t offset, std::string_view text, std::size_t begin) {
    for (std::size_t i = begin; i < found_.size(); ++i) {
      RepeatedBytes& r = found_[i];
      if (r.direction != k.direction || r.message != k.number || r.offset != offset || r.bytes != text)
        continue;
      ++r.count;
      ++r.sessions;
      return;
    }
    found_.push_back({k.direction, k.number, offset, std::string(text), 1, 1});
  }

  const std::vector<Kept>& kept_;
  std::uint32_t sessions_;
  std::vector<Row> rows_;
  std::vector<RepeatedBytes> found_;
};

}  // namespace

bool Openings::has_bytes(const Session& session) {
  return !session.message_bytes.empty();
}

// Of the same rank (logs have sessions without ports that begin at once) what they say decides.
void Openings::take(Opening opening) {
  const auto comes_before = [](const Opening& a, const Opening& b) {
    return std::tie(a.rank, a.messages) < std::tie(b.rank, b.messages);
  };
  const auto at = std::lower_bound(openings_.begin(), openings_.end(), opening, comes_before);
  const auto index = at - openings_.begin();
  if (openings_.size() == kSessions) {
    if (at == openings_.end()) return;
    openings_.pop_back();
  }
  openings_.insert(openings_.begin() + index, std::move(opening));
}

void Openings::add(const Session& session) {
  const std::uint64_t rank = rank_of(session);
  if (openings_.size() == kSessions && rank > openings_.back().rank) return;
  std::string messages = pack(session);
  if (!messages.empty()) take({rank, std::move(messages)});
}

void Openings::merge(const Openings& other) {
  for (const Opening& opening : other.openings_) take(opening);
}

std::vector<RepeatedBytes> Openings::strings(const Options& options) const {
  std::vector<Kept> kept;
  for (std::uint32_t i = 0; i < openings_.size(); ++i) unpack(openings_[i].messages, i, kept);
  std::vector<RepeatedBytes> found = Common(kept, static_cast<std::uint32_t>(openings_.size())).find(options);
  std::stable_sort(found.begin(), found.end(), [](const RepeatedBytes& a, const RepeatedBytes& b) {
    if (a.sessions != b.sessions) return a.sessions > b.sessions;
    return is_more_telling(a.bytes, b.bytes);
  });
  if (found.size() > SessionFeatures::kStrings) {
    found.erase(found.begin() + SessionFeatures::kStrings, found.end());
  }
  return found;
}

std::size_t Openings::memory_bytes() const {
  std::size_t bytes = openings_.capacity() * sizeof(Opening);
  for (const Opening& opening : openings_) bytes += opening.messages.capacity();
  return bytes;
}

}  // namespace mogura::feature::detail
