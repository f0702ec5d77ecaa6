#pragma once

// One alert: a registered pattern matched a session, the population analysis found a new service, or a client
// failed a challenge. A plain value; its JSON line is docs/formats/alert.md. Texts are hostile, to be escaped
// by whoever writes them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace mogura::report {

enum class AlertKind : std::uint8_t { kPattern, kFinding, kVerdict };
std::string_view name_of(AlertKind kind);  // "pattern", "finding", "verdict"

struct Alert {
  // The same for the same event: pattern and session; finding; verdict, client, User-Agent and host.
  std::string alert_id;
  Timestamp time{};  // packet time at which it was certain
  AlertKind kind = AlertKind::kPattern;
  std::string pattern_id, pattern_name;  // kPattern
  std::string finding_id;                // kFinding, and where the pattern names its source
  std::string verdict;                   // kVerdict
  std::string application;
  std::string session_id;  // kPattern
  std::string community_id;
  Endpoint client, server;
  std::string client_forwarded;
  std::string destination;
  std::string user_agent;
  std::vector<std::string> clients;  // kFinding, kVerdict
  double score = 0;
  std::string severity;                // "low", "medium", "high"
  std::vector<std::string> sentences;  // the finding's words, or which conditions were met
};

// One JSON line without line feed.
std::string write_alert_line(const Alert& alert);

}  // namespace mogura::report
