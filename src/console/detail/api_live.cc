#include "console/detail/api_live.h"

#include <algorithm>

#include "base/hash.h"
#include "console/detail/api_rows.h"

namespace mogura::console::detail {
namespace {

constexpr std::uint64_t kAlertMask = (std::uint64_t{1} << Told::kAlertBits) - 1;
constexpr std::uint64_t kTotalsMask = (std::uint64_t{1} << (63 - Told::kAlertBits)) - 1;

// A row has no line end in it: JsonWriter escapes those of texts, and writes none of its own.
template <class Row>
std::string data_of(const Row& row, JsonReader& reader) {
  std::string data;
  report::JsonWriter json(data, report::JsonWriter::Layout::kLine);
  write_row(json, reader, row);
  return data;
}

std::uint64_t id_of(const report::AlertRow& alert) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(alert.id, 0)) & kAlertMask;
}

std::uint64_t trace_of(std::string_view totals) {
  return std::max<std::uint64_t>(hash_bytes(as_bytes(totals)) & kTotalsMask, 1);
}

void append_alerts(report::Archive& archive, JsonReader& json, Told& told, std::string& events) {
  const auto alerts = archive.alerts_after(static_cast<std::int64_t>(told.alert));
  if (!alerts) return;  // another time
  for (const report::AlertRow& alert : *alerts) {
    told.alert = std::max(told.alert, id_of(alert));
    events +=
        "id: " + std::to_string(id_of(alert)) + "\nevent: alert\ndata: " + data_of(alert, json) + "\n\n";
  }
}

void append_totals(report::Archive& archive, JsonReader& json, Told& told, bool is_silent,
                   std::string& events) {
  const auto totals = archive.totals();
  if (!totals) return;
  const std::string data = data_of(*totals, json);
  const std::uint64_t trace = trace_of(data);
  if (trace != told.totals && !is_silent) events += "event: totals\ndata: " + data + "\n\n";
  told.totals = trace;
}

}  // namespace

Told Told::of(std::int64_t cursor) {
  const auto bits = static_cast<std::uint64_t>(cursor);
  return {bits & kAlertMask, bits >> kAlertBits & kTotalsMask};
}

std::int64_t Told::cursor() const {
  return static_cast<std::int64_t>((totals & kTotalsMask) << kAlertBits | (alert & kAlertMask));
}

std::string live_events(report::Archive& archive, JsonReader& json, std::int64_t& cursor) {
  std::string events;
  Told told;
  const bool is_new = cursor < 0;
  if (is_new) {
    const auto last = archive.last_alert();
    if (!last) return events;  // it stays below zero
    told.alert = static_cast<std::uint64_t>(std::max<std::int64_t>(*last, 0)) & kAlertMask;
  } else {
    told = Told::of(cursor);
    append_alerts(archive, json, told, events);
  }
  append_totals(archive, json, told, is_new, events);
  cursor = told.cursor();
  return events;
}

}  // namespace mogura::console::detail
