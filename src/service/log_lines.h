#pragma once

// The lines of the access log and of the events file. Values in, text out. All text that comes from outside
// is made harmless: in Squid's format as Squid does (quoted, %-escaped), in JSON as JSON demands (invalid
// UTF-8 replaced). Passwords never get here; the user's name does. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "challenge/gate.h"
#include "challenge/passive_evidence.h"
#include "service/event.h"

namespace mogura::service {

// One request, or one tunnel, that is over.
struct AccessRecord {
  Timestamp time{};  // of its end
  Duration elapsed{};
  Endpoint client;
  Endpoint server;          // unspecified: none was connected to
  std::string_view result;  // "TCP_MISS", "TCP_TUNNEL", "TCP_DENIED", "NONE_NONE", "TCP_MISS_ABORTED"
  unsigned status = 0;      // sent to the client; 0: none
  std::uint64_t bytes_down = 0, bytes_up = 0;  // to and from the client, heads included
  std::string_view method, url, user, user_agent, content_type, host;
  bool via_parent = false;
  std::string_view refusal;  // why it was refused, a name of a counter; empty: it was not
};

// Appended to `out`, with line end. Squid's native format: time.ms elapsed client result/status bytes method
// URL user hierarchy/peer type (the `logs` room reads it back). Text is cut at kLoggedText.
inline constexpr std::size_t kLoggedText = 8192;
void write_squid_line(const AccessRecord& record, std::string& out);
void write_access_json(const AccessRecord& record, std::string& out);

// Contract: events of the challenge.
struct EventContext {
  Timestamp time{};
  Address client;
  std::string_view user_agent, host, url, user;
};
void write_event(const EventContext& context, const challenge::ChallengeEvent& event, std::string& out);
void write_event(const EventContext& context, const challenge::VerdictEvent& event, std::string& out);
void write_event(const EventContext& context, const challenge::PassiveEvent& event, std::string& out);
void write_event(const EventContext& context, const TunnelEvent& event, std::string& out);
// A host is left alone from now on, for this client (docs/guides/https.md).
struct BypassEvent {
  std::string reason;  // a plain sentence
  Timestamp until{};
};
void write_event(const EventContext& context, const BypassEvent& event, std::string& out);

}  // namespace mogura::service
