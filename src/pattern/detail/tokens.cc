#include "pattern/detail/tokens.h"

#include <algorithm>

#include "pattern/detail/generalise.h"

namespace mogura::pattern::detail {
namespace {

using session::Direction;
using session::Session;
using Sessions = std::span<const Session* const>;

constexpr std::size_t kGap = 3;         // bytes that vary between two fixed runs of one token
constexpr std::size_t kFixedBytes = 2;  // in a token
// Letters, digits and common signs in a row that are no chance: in the first message, and further on, where
// more is encrypted.
constexpr std::size_t kReadableFirst = 6, kReadable = 8;
constexpr std::size_t kSame = 3;  // the same byte in a row, likewise
constexpr std::size_t kRandomWindow = 8;
constexpr std::size_t kRandomWindowOfOne = 5;  // in a single session, where an identifier stays the same too

// How often each byte stood at each place.
class Histogram {
 public:
  void clear() { std::fill(counts_.begin(), counts_.end(), 0); }

  void add(std::string_view bytes) {
    const std::size_t size = std::min(bytes.size(), kColumns);
    for (std::size_t at = 0; at < size; ++at) ++counts_[at * 256 + static_cast<std::uint8_t>(bytes[at])];
  }

  void add_one(std::size_t at, std::int16_t byte) {
    if (byte != kVaries) ++counts_[at * 256 + static_cast<std::size_t>(byte)];
  }

  // Bytes that stood at their place at least `support` times.
  [[nodiscard]] Columns columns(std::size_t support) const {
    Columns columns;
    for (std::size_t at = 0; at < kColumns; ++at) {
      const auto begin = counts_.begin() + static_cast<std::ptrdiff_t>(at * 256);
      const auto most = std::max_element(begin, begin + 256);
      columns[at] = *most >= support ? static_cast<std::int16_t>(most - begin) : kVaries;
    }
    return columns;
  }

 private:
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(kColumns * 256);
};

bool is_readable(std::int16_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c > 0 && std::string_view(" -_./:,@").find(static_cast<char>(c)) != std::string_view::npos);
}

// Keeps what is readable, or the same byte in a row.
void keep_telling(Columns& columns, std::size_t readable) {
  Columns kept;
  kept.fill(kVaries);
  const auto keep_runs = [&](std::size_t at_least, auto goes_on) {
    for (std::size_t from = 0; from < kColumns;) {
      std::size_t to = from + 1;
      while (to < kColumns && goes_on(columns[from], columns[to])) ++to;
      const bool is_run = goes_on(columns[from], columns[from]) && to - from >= at_least;
      if (is_run) std::copy(&columns[from], &columns[0] + to, &kept[from]);
      from = to;
    }
  };
  keep_runs(readable, [](std::int16_t a, std::int16_t b) { return is_readable(a) && is_readable(b); });
  keep_runs(kSame, [](std::int16_t a, std::int16_t b) { return a >= 0 && a == b; });
  columns = kept;
}

// Cuts columns into tokens: runs with gaps of at most kGap.
void append_tokens(const Columns& columns, Direction direction, std::optional<std::uint32_t> message,
                   std::vector<BytesCondition>& tokens) {
  for (std::size_t at = 0; at < kColumns;) {
    if (columns[at] == kVaries) {
      ++at;
      continue;
    }
    BytesCondition token{direction, message, static_cast<std::uint32_t>(at), {}, {}};
    std::size_t end = at, fixed = 0;
    for (std::size_t i = at; i < kColumns && i - end <= kGap; ++i) {
      token.bytes += columns[i] == kVaries ? '\0' : static_cast<char>(columns[i]);
      token.mask += columns[i] == kVaries ? '\0' : '\xff';
      if (columns[i] == kVaries) continue;
      end = i + 1;
      ++fixed;
    }
    token.bytes.resize(end - at);
    token.mask.resize(end - at);
    if (fixed >= kFixedBytes) tokens.push_back(std::move(token));
    at = end;
  }
}

// Names that stand for the place and not for the program.
std::vector<std::string_view> names_of(Sessions sessions) {
  std::vector<std::string_view> names;
  for (const Session* session : sessions) {
    const std::string_view destination = session->destination;
    names.push_back(destination.substr(0, destination.rfind(':')));
    names.push_back(session->sni);
    names.push_back(session->host);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

class TokenFinder {
 public:
  explicit TokenFinder(Sessions sessions)
      : sessions_(sessions), support_(required_support(sessions.size())), names_(names_of(sessions)) {}

  void find_in_message(Direction direction, std::uint32_t number, std::vector<BytesCondition>& tokens) {
    histogram_.clear();
    bool is_number_sure = true;
    for (const Session* session : sessions_) {
      if (!add_message(*session, direction, number)) is_number_sure = false;
    }
    Columns columns = histogram_.columns(support_);
    generalise(columns);
    if (sessions_.size() == 1) keep_telling(columns, number == 0 ? kReadableFirst : kReadable);
    const std::optional<std::uint32_t> place = is_number_sure ? std::optional(number) : std::nullopt;
    append_tokens(columns, direction, place, tokens);
  }

  void find_in_many(Direction direction, std::uint32_t min_repeats, std::vector<BytesCondition>& tokens) {
    Histogram of_sessions;
    for (const Session* session : sessions_) {
      const Columns columns = repeated_in(*session, direction, min_repeats);
      add_columns(columns, of_sessions);
    }
    Columns columns = of_sessions.columns(support_);
    generalise(columns);
    append_tokens(columns, direction, {}, tokens);
  }

 private:
  void generalise(Columns& columns) const {
    blank_names(columns, names_);
    blank_versions(columns);
    blank_random(columns, sessions_.size() == 1 ? kRandomWindowOfOne : kRandomWindow);
  }

  // Bytes that stand at their place in at least half of the session's messages, and min_repeats of them.
  Columns repeated_in(const Session& session, Direction direction, std::uint32_t min_repeats) {
    histogram_.clear();
    std::size_t messages = 0;
    for (const session::MessageStart& message : session.messages) {
      if (message.direction != direction || message.bytes_count == 0) continue;
      histogram_.add(session.bytes_of(message));
      ++messages;
    }
    return histogram_.columns(std::max<std::size_t>(min_repeats, messages / 2 + 1));
  }

  // The message of that number, but for one that goes on with a segment filled to the brim: where it begins
  // depends on the way it took. False where the number does, too: such a segment came before.
  bool add_message(const Session& session, Direction direction, std::uint32_t number) {
    std::uint32_t seen = 0, before = 0, longest = 0;
    for (const session::MessageStart& message : session.messages) {
      if (message.direction != direction) continue;
      if (seen++ == number) {
        if (before < kBulkBytes) histogram_.add(session.bytes_of(message));
        break;
      }
      before = message.length;
      longest = std::max(longest, before);
    }
    return longest < kBulkBytes;
  }

  static void add_columns(const Columns& columns, Histogram& histogram) {
    for (std::size_t at = 0; at < kColumns; ++at) histogram.add_one(at, columns[at]);
  }

  Sessions sessions_;
  std::size_t support_;
  std::vector<std::string_view> names_;
  Histogram histogram_;
};

}  // namespace

std::size_t required_support(std::size_t sessions) {
  return sessions < 10 ? sessions : sessions - sessions / 10;
}

std::vector<BytesCondition> find_tokens(Sessions sessions, std::uint32_t min_repeats) {
  std::vector<BytesCondition> tokens;
  if (sessions.empty()) return tokens;
  TokenFinder finder(sessions);
  for (const Direction direction : {Direction::kUp, Direction::kDown}) {
    for (std::uint32_t message = 0; message < kTokenMessages; ++message) {
      finder.find_in_message(direction, message, tokens);
    }
    finder.find_in_many(direction, min_repeats, tokens);
  }
  return tokens;
}

}  // namespace mogura::pattern::detail
