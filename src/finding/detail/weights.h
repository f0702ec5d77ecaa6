#pragma once

// Every weight that a score is made of, in one place; docs/guides/scores.md explains them, and a test
// compares the two. Private to the room.

namespace mogura::finding::detail::weights {

// Through CONNECT without TLS (paper 1, §5.4.1)
inline constexpr double kConnectNotTls = 0.6;
inline constexpr double kAccess = 0.2;   // ssh, vpn, remote desktops
inline constexpr double kService = 0.1;  // mail, files, databases
inline constexpr double kPlainWeb = -0.1;
inline constexpr double kAnomaly = 0.1;
inline constexpr double kRareAnomaly = 0.05;  // in fewer than half of the sessions
// Such a protocol inside WebSocket messages, or bare on a port of the web
inline constexpr double kHidden = 0.6;

// Sessions match a registered pattern: somebody has looked before, and given it a name
inline constexpr double kRegisteredPattern = 0.6;

// Rarity: multiplied by the statement's strength; the sum of each group is cut
inline constexpr double kExclusiveProgram = 0.2;
inline constexpr double kFewClients = 0.1;
inline constexpr double kFewPrograms = 0.1;  // few-user-agents, few-cipher-lists
inline constexpr double kRareCipherList = 0.15;
inline constexpr double kRareUserAgent = 0.1;
inline constexpr double kPrivateLine = 0.15;  // only with a suspicious shape or rhythm, as is the next
inline constexpr double kPrivatePlace = 0.1;
inline constexpr double kUnusualPort = 0.1;
inline constexpr double kAddressNotName = 0.1;
inline constexpr double kRarityAtMost = 0.35;
inline constexpr double kManyClients = -0.3;
inline constexpr double kMixedPrograms = -0.2;

// Contradictions: multiplied by the strength
inline constexpr double kForeignHello = 0.3;    // hello-not-of-claimed-browser
inline constexpr double kBorrowedHello = 0.35;  // hello-of-a-browser
inline constexpr double kTargetMismatch = 0.2;
inline constexpr double kOtherContradiction = 0.1;
inline constexpr double kNoUserAgent = 0.1;
inline constexpr double kContradictionsAtMost = 0.4;

// Shape
inline constexpr double kLongConversation = 0.25;
inline constexpr double kInteractive = 0.2;
inline constexpr double kTlsInTls = 0.2;
inline constexpr double kHeartbeat = 0.1;
inline constexpr double kVeryLongConversation = 0.35;
inline constexpr double kFewToCompare = 0.15;  // in place of these, with too little other traffic
inline constexpr double kBareTls = 0.1;
inline constexpr double kLongBody = 0.4;
inline constexpr double kShapeAtMost = 0.5;

// Rhythm: multiplied by how sure it is
inline constexpr double kBeacon = 0.5;
inline constexpr double kNoReferer = 0.1;

// Application: multiplied by the confidence in the name
inline constexpr double kSuspiciousApplication = 0.55;
inline constexpr double kOrdinaryApplication = -0.25;
inline constexpr double kDeclaredProgram = -0.2;

// What was answered to the challenge: its score as an alert (room challenge), but for answers that accuse
// nobody by themselves
inline constexpr double kPoorAnswer = 0.1;
inline constexpr double kCookiesAtMost =
    0.3;  // of what was noticed; its contradictions are cut with the others

}  // namespace mogura::finding::detail::weights
