#pragma once

// Lines of Suricata's EVE log (JSON), turned into named columns and from there into records. Used are events
// of kind http, tls, flow, and those named after protocols that can run inside a tunnel (ssh, smtp, …);
// others are passed over. One thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "logs/detail/columns.h"

namespace mogura::logs {

namespace detail {
class OpenSessions;
}

// By the names in eve.cc.
enum class EveColumn : std::uint8_t {
  kTime,
  kFlow,
  kEvent,
  kSourceAddress,
  kSourcePort,
  kDestinationAddress,
  kDestinationPort,
  kProtocol,
  kAppProtocol,
  // http
  kHost,
  kUrl,
  kUserAgent,
  kForwarded,
  kContentType,
  kReferer,
  kMethod,
  kStatus,
  kLength,
  // tls
  kSubject,
  kIssuer,
  kServerName,
  kVersion,
  kJa3,
  kJa3Text,
  kJa3s,
  kJa4,
  kClientAlpns,
  kServerAlpns,
  // flow
  kPacketsUp,
  kPacketsDown,
  kBytesUp,
  kBytesDown,
  kStart,
  kEnd,
  kCount,
};

using EveRow = detail::Columns<EveColumn>;

class EveReader {
 public:
  EveReader();
  ~EveReader();
  EveReader(EveReader&&) noexcept;
  EveReader& operator=(EveReader&&) noexcept;

  // Clears and fills `row`. Errors (kFormat): not one JSON object, or one without event_type.
  Result<void> read(std::string_view line, EveRow& row);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

enum class EveUse : std::uint8_t {
  kUsed,
  kNotTcp,
  kOtherEvent,  // an event that is not used
};

std::optional<Timestamp> time_of(const EveRow& row);

// Errors (kFormat): a used event without time, flow_id or endpoints; a number or time out of range.
Result<EveUse> add_eve_row(const EveRow& row, detail::OpenSessions& sessions);

}  // namespace mogura::logs
