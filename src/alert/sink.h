#pragma once

// Where alerts go. A sink never blocks the data path: send() puts the alert into a bounded queue, a thread of
// the sink delivers with retry. What cannot be delivered is counted, never silently lost:
//
//   accepted = delivered + lost + queued
//
// What "delivered" means, and how much of it is promised, differs by sink: docs/guides/alerts.md. The threads
// of sinks have all signals blocked. A destructor stops at once what has not been stopped.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "report/alert.h"

namespace mogura::alert {

struct SinkCounters {
  std::uint64_t accepted = 0;   // by send(), and found in the spool at the start
  std::uint64_t delivered = 0;  //
  std::uint64_t lost = 0;       // the queue was full, the receiver refuses it, or the end came
  std::uint64_t retries = 0;    // attempts after the first
  std::uint64_t queued = 0;     // now: in memory, in the spool, or sent and not acknowledged
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Any thread. Returns at once.
  virtual void send(const report::Alert& alert) = 0;
  // Waits until all is delivered or `seconds` have passed; what is left is spooled or counted as lost. Then
  // no more send() may follow. One thread; a second call does nothing.
  virtual void stop(double seconds) = 0;
  // For log rotation: the file is opened anew, soon. Any thread.
  virtual void reopen() {}
  [[nodiscard]] virtual SinkCounters counters() const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "file", "syslog", "webhook"
  // Why the last attempt that failed did; empty where none did since the last success. Never holds more of
  // an address than host and port. Any thread.
  [[nodiscard]] virtual std::string last_error() const = 0;
};

// JSON lines to a file or named pipe (appended, made with mode 0640, reopened on reopen()), or "-" for
// standard output. Errors: kIo.
struct FileOptions {
  std::string path;
  std::size_t queue = 10'000;
  double first_pause_s = 0.5, longest_pause_s = 10;  // between attempts while it cannot be written
};
Result<std::unique_ptr<Sink>> make_file_sink(const FileOptions& options);
Result<std::unique_ptr<Sink>> make_file_sink(const std::string& path);

// RFC 5424. udp://HOST[:514], tcp://HOST[:601] (RFC 6587 octet counting), tls://HOST[:6514] (RFC 5425, the
// server's certificate is verified against the system's store or `ca_file`, and must name HOST),
// unix:///dev/log (datagrams). Errors: kUsage (the target makes no sense), kIo (a file cannot be read).
struct SyslogOptions {
  std::string target = "unix:///dev/log";
  std::string ca_file;
  std::string certificate_file, key_file;  // PEM; for servers that want to know their clients
  std::string app_name = "mogura";
  unsigned facility = 10;  // security/authorization (RFC 5424 §6.2.1)
  std::size_t queue = 10'000;
  double first_pause_s = 1, longest_pause_s = 60;
};
Result<std::unique_ptr<Sink>> make_syslog_sink(const SyslogOptions& options);

// POST of one JSON document per alert; 2xx is delivered, all else is tried again with growing pauses. Errors:
// kUsage (no http or https URL), kIo and kFormat (the spool cannot be used; it is left as it was).
struct WebhookOptions {
  std::string url;      // never shown in full: it may hold credentials
  std::string ca_file;  // instead of the system's store
  std::string spool;    // file for alerts that wait, bounded; empty: memory only, beyond the queue they are
                        // lost and counted
  std::size_t queue = 1'000;
  std::size_t spool_bytes = std::size_t{64} << 20;
  double first_pause_s = 1, longest_pause_s = 60;
  double timeout_s = 10;  // of one request, from its start to the end of the answer
};
// A receiver that asks for a longer pause (Retry-After) gets at most this.
inline constexpr double kLongestRetryAfterS = 300;
// An alert that the receiver calls bad (400, 413, 415, 422) as often as this, in a row, is lost and counted:
// it would keep all others from being delivered.
inline constexpr unsigned kRefusals = 3;
Result<std::unique_ptr<Sink>> make_webhook_sink(const WebhookOptions& options);

}  // namespace mogura::alert
