#include "pattern/detail/traits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "pattern/detail/evaluate.h"
#include "pattern/detail/generalise.h"
#include "pattern/detail/tokens.h"

namespace mogura::pattern::detail {
namespace {

using session::Direction;
using session::Kind;
using session::Session;
using On = Condition::On;
using Of = Trait::Of;
using Sessions = std::span<const Session* const>;

constexpr std::size_t kLengthsPerDirection = 3;
constexpr std::uint32_t kFirstLengths = 4;  // messages each way whose lengths are compared
constexpr std::uint32_t kMostRepeats = 10;  // asked for of a length
constexpr std::uint32_t kFewExchanges = 10, kMostExchanges = 100;
constexpr double kLongBody_s = 5, kMostLongBody_s = 30;
constexpr std::uint32_t kBinaryMessages = 2;  // each way, in which bytes that are no words are compared
constexpr std::size_t kWordBytes = 6;         // text in a row
constexpr double kSlowest_s = 1;              // median interval below which a rhythm is that of a transfer
constexpr double kRhythmMargin = 0.3;         // of the median, either way
constexpr double kTextBits = 6, kByteBits = 6, kZeroBits = 2, kTokenBits = 48;

Condition with_text(On on, std::string text) {
  Condition condition;
  condition.on = on;
  condition.text = std::move(text);
  return condition;
}

double bits_of(protocol::Inner inner) {
  using protocol::Inner;
  switch (inner) {
    case Inner::kNone:
    case Inner::kTls:
      return 0;
    case Inner::kUnknown:
      return 2;
    case Inner::kHttp:
    case Inner::kHttp2:
      return 4;
    case Inner::kSsh:
    case Inner::kOpenVpn:
    case Inner::kSmtp:
    case Inner::kImap:
    case Inner::kPop3:
    case Inner::kFtp:
    case Inner::kIrc:
    case Inner::kRdp:
    case Inner::kVnc:
    case Inner::kSocks:
    case Inner::kBitTorrent:
    case Inner::kSmb:
    case Inner::kMySql:
    case Inner::kPostgreSql:
    case Inner::kTinc:
      return 24;
  }
  return 0;
}

double bits_of(const BytesCondition& token) {
  double bits = 0;
  for (std::size_t i = 0; i < token.bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(token.bytes[i]);
    if (token.mask[i] == '\0') continue;
    const bool is_text = byte >= 0x20 && byte < 0x7F;
    const bool is_same = i != 0 && token.mask[i - 1] != '\0' && token.bytes[i - 1] == token.bytes[i];
    bits += byte == 0 || is_same ? kZeroBits : is_text ? kTextBits : kByteBits;
  }
  return std::min(bits, kTokenBits) / (token.message ? 1 : 2);  // in any message, chance has many tries
}

bool has_word(const BytesCondition& token) {
  std::size_t run = 0;
  for (std::size_t i = 0; i < token.bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(token.bytes[i]);
    run = token.mask[i] != '\0' && byte >= 0x20 && byte < 0x7F ? run + 1 : 0;
    if (run == kWordBytes) return true;
  }
  return false;
}

// Libraries and tools that ordinary programs are made of.
bool is_library(std::string_view user_agent) {
  constexpr std::array<std::string_view, 12> kNames = {
      "curl/",   "Wget/",        "python-", "Python-", "Go-http-client/",    "Java/",
      "okhttp/", "libwww-perl/", "axios/",  "node",    "Apache-HttpClient/", "git/"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return user_agent.starts_with(name); });
}

// A browser of the last ten years says one of these; what claims to be an older one is seldom one.
bool is_browser(std::string_view user_agent) {
  return user_agent.starts_with("Mozilla/") && (user_agent.find("AppleWebKit/") != std::string_view::npos ||
                                                user_agent.find("Firefox/") != std::string_view::npos);
}

// Whether enough of the sessions have it.
bool is_common(Sessions sessions, const Condition& condition) {
  const auto count = static_cast<std::size_t>(std::count_if(
      sessions.begin(), sessions.end(), [&](const Session* session) { return holds(condition, *session); }));
  return count >= required_support(sessions.size());
}

// The smallest of a figure among the sessions that count, once the required share is left.
template <class Figure>
double smallest(Sessions sessions, const Figure& figure) {
  std::vector<double> values;
  for (const Session* session : sessions) values.push_back(figure(*session));
  std::sort(values.begin(), values.end());
  return values[sessions.size() - required_support(sessions.size())];
}

class TraitFinder {
 public:
  TraitFinder(Sessions sessions, std::uint32_t min_repeats)
      : sessions_(sessions), min_repeats_(min_repeats) {}

  std::vector<Trait> find() {
    for (BytesCondition& token : find_tokens(sessions_, min_repeats_)) add_token(std::move(token));
    add_user_agent();
    add_method_and_upgrade();
    add_hello();
    add_long_body(Direction::kUp, 12);
    add_long_body(Direction::kDown, 5);
    add_first_lengths();
    add_repeated_lengths();
    add_exchanges();
    add_rhythm();
    return std::move(traits_);
  }

 private:
  // Where enough of the sessions have it.
  void add(Condition condition, double bits, Of of = Of::kProgram) {
    if (is_common(sessions_, condition)) traits_.push_back({std::move(condition), bits, of});
  }

  void add_token(BytesCondition token) {
    const bool is_first = token.message == 0;
    // What the server says further on depends on how it was set up, and another site has another one.
    const bool is_servers_own = token.direction == Direction::kDown && !is_first;
    const bool is_word = has_word(token);
    if (!is_word && token.message.value_or(0) >= kBinaryMessages) return;
    double bits = bits_of(token);
    // That it is HTTP is known already.
    if (sessions_.front()->inner == protocol::Inner::kHttp) bits = std::min(bits, kTextBits);
    Condition condition;
    condition.on = On::kBytes;
    condition.bytes = std::move(token);
    add(std::move(condition), bits,
        is_servers_own ? Of::kUse
        : is_word      ? Of::kContent
        : is_first     ? Of::kProgram
                       : Of::kUse);
  }

  void add_user_agent() {
    const std::string& first = sessions_.front()->user_agent;
    const double bits = is_browser(first) ? 6 : is_library(first) ? 8 : 18;
    if (!first.empty()) add(with_text(On::kUserAgent, glob_for_user_agent(first)), bits);
    add(with_text(On::kNoUserAgent, {}), 5);
  }

  void add_method_and_upgrade() {
    for (const auto& [method, count] : sessions_.front()->methods) {
      const bool is_usual = method == "CONNECT" || method == "GET" || method == "POST" || method == "HEAD";
      if (!is_usual) add(with_text(On::kMethod, method), 12);
    }
    const std::string& upgrade = sessions_.front()->upgrade;
    if (!upgrade.empty()) add(with_text(On::kUpgrade, upgrade), upgrade == "websocket" ? 1 : 12);
  }

  void add_hello() {
    const Session& first = *sessions_.front();
    if (first.cipher_suites.empty()) return;
    add(with_text(On::kCipherSuites, first.cipher_suites), 10);
    if (!first.ja4.empty()) add(with_text(On::kJa4, first.ja4), 4);  // beyond the cipher list
    add(with_text(On::kNoSni, {}), 6);
  }

  void add_long_body(Direction direction, double bits) {
    const double shortest = smallest(sessions_, [&](const Session& session) {
      return session.http.longest_body_s[static_cast<std::size_t>(direction)];
    });
    if (shortest < kLongBody_s) return;
    Condition condition;
    condition.on = On::kLongBody;
    condition.long_body = {direction, std::floor(std::clamp(shortest / 4, kLongBody_s, kMostLongBody_s))};
    add(std::move(condition), bits);
  }

  void add_first_lengths() {
    const bool is_tls = !sessions_.front()->cipher_suites.empty();
    for (const Direction direction : {Direction::kUp, Direction::kDown}) {
      // The hello names the server, and the server's answer holds its certificate.
      if (is_tls && direction == Direction::kDown) continue;
      std::uint32_t number = 0;
      for (const session::MessageStart& message : sessions_.front()->messages) {
        if (message.direction != direction) continue;
        if (number == kFirstLengths) break;
        if (!(is_tls && number == 0)) add_first_length(direction, number, message.length);
        ++number;
      }
    }
  }

  void add_first_length(Direction direction, std::uint32_t number, std::uint32_t length) {
    if (length >= kBulkBytes) return;
    Condition condition;
    condition.on = On::kLength;
    condition.length = {direction, length, 1, number};
    add(std::move(condition), 3, Of::kUse);
  }

  void add_repeated_lengths() {
    std::array<std::size_t, 2> found{};
    for (const session::LengthCount& counted : sessions_.front()->lengths) {  // most frequent first
      std::size_t& count = found[static_cast<std::size_t>(counted.direction)];
      if (count == kLengthsPerDirection || counted.count < min_repeats_ || counted.length >= kBulkBytes) {
        continue;
      }
      const std::size_t before = traits_.size();
      add_repeated_length(counted.direction, counted.length);
      count += traits_.size() - before;
    }
  }

  void add_repeated_length(Direction direction, std::uint32_t length) {
    const double fewest = smallest(sessions_, [&](const Session& session) {
      for (const session::LengthCount& counted : session.lengths) {
        if (counted.direction == direction && counted.length == length)
          return static_cast<double>(counted.count);
      }
      return 0.0;
    });
    if (fewest < min_repeats_) return;
    const double times = std::clamp<double>(fewest / 2, min_repeats_, std::max(min_repeats_, kMostRepeats));
    Condition condition;
    condition.on = On::kLength;
    condition.length = {direction, length, static_cast<std::uint32_t>(times), {}};
    add(std::move(condition), 5, Of::kUse);
  }

  void add_exchanges() {
    const auto fewest = [&](std::size_t direction) {
      const double least = smallest(sessions_, [&](const Session& session) {
        return static_cast<double>(session.exchanges[direction]);
      });
      return least < kFewExchanges
                 ? 0
                 : static_cast<std::uint32_t>(std::clamp<double>(least / 2, kFewExchanges, kMostExchanges));
    };
    Condition condition;
    condition.on = On::kExchanges;
    condition.exchanges = {fewest(0), fewest(1)};
    if (condition.exchanges.up != 0 || condition.exchanges.down != 0) add(std::move(condition), 3, Of::kUse);
  }

  void add_rhythm() {
    double low = std::numeric_limits<double>::max(), high = 0, ratio = 0;
    for (const Session* session : sessions_) {
      if (!session->has_interval || session->interval_median_s < kSlowest_s) return;
      low = std::min(low, session->interval_median_s);
      high = std::max(high, session->interval_median_s);
      ratio = std::max(ratio, session->interval_mad_s / session->interval_median_s);
    }
    if (ratio > kRhythmMargin || high > 2 * low) return;
    Condition condition;
    condition.on = On::kRhythm;
    const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
    condition.rhythm = {rounded(low * (1 - kRhythmMargin)), rounded(high * (1 + kRhythmMargin)),
                        2 * kRhythmMargin};
    add(std::move(condition), 6, Of::kUse);
  }

  Sessions sessions_;
  std::uint32_t min_repeats_;
  std::vector<Trait> traits_;
};

}  // namespace

Family family_of(const Session& session) {
  Family family{session.kind, session.inner, {}};
  if (session.kind == Kind::kGetPost && !session.methods.empty())
    family.method = session.methods.front().first;
  return family;
}

std::vector<Trait> family_traits(const Family& family) {
  std::vector<Trait> traits;
  traits.push_back({with_text(On::kKind, std::string(session::name_of(family.kind))), 2});
  const double bits = bits_of(family.inner);
  // What a session of kind ssl carries is TLS anyway; unknown is what nobody recognised until now.
  const bool is_telling = bits != 0 && family.inner != protocol::Inner::kUnknown;
  if (is_telling)
    traits.push_back({with_text(On::kInner, std::string(protocol::name_of(family.inner))), bits});
  if (!family.method.empty()) {
    const bool is_usual = family.method == "GET" || family.method == "POST" || family.method == "HEAD";
    traits.push_back({with_text(On::kMethod, std::string(family.method)), is_usual ? 1.0 : 12.0});
  }
  return traits;
}

std::vector<Trait> find_traits(Sessions sessions, std::uint32_t min_repeats) {
  return TraitFinder(sessions, min_repeats).find();
}

std::vector<Trait> find_place_traits(Sessions sessions) {
  std::vector<Trait> traits;
  const Session& first = *sessions.front();
  for (const auto& [on, text] :
       {std::pair(On::kDestination, first.destination), std::pair(On::kSni, first.sni)}) {
    const bool is_writable = !text.empty() && text.find('*') == std::string::npos;
    if (!is_writable || !std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; }))
      continue;
    const Condition condition = with_text(on, text);
    if (is_common(sessions, condition)) return {{condition, 30}};
  }
  return traits;
}

}  // namespace mogura::pattern::detail
