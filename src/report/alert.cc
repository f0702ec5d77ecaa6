#include "report/alert.h"

#include "report/json_writer.h"

namespace mogura::report {
namespace {

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_endpoint(JsonWriter& json, std::string_view ip, std::string_view port, const Endpoint& endpoint) {
  if (endpoint == Endpoint{}) return;
  json.field(ip, endpoint.address.to_string());
  json.field(port, endpoint.port);
}

void write_what(JsonWriter& json, const Alert& alert) {
  json.field("alert_id", alert.alert_id);
  json.field("time", alert.time);
  json.field("kind", name_of(alert.kind));
  json.field_if("severity", alert.severity);
  json.field("score", alert.score);
  json.field_if("pattern_id", alert.pattern_id);
  json.field_if("pattern_name", alert.pattern_name);
  json.field_if("finding_id", alert.finding_id);
  json.field_if("verdict", alert.verdict);
  json.field_if("application", alert.application);
}

void write_where(JsonWriter& json, const Alert& alert) {
  json.field_if("session_id", alert.session_id);
  json.field_if("community_id", alert.community_id);
  write_endpoint(json, "client_ip", "client_port", alert.client);
  write_endpoint(json, "server_ip", "server_port", alert.server);
  json.field_if("client_forwarded", alert.client_forwarded);
  json.field_if("destination", alert.destination);
  json.field_if("user_agent", alert.user_agent);
  write_texts(json, "clients", alert.clients);
}

}  // namespace

std::string_view name_of(AlertKind kind) {
  switch (kind) {
    case AlertKind::kPattern:
      return "pattern";
    case AlertKind::kFinding:
      return "finding";
    case AlertKind::kVerdict:
      return "verdict";
  }
  return "pattern";
}

std::string write_alert_line(const Alert& alert) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("schema", "mogura.alert/1");
  write_what(json, alert);
  write_where(json, alert);
  write_texts(json, "sentences", alert.sentences);
  json.end_object();
  return out;
}

}  // namespace mogura::report
