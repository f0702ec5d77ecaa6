#pragma once

// Every weight of the passive questions, in one place; docs/guides/scores.md explains them, and a test
// compares the two. Private to the room.

#include <cstdint>
#include <string_view>

namespace mogura::challenge::detail::weights {

// Header order: multiplied by the share of the program's requests to that host that contradict
inline constexpr double kAnotherProgram = 0.35;  // the claim is a browser of today
inline constexpr double kAnotherOfOld = 0.2;     // Internet Explorer, whose order was not measured here
inline constexpr double kAnotherClaimed = 0.1;   // the claim is a program
inline constexpr double kUnknownOrder = 0.1;
inline constexpr double kUnknownOfOld = 0.05;
inline constexpr double kLowerCase = 0.2;
inline constexpr double kNoFetchData = 0.25;
// The TLS hello: multiplied by the share of its connections
inline constexpr double kForeignHello = 0.2;
inline constexpr double kContradictionsAtMost = 0.4;

// Cookies that nobody set
inline constexpr double kCookieFromNowhere = 0.25;
inline constexpr double kCookieNewlyFromNowhere = 0.1;  // watched for less than a day
inline constexpr double kCookieAtFirstContact = 0.15;
inline constexpr double kCookiesAtMost = 0.3;

// Rhythm: multiplied by how sure it is
inline constexpr double kRegular = 0.5;
inline constexpr double kRegularPage = 0.1;  // most requests say which page they are for
inline constexpr double kDeclaredProgram = -0.2;

}  // namespace mogura::challenge::detail::weights
