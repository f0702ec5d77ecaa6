#include "app/watch_counters.h"

#include "report/json_writer.h"

namespace mogura::app {
namespace {

using report::JsonWriter;

void write_sinks(JsonWriter& json, const std::vector<WatchCounters::Sink>& sinks) {
  json.key("sinks");
  json.begin_array();
  for (const WatchCounters::Sink& sink : sinks) {
    json.begin_object();
    json.field("name", sink.name);
    json.field("accepted", sink.counters.accepted);
    json.field("delivered", sink.counters.delivered);
    json.field("queued", sink.counters.queued);
    json.field("retries", sink.counters.retries);
    json.field("lost", sink.counters.lost);
    json.field_if("error", sink.last_error);
    json.end_object();
  }
  json.end_array();
}

void write_store(JsonWriter& json, const StoreWriterCounters& store) {
  json.key("db");
  json.begin_object();
  json.field("sessions", store.store.sessions);
  json.field("alerts", store.store.alerts);
  json.field("commits", store.store.commits);
  json.field("failed_writes", store.store.failed_writes);
  json.field("queued", store.queued);
  json.field("lost", store.store.lost_rows + store.lost);
  json.end_object();
}

}  // namespace

std::string write_counters_line(const WatchCounters& counters) {
  std::string line;
  JsonWriter json(line, JsonWriter::Layout::kLine);
  const PipelineCounters& pipeline = counters.now.pipeline;
  json.begin_object();
  json.field("event", counters.is_last ? "end" : "counters");
  json.field("time", counters.time);
  json.field("packets", counters.now.capture.packets);
  json.field("kernel_drops", counters.now.capture.kernel_drops);
  json.field("freezes", counters.now.capture.freezes);
  json.field("connections", counters.now.connections);
  json.field("sessions", counters.sessions);
  json.field("paired_sessions", pipeline.paired_sessions);
  json.field("evicted_sessions", pipeline.table.evicted_sessions);
  json.field("gaps_bytes", pipeline.tcp.gaps_bytes);
  json.field("patterns", counters.patterns);
  json.field("pattern_alerts", counters.pattern_alerts);
  json.field("finding_alerts", counters.finding_alerts);
  json.field("known_alerts", counters.known_alerts);
  json.field("reloads", counters.reloads);
  json.field("failed_reloads", counters.failed_reloads);
  write_sinks(json, counters.sinks);
  if (counters.store) write_store(json, *counters.store);
  json.end_object();
  return line + "\n";
}

std::vector<report::Counter> sensor_counters(const WatchCounters& counters) {
  std::uint64_t lost_alerts = 0;
  for (const WatchCounters::Sink& sink : counters.sinks) lost_alerts += sink.counters.lost;
  return {{"packets", counters.now.capture.packets},
          {"kernel_drops", counters.now.capture.kernel_drops},
          {"connections", counters.now.connections},
          {"sessions", counters.sessions},
          {"evicted_sessions", counters.now.pipeline.table.evicted_sessions},
          {"gaps_bytes", counters.now.pipeline.tcp.gaps_bytes},
          {"pattern_alerts", counters.pattern_alerts},
          {"finding_alerts", counters.finding_alerts},
          {"lost_alerts", lost_alerts},
          {"lost_rows", counters.store ? counters.store->store.lost_rows + counters.store->lost : 0}};
}

}  // namespace mogura::app
