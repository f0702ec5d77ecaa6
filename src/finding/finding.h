#pragma once

// A finding: what a user is asked to look at, with the evidence for it. A plain value; its JSON form is in
// docs/formats/analysis.md. Texts hold names as they were on the wire: hostile, to be escaped by whoever
// writes them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "feature/features.h"
#include "identity/identity.h"

namespace mogura::finding {

enum class Severity : std::uint8_t { kLow, kMedium, kHigh };
std::string_view name_of(Severity severity);  // "low", "medium", "high"
// Below 0.5 low, below 0.8 medium.
Severity severity_of(double score);

// What people decided about it.
enum class Status : std::uint8_t { kNew, kSanctioned };
std::string_view name_of(Status status);  // "new", "sanctioned"

// One reason. `weight` is its share of the score; below zero where it speaks for harmlessness.
struct Evidence {
  std::string code;  // "connect-not-tls", …: docs/guides/scores.md
  std::string text;  // one plain sentence with its numbers, without a full stop
  double weight = 0;
  std::optional<double> observed;  // the number that the sentence rests on
  std::optional<double> expected;  // what ordinary traffic would show
};

struct Finding {
  std::string finding_id;   // finding_id_of(kind, destination)
  std::string destination;  // host:port
  std::vector<std::string>
      destinations;                      // all of them, sorted, where one program goes to several; else empty
  std::string kind;                      // of its sessions: "connect", …
  std::vector<std::string> clients;      // sorted; at most kListedClients
  std::uint64_t clients_count = 0;       // all of them
  std::vector<std::string> user_agents;  // sorted; at most kListedUserAgents, each cut at kUserAgentBytes
  std::uint64_t user_agents_count = 0;
  std::vector<std::string> cipher_lists;  // that its sessions offered, sorted; at most kListedUserAgents
  std::vector<std::string> ja4s;          // the same as JA4
  std::uint64_t sessions = 0;
  Timestamp first{};               // start of the first session
  Timestamp last{};                // end of the last one
  double score = 0;                // 0 to 1, two decimals: the sum of the weights, cut to that range
  std::vector<Evidence> evidence;  // heaviest first
  std::vector<feature::RepeatedLength> lengths;
  std::vector<feature::RepeatedBytes> strings;
  identity::Application application;
  identity::Question question;        // for the analyst; empty for findings of low severity
  std::vector<std::string> patterns;  // ids of registered patterns that its sessions match, sorted
  Status status = Status::kNew;
  // There would be none without what was answered to the challenge: clients and user_agents are only those
  // who answered so. Not stored.
  bool is_of_answers = false;
  std::string sanction;  // which entry of the allow list applies, in words

  [[nodiscard]] Severity severity() const { return severity_of(score); }
};

inline constexpr std::size_t kListedClients = 100;
inline constexpr std::size_t kListedUserAgents = 20;
inline constexpr std::size_t kUserAgentBytes = 512;

// 16 hexadecimal digits: the beginning of SHA-256 over kind, a zero byte and destination. The same in every
// version, so that others can store it.
std::string finding_id_of(std::string_view kind, std::string_view destination);

// From here on a person should look.
inline constexpr double kLookAt = 0.5;
// The score from which a service is a finding at all; tunnels through CONNECT and matches of patterns always
// are.
inline constexpr double kLeastScore = 0.3;

// Adds up the weights into `score` and puts the heaviest evidence first.
void settle(Finding& finding);

}  // namespace mogura::finding
