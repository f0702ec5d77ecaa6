#include "report/detail/html_data.h"

#include <algorithm>
#include <string_view>

#include "report/analysis_json.h"
#include "report/detail/html_text.h"
#include "report/json_writer.h"

namespace mogura::report::detail {
namespace {

struct LeftOut {
  std::size_t inputs = 0;
  std::size_t findings = 0;
  std::size_t details = 0;  // findings without timeline and candidates
};

// As many findings as the budget holds, the highest score first.
std::size_t findings_within(const std::vector<finding::Finding>& findings, std::size_t bytes) {
  std::size_t count = 0;
  for (const finding::Finding& finding : findings) {
    const std::size_t size = write_finding_line(finding).size();
    if (size > bytes) break;
    bytes -= size;
    ++count;
  }
  return count;
}

void bound_inputs(Analysis& analysis, LeftOut& left_out) {
  if (analysis.inputs.size() > kHtmlInputs) {
    left_out.inputs = analysis.inputs.size() - kHtmlInputs;
    analysis.inputs.resize(kHtmlInputs);
  }
  for (Input& input : analysis.inputs) {
    if (input.errors.size() <= kHtmlErrors) continue;
    const std::size_t more = input.errors.size() - kHtmlErrors;
    const ErrorCode code = input.errors.back().code;
    input.errors.resize(kHtmlErrors, input.errors.front());
    input.errors.push_back({code, input.path, "and " + std::to_string(more) + " more"});
  }
}

Analysis bounded(const Analysis& whole, LeftOut& left_out) {
  Analysis analysis = whole;
  bound_inputs(analysis, left_out);
  for (GroupList& list : analysis.groups) {
    for (population::Group& group : list.rows) group.key = cut_text(group.key, kHtmlKeyBytes);
  }
  const std::size_t kept = findings_within(analysis.findings, kHtmlFindingBytes);
  left_out.findings = analysis.findings.size() - kept;
  analysis.findings.erase(analysis.findings.begin() + static_cast<std::ptrdiff_t>(kept),
                          analysis.findings.end());
  return analysis;
}

// Most slices of most clients are empty: only the others are written, as pairs of number and sessions.
void write_timeline(JsonWriter& json, const finding::Timeline& timeline) {
  json.key("timeline");
  json.begin_object();
  json.field("from", timeline.from);
  json.field("to", timeline.to);
  json.field("slices", timeline.clients.front().slices.size());
  json.key("clients");
  json.begin_array();
  for (const finding::Timeline::Client& client : timeline.clients) {
    json.begin_object();
    json.field("client", client.name);
    json.field("sessions", client.sessions);
    json.key("cells");
    json.begin_array();
    for (std::size_t i = 0; i < client.slices.size(); ++i) {
      if (client.slices[i] == 0) continue;
      json.value(i);
      json.value(client.slices[i]);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.field("cut", timeline.is_cut);
  json.end_object();
}

std::string details_of(const FindingDetails& details) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_object();
  if (!details.timeline.clients.empty()) write_timeline(json, details.timeline);
  json.key("candidates");
  json.begin_array();
  for (const CandidatePattern& candidate : details.candidates) {
    json.begin_object();
    json.field("id", candidate.id);
    json.field("text", candidate.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

// The member "details": what stands in it by finding, in the order of the findings.
std::string write_details(const HtmlReport& report, std::size_t findings, LeftOut& left_out) {
  std::string out = "[";
  const std::size_t count = std::min(findings, report.details.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string details = details_of(report.details[i]);
    if (out.size() + details.size() > kHtmlDetailBytes) {
      left_out.details = count - i;
      break;
    }
    if (i != 0) out += ',';
    out += details;
  }
  return out + ']';
}

void write_left_out(JsonWriter& json, const LeftOut& left_out) {
  json.key("left_out");
  json.begin_object();
  json.field("inputs", left_out.inputs);
  json.field("findings", left_out.findings);
  json.field("details", left_out.details);
  json.end_object();
}

}  // namespace

void append_data(std::string& out, const HtmlReport& report) {
  LeftOut left_out;
  const Analysis analysis = bounded(report.analysis, left_out);
  const std::string details = write_details(report, analysis.findings.size(), left_out);
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("schema", "mogura.report/1");
  json.field("written", report.written);
  json.field_if("learned_into", report.learned_into);
  write_left_out(json, left_out);
  json.key("analysis");
  write_analysis(json, analysis);
  json.end_object();
  text.pop_back();
  append_json_for_html(out, text);
  append_json_for_html(out, ",\"details\":" + details + "}");
}

}  // namespace mogura::report::detail
