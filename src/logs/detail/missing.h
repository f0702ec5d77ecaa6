#pragma once

// What was in the logs that were read, and from that what was not: said once, in sentences. One thread.

#include <string>
#include <vector>

#include "logs/log_source.h"
#include "logs/squid.h"
#include "session/session.h"

namespace mogura::logs::detail {

// By monitor: Zeek, Suricata.
struct MonitorFields {
  bool was_read = false;
  bool http = false;  // a request was in it
  bool tls = false;   // a hello was
  bool connections = false;
  bool cipher_lists = false;
  bool fingerprints = false;  // JA3 or JA4
  void saw(const session::Session& session);
};

struct FieldsSeen {
  bool sessions = false;
  std::array<bool, 3> squid{};  // by SquidFormat
  MonitorFields zeek;
  MonitorFields eve;

  [[nodiscard]] bool has_squid() const { return squid[0] || squid[1] || squid[2]; }
};

Seen seen_of(const FieldsSeen& fields);
std::vector<std::string> missing_of(const FieldsSeen& fields);

}  // namespace mogura::logs::detail
