#include "report/analysis_json.h"

#include <algorithm>
#include <string_view>

#include "base/digest.h"
#include "report/json_writer.h"
#include "report/readable.h"

namespace mogura::report {
namespace {

using population::Group;
using population::GroupBy;
constexpr auto kOneLine = JsonWriter::Open::kOneLine;

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name);
  json.begin_array(kOneLine);
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_counts(JsonWriter& json, std::string_view name, const std::vector<Counter>& counts) {
  json.key(name);
  json.begin_object(kOneLine);
  for (const auto& [what, count] : counts) {
    json.untrusted_key(what);
    json.value(count);
  }
  json.end_object();
}

void write_input(JsonWriter& json, const Input& input) {
  json.begin_object();
  json.field("path", input.path);
  json.field_if("format", input.format);
  json.field("packets", input.packets);
  json.field("bytes", input.bytes);
  if (input.first) json.field("first", *input.first);
  if (input.last) json.field("last", *input.last);
  std::vector<std::string> errors;
  for (const Error& error : input.errors) errors.push_back(error.message());
  write_texts(json, "errors", errors);
  json.end_object();
}

void write_breakdown(JsonWriter& json, const population::Breakdown& breakdown) {
  json.key("sessions");
  json.begin_object();
  json.field("total", breakdown.total);
  json.key("by_kind");
  json.begin_object(kOneLine);
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    json.field(name_of(static_cast<session::Kind>(k)), breakdown.by_kind[k]);
  }
  json.end_object();
  write_counts(json, "by_method", breakdown.by_method);
  json.key("analysed");
  json.begin_object(kOneLine);
  json.field("min_exchanges", breakdown.analysed.min_exchanges);
  json.field("total", breakdown.analysed.total);
  json.field("connect", breakdown.analysed.connect);
  json.field("ssl", breakdown.analysed.ssl);
  json.end_object();
  json.end_object();
}

void write_group(JsonWriter& json, GroupBy by, const Group& group) {
  json.begin_object(kOneLine);
  json.field("key", group.key);
  if (by == GroupBy::kCipherSuites) {
    json.field_if("ja3", group.ja3);
    json.field_if("ja4", group.ja4);
  }
  json.field("sessions", group.sessions);
  json.field("clients", group.clients);
  const bool is_place = by == GroupBy::kDestination || by == GroupBy::kRegistrableDomain;
  const bool is_hello = by == GroupBy::kCipherSuites || by == GroupBy::kJa4;
  if (!is_place) json.field("destinations", group.destinations);
  if (by != GroupBy::kUserAgent) json.field("user_agents", group.user_agents);
  if (!is_hello) json.field("cipher_lists", group.cipher_lists);
  if (is_place) {
    json.field("bytes_up", group.bytes_up);
    json.field("bytes_down", group.bytes_down);
  }
  if (group.last != Timestamp{}) {
    json.field("first", group.first);
    json.field("last", group.last);
  }
  json.end_object();
}

void write_groups(JsonWriter& json, const Analysis& analysis) {
  constexpr std::array<std::string_view, population::kGroupTables> kNames{
      "destination", "user_agent", "cipher_suites", "ja4", "registrable_domain"};
  json.key("groups");
  json.begin_object();
  for (std::size_t t = 0; t < population::kGroupTables; ++t) {
    json.key(kNames[t]);
    json.begin_array();
    for (const Group& group : analysis.groups[t].rows) write_group(json, static_cast<GroupBy>(t), group);
    json.end_array();
  }
  json.end_object();
}

void write_evidence(JsonWriter& json, const finding::Evidence& evidence) {
  json.begin_object();
  json.field("code", evidence.code);
  json.field("text", evidence.text);
  json.field("weight", evidence.weight);
  if (evidence.observed) json.field("observed", *evidence.observed);
  if (evidence.expected) json.field("expected", *evidence.expected);
  json.end_object();
}

std::string_view name_of_direction(session::Direction direction) {
  return direction == session::Direction::kUp ? "up" : "down";
}

// Where the bytes are not all readable, `text` has their readable runs only, if any is worth showing.
void write_string(JsonWriter& json, const feature::RepeatedBytes& string) {
  json.begin_object(kOneLine);
  json.field("dir", name_of_direction(string.direction));
  if (string.message != feature::RepeatedBytes::kAnyMessage) {
    json.field("message", static_cast<std::uint64_t>(string.message));
  }
  json.field("offset", std::uint64_t{string.offset});
  json.field("hex", to_hex(as_bytes(string.bytes)));
  json.field_if("text", readable_text(string.bytes));
  json.field("count", string.count);
  json.field("sessions", std::uint64_t{string.sessions});
  json.end_object();
}

void write_features(JsonWriter& json, const finding::Finding& finding) {
  json.key("features");
  json.begin_object();
  json.key("lengths");
  json.begin_array();
  for (const feature::RepeatedLength& length : finding.lengths) {
    json.begin_object(kOneLine);
    json.field("dir", name_of_direction(length.direction));
    json.field("length", std::uint64_t{length.length});
    json.field("count", length.count);
    json.field("sessions", std::uint64_t{length.sessions});
    json.end_object();
  }
  json.end_array();
  json.key("strings");
  json.begin_array();
  for (const feature::RepeatedBytes& string : finding.strings) write_string(json, string);
  json.end_array();
  json.end_object();
}

void write_application(JsonWriter& json, const identity::Application& application) {
  if (application.name.empty() && application.clues.empty()) return;
  json.key("application");
  json.begin_object();
  json.field_if("name", application.name);
  json.field("class", identity::name_of(application.cls));
  json.field("confidence", application.confidence);
  json.key("clues");
  json.begin_array();
  for (const identity::Clue& clue : application.clues) {
    json.begin_object(kOneLine);
    json.field("source", clue.source);
    json.field("value", clue.value);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_question(JsonWriter& json, const identity::Question& question) {
  if (question.search.empty() && question.ask.empty()) return;
  json.key("next_steps");
  json.begin_object();
  json.field_if("search", question.search);
  json.field_if("ask", question.ask);
  json.end_object();
}

void write_finding(JsonWriter& json, const finding::Finding& finding) {
  json.begin_object();
  json.field("finding_id", finding.finding_id);
  json.field("destination", finding.destination);
  if (!finding.destinations.empty()) write_texts(json, "destinations", finding.destinations);
  json.field("kind", finding.kind);
  write_texts(json, "clients", finding.clients);
  json.field("clients_count", finding.clients_count);
  write_texts(json, "user_agents", finding.user_agents);
  json.field("user_agents_count", finding.user_agents_count);
  if (!finding.cipher_lists.empty()) write_texts(json, "cipher_lists", finding.cipher_lists);
  if (!finding.ja4s.empty()) write_texts(json, "ja4s", finding.ja4s);
  json.field("sessions", finding.sessions);
  json.field("first", finding.first);
  json.field("last", finding.last);
  json.field("score", finding.score);
  json.field("severity", name_of(finding.severity()));
  json.key("evidence");
  json.begin_array();
  for (const finding::Evidence& evidence : finding.evidence) write_evidence(json, evidence);
  json.end_array();
  write_features(json, finding);
  write_application(json, finding.application);
  write_question(json, finding.question);
  write_texts(json, "patterns", finding.patterns);
  json.field("status", name_of(finding.status));
  json.field_if("sanction", finding.sanction);
  json.end_object();
}

// `not_decoded` follows `decoded`, as in docs/formats/analysis.md, or stands last.
void write_counters(JsonWriter& json, const Analysis& analysis) {
  json.key("counters");
  json.begin_object();
  bool is_written = false;
  for (const auto& [name, count] : analysis.counters) {
    json.untrusted_key(name);
    json.value(count);
    if (name != "decoded" || is_written) continue;
    write_counts(json, "not_decoded", analysis.not_decoded);
    is_written = true;
  }
  if (!is_written) write_counts(json, "not_decoded", analysis.not_decoded);
  json.end_object();
}

}  // namespace

void write_analysis(JsonWriter& json, const Analysis& analysis) {
  json.begin_object();
  json.field("schema", "mogura.analysis/1");
  json.field("version", analysis.version);
  json.key("inputs");
  json.begin_array();
  for (const Input& input : analysis.inputs) write_input(json, input);
  json.end_array();
  write_breakdown(json, analysis.breakdown);
  write_groups(json, analysis);
  json.key("findings");
  json.begin_array();
  for (const finding::Finding& finding : analysis.findings) write_finding(json, finding);
  json.end_array();
  write_counters(json, analysis);
  json.end_object();
}

std::string write_json(const Analysis& analysis) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  write_analysis(json, analysis);
  out += '\n';
  return out;
}

std::string write_finding_line(const finding::Finding& finding) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLine);
  write_finding(json, finding);
  return out;
}

}  // namespace mogura::report
