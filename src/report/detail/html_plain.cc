#include "report/detail/html_plain.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "report/detail/figures.h"
#include "report/detail/html_text.h"

namespace mogura::report::detail {
namespace {

using finding::Finding;

constexpr std::size_t kListed = 10;      // names of one list
constexpr std::size_t kNameBytes = 300;  // of one name

std::string name(std::string_view text) {
  return text.empty() ? "(empty)" : "<bdi>" + escape_html(cut_text(text, kNameBytes)) + "</bdi>";
}

std::string names(const std::vector<std::string>& texts, std::uint64_t count) {
  std::string out;
  const std::size_t shown = std::min(texts.size(), kListed);
  for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + name(texts[i]);
  if (count > shown) out += " and " + with_thousands(count - shown) + " more";
  return out.empty() ? "none" : out;
}

void append_row(std::string& out, std::string_view label, std::string_view value) {
  out.append("<tr><th>").append(label).append("</th><td>").append(value).append("</td></tr>\n");
}

void append_inputs(std::string& out, const Analysis& analysis) {
  out += "<ul>\n";
  const std::size_t shown = std::min(analysis.inputs.size(), kHtmlInputs);
  for (std::size_t i = 0; i < shown; ++i) {
    const Input& input = analysis.inputs[i];
    out += "<li>" + name(input.path);
    if (input.first) out += " from " + to_rfc3339(*input.first);
    if (input.last) out += " to " + to_rfc3339(*input.last);
    for (std::size_t e = 0; e < std::min(input.errors.size(), kHtmlErrors); ++e) {
      out += "<br>" + escape_html(cut_text(input.errors[e].message(), kNameBytes));
    }
    out += "</li>\n";
  }
  out += "</ul>\n";
}

void append_counts(std::string& out, const population::Breakdown& breakdown) {
  const population::Analysed& analysed = breakdown.analysed;
  out += "<h2>Sessions with CONNECT and at least " + with_thousands(analysed.min_exchanges) +
         " messages each way</h2>\n<table>\n";
  append_row(out, "CONNECT type", with_thousands(analysed.connect));
  append_row(out, "SSL type", with_thousands(analysed.ssl));
  out += "</table>\n<h2>All sessions</h2>\n<table>\n";
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    append_row(out, session::name_of(static_cast<session::Kind>(k)), with_thousands(breakdown.by_kind[k]));
  }
  append_row(out, "total", with_thousands(breakdown.total));
  out += "</table>\n";
}

std::string hundredths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.2f", value);
  return text;
}

void append_steps(std::string& out, const identity::Question& question) {
  if (!question.search.empty()) out += "<p>Search for: " + escape_html(question.search) + "</p>\n";
  if (!question.ask.empty()) out += "<p>Ask: " + escape_html(question.ask) + "</p>\n";
}

void append_finding(std::string& out, const Finding& finding) {
  out += "<h3>" + std::string(name_of(finding.severity())) + " " + hundredths(finding.score).substr(1) + " " +
         name(finding.destination) + "</h3>\n<p>" + escape_html(finding.kind) + ", " +
         plural(finding.sessions, "session") + ", " + to_rfc3339(finding.first) + " to " +
         to_rfc3339(finding.last) + "</p>\n<ul>\n";
  for (const finding::Evidence& evidence : finding.evidence) {
    out += "<li>" + hundredths(evidence.weight) + " " + escape_html(evidence.text) + "</li>\n";
  }
  out += "</ul>\n<table>\n";
  append_row(out, "clients", names(finding.clients, finding.clients_count));
  append_row(out, "User-Agents", names(finding.user_agents, finding.user_agents_count));
  if (!finding.destinations.empty()) {
    append_row(out, "destinations", names(finding.destinations, finding.destinations.size()));
  }
  if (!finding.application.name.empty()) append_row(out, "application", name(finding.application.name));
  out += "</table>\n";
  append_steps(out, finding.question);
}

}  // namespace

void append_plain(std::string& out, const HtmlReport& report) {
  const Analysis& analysis = report.analysis;
  out += "<main class=\"page\">\n<h1>mogura</h1>\n<p>" + to_rfc3339(report.written) +
         ". The charts need scripts; what there is to look at stands here.</p>\n";
  append_inputs(out, analysis);
  append_counts(out, analysis.breakdown);
  out += "<h2>Findings</h2>\n";
  std::size_t shown = 0;
  for (const Finding& finding : analysis.findings) {
    if (finding.score < finding::kLookAt || shown == kPlainFindings) break;
    append_finding(out, finding);
    ++shown;
  }
  if (analysis.findings.empty()) out += "<p>None.</p>\n";
  if (analysis.findings.size() > shown) {
    out += "<p>" + with_thousands(analysis.findings.size() - shown) +
           " more are in the JSON document (--json).</p>\n";
  }
  out += "</main>\n";
}

}  // namespace mogura::report::detail
