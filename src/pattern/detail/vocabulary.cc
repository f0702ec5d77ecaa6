#include "pattern/detail/vocabulary.h"

#include <array>

namespace mogura::pattern {
namespace {

constexpr std::array<std::string_view, 19> kConditionNames = {"kind",
                                                              "inner_protocol",
                                                              "destination",
                                                              "user_agent",
                                                              "no_user_agent",
                                                              "cipher_suites",
                                                              "ja4",
                                                              "sni",
                                                              "no_sni",
                                                              "method",
                                                              "upgrade",
                                                              "length",
                                                              "bytes",
                                                              "rhythm",
                                                              "exchanges",
                                                              "duration_s",
                                                              "long_body",
                                                              "all",
                                                              "any"};
static_assert(kConditionNames.size() == static_cast<std::size_t>(Condition::On::kAny) + 1);

// The value among the first `count` of an enumeration whose name is `name`.
template <class Value, class Name>
std::optional<Value> find_named(std::string_view name, std::size_t count, Name name_of_value) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<Value>(i);
    if (name_of_value(value) == name) return value;
  }
  return {};
}

}  // namespace

std::string_view name_of(Condition::On on) {
  return kConditionNames[static_cast<std::size_t>(on)];
}

namespace detail {

std::string_view name_of(session::Direction direction) {
  return direction == session::Direction::kUp ? "up" : "down";
}

std::optional<session::Direction> direction_named(std::string_view name) {
  return find_named<session::Direction>(name, 2, [](session::Direction value) { return name_of(value); });
}

std::optional<session::Kind> kind_named(std::string_view name) {
  return find_named<session::Kind>(name, session::kKinds,
                                   [](session::Kind value) { return session::name_of(value); });
}

std::optional<protocol::Inner> inner_named(std::string_view name) {
  constexpr auto kCount = static_cast<std::size_t>(protocol::Inner::kUnknown) + 1;
  return find_named<protocol::Inner>(name, kCount,
                                     [](protocol::Inner value) { return protocol::name_of(value); });
}

std::optional<Condition::On> condition_named(std::string_view key) {
  return find_named<Condition::On>(key, kConditionNames.size(),
                                   [](Condition::On value) { return pattern::name_of(value); });
}

}  // namespace detail
}  // namespace mogura::pattern
