#include "logs/detail/text_value.h"

#include <algorithm>
#include <array>

namespace mogura::logs::detail {
namespace {

constexpr std::size_t kNanosecondDigits = 9;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads text from the left. Once something was not as expected, ok() stays false.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_done() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool begins_with(char c) const { return !rest_.empty() && rest_.front() == c; }

  void fail() { ok_ = false; }
  // Just `count` digits.
  unsigned digits(std::size_t count) {
    if (rest_.size() < count) return ok_ = false, 0;
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      ok_ = ok_ && is_digit(rest_[i]);
      value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void literal(char c) {
    ok_ = ok_ && begins_with(c);
    if (!rest_.empty()) rest_.remove_prefix(1);
  }
  char any() {
    if (rest_.empty()) return ok_ = false, '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  std::string_view take(std::size_t count) {
    if (rest_.size() < count) return ok_ = false, std::string_view{};
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  // ".123456", in nanoseconds; digits behind the ninth are passed over.
  std::int64_t fraction() {
    literal('.');
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++count) {
      if (count < kNanosecondDigits) value = value * 10 + (rest_.front() - '0');
    }
    ok_ = ok_ && count != 0;
    for (std::size_t i = count; i < kNanosecondDigits; ++i) value *= 10;
    return value;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Seconds and a fraction, both in nanoseconds.
std::optional<std::int64_t> parse_nanoseconds(std::string_view text) {
  const std::size_t whole = std::min(text.find('.'), text.size());
  const auto seconds = parse_count<std::uint64_t>(text.substr(0, whole));
  if (!seconds || *seconds >= static_cast<std::uint64_t>(kLatestSecond)) return std::nullopt;
  const auto nanoseconds = static_cast<std::int64_t>(*seconds) * 1'000'000'000;
  if (whole == text.size()) return nanoseconds;
  TextReader reader(text.substr(whole));
  const std::int64_t fraction = reader.fraction();
  if (!reader.is_done()) return std::nullopt;
  return nanoseconds + fraction;
}

// Z, +0100, -01:00: minutes to take away.
int zone_minutes(TextReader& reader) {
  const char sign = reader.any();
  if (sign == 'Z' || sign == 'z') return 0;
  const auto hours = static_cast<int>(reader.digits(2));
  if (reader.begins_with(':')) reader.literal(':');
  const int minutes = hours * 60 + static_cast<int>(reader.digits(2));
  if (sign != '+' && sign != '-') reader.fail();
  return sign == '-' ? -minutes : minutes;
}

struct Clock {
  unsigned hour = 0, minute = 0, second = 0;
  std::int64_t nanoseconds = 0;
  int zone_minutes = 0;
};

Clock clock_of(TextReader& reader) {
  Clock clock;
  clock.hour = reader.digits(2);
  reader.literal(':');
  clock.minute = reader.digits(2);
  reader.literal(':');
  clock.second = reader.digits(2);
  if (reader.begins_with('.')) clock.nanoseconds = reader.fraction();
  return clock;
}

std::optional<Timestamp> time_of(unsigned year, unsigned month, unsigned day, const Clock& clock) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day)};
  constexpr unsigned kLeapSecond = 60;
  if (!date.ok() || clock.hour > 23 || clock.minute > 59 || clock.second > kLeapSecond) return std::nullopt;
  const auto since = sys_days(date).time_since_epoch() + hours(clock.hour) + minutes(clock.minute) +
                     seconds(clock.second) - minutes(clock.zone_minutes);
  const std::int64_t second = duration_cast<seconds>(since).count();
  if (second < 0 || second >= kLatestSecond) return std::nullopt;
  return Timestamp(Duration(second * 1'000'000'000 + clock.nanoseconds));
}

unsigned month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* const found = std::find(kMonths.begin(), kMonths.end(), name);
  return found == kMonths.end() ? 0 : static_cast<unsigned>(found - kMonths.begin()) + 1;
}

}  // namespace

std::optional<Timestamp> parse_epoch(std::string_view text) {
  const std::optional<std::int64_t> nanoseconds = parse_nanoseconds(text);
  if (!nanoseconds) return std::nullopt;
  return Timestamp(Duration(*nanoseconds));
}

std::optional<Duration> parse_interval(std::string_view text) {
  if (const std::optional<std::int64_t> nanoseconds = parse_nanoseconds(text)) return Duration(*nanoseconds);
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(seconds >= 0 && seconds < static_cast<double>(kLatestSecond))) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  TextReader reader(text);
  const unsigned year = reader.digits(4);
  reader.literal('-');
  const unsigned month = reader.digits(2);
  reader.literal('-');
  const unsigned day = reader.digits(2);
  const char separator = reader.any();
  Clock clock = clock_of(reader);
  clock.zone_minutes = zone_minutes(reader);
  if (!reader.is_done() || (separator != 'T' && separator != 't' && separator != ' ')) return std::nullopt;
  return time_of(year, month, day, clock);
}

std::optional<Timestamp> parse_common_log_time(std::string_view text) {
  TextReader reader(text);
  const unsigned day = reader.digits(2);
  reader.literal('/');
  const unsigned month = month_of(reader.take(3));
  reader.literal('/');
  const unsigned year = reader.digits(4);
  reader.literal(':');
  Clock clock = clock_of(reader);
  reader.literal(' ');
  clock.zone_minutes = zone_minutes(reader);
  if (!reader.is_done()) return std::nullopt;
  return time_of(year, month, day, clock);
}

}  // namespace mogura::logs::detail
