#include "challenge/reason.h"

#include <array>

namespace mogura::challenge {
namespace {

constexpr std::array<std::string_view, kReasons> kReasonNames{"",
                                                              "off",
                                                              "exempt",
                                                              "connect",
                                                              "method",
                                                              "upgrade",
                                                              "cross-site",
                                                              "cross-origin-request",
                                                              "bare-sub-resource",
                                                              "prefetch",
                                                              "reload-without-cookies",
                                                              "name-taken",
                                                              "no-host",
                                                              "store-unavailable",
                                                              "interim",
                                                              "not-modified",
                                                              "maybe-framed",
                                                              "ordinary"};

}  // namespace

std::string_view name_of(Reason reason) {
  const auto index = static_cast<std::size_t>(reason);
  return index < kReasons ? kReasonNames[index] : std::string_view("unknown");
}

}  // namespace mogura::challenge
