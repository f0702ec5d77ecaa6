#include "report/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "report/detail/figures.h"
#include "report/detail/page.h"
#include "report/detail/table.h"
#include "report/detail/terminal_groups.h"

namespace mogura::report {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): this room's own parts
using finding::Finding;
using finding::Severity;

constexpr double kLookAt = 0.5;  // a finding with that score is what a user is asked to look at
constexpr std::size_t kIndent = 2;
constexpr std::size_t kShownNames = 5;
constexpr std::size_t kShownInputs = 12;  // without errors
constexpr std::size_t kShownErrors = 10;  // per input

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::kLow:
      return Paint::kDim;
    case Severity::kMedium:
      return Paint::kYellow;
    case Severity::kHigh:
      return Paint::kRed;
  }
  return Paint::kPlain;
}

std::string between(const Page& page, Timestamp first, Timestamp last) {
  std::string text = day_of(first) + " " + time_of(first) + " " + std::string(page.glyphs().dash) + " ";
  if (day_of(first) != day_of(last)) text += day_of(last) + " ";
  return text + time_of(last) + " UTC";
}

std::size_t to_look_at(const Analysis& analysis) {
  return static_cast<std::size_t>(
      std::count_if(analysis.findings.begin(), analysis.findings.end(),
                    [](const Finding& finding) { return finding.score >= kLookAt; }));
}

void write_headline(Page& page, const Analysis& analysis) {
  const std::string dot = " " + std::string(page.glyphs().dot) + " ";
  const std::size_t suspects = to_look_at(analysis);
  Line line;
  line.add("mogura " + page.escape(analysis.version), Paint::kBold).add(dot, Paint::kDim);
  if (suspects == 0) {
    line.add("nothing to look at");
  } else {
    line.add(plural(suspects, "destination") + " to look at", paint_of(analysis.findings[0].severity()));
  }
  line.add(dot, Paint::kDim).add(plural(analysis.breakdown.total, "session"));
  line.add(dot, Paint::kDim).add(with_thousands(analysis.breakdown.analysed.total) + " analysed");
  page.add(line);
}

void write_input(Page& page, const Input& input) {
  const std::string path = cut_to_width(page.escape(input.path), page.style().width - kIndent, CutAt::kMiddle,
                                        page.glyphs().ellipsis);
  page.add(Line().pad_to(kIndent).add(path));
  std::vector<std::string> facts{page.escape(input.format), plural(input.packets, "packet"),
                                 with_unit(input.bytes)};
  if (input.format.empty()) facts.erase(facts.begin());
  if (input.first && input.last) {
    facts.push_back(between(page, *input.first, *input.last));
    facts.push_back(span_of(*input.last - *input.first));
  }
  page.items(2 * kIndent, facts, Paint::kDim);
  const std::size_t shown = std::min(input.errors.size(), kShownErrors);
  for (std::size_t i = 0; i < shown; ++i) {
    page.paragraph({}, 2 * kIndent, page.escape(input.errors[i].message()), Paint::kRed);
  }
  if (input.errors.size() > shown) {
    const std::string rest = plural(input.errors.size() - shown, "more error");
    page.add(Line().pad_to(2 * kIndent).add(rest, Paint::kRed));
  }
}

void write_inputs(Page& page, const Analysis& analysis) {
  page.heading("Read", analysis.inputs.size() > 1 ? plural(analysis.inputs.size(), "input") : std::string());
  std::size_t whole = 0;
  std::size_t left_out = 0;
  for (const Input& input : analysis.inputs) {
    // What went wrong is shown whatever the number of inputs.
    if (input.errors.empty() && ++whole > kShownInputs) {
      ++left_out;
    } else {
      write_input(page, input);
    }
  }
  if (left_out != 0) page.add(Line().pad_to(kIndent).add(plural(left_out, "more input"), Paint::kDim));
}

// Names, counts, shares of `whole` and bars, one line each.
Lines chart(const Page& page, std::string_view title, const std::vector<Counter>& counts, std::uint64_t whole,
            std::size_t bar_cells) {
  std::uint64_t largest = 0;
  std::vector<Column> columns(3);
  columns[0] = {std::string(title), false, 3, Paint::kPlain, CutAt::kEnd, {}};
  columns[1] = {"sessions", true, 3, Paint::kPlain, CutAt::kEnd, {}};
  columns[2] = {"", true, 2, Paint::kDim, CutAt::kEnd, {}};
  for (const auto& [name, count] : counts) largest = std::max(largest, count);
  for (const auto& [name, count] : counts) {
    columns[0].cells.push_back(cut_to_width(page.escape(name), 28, CutAt::kEnd, page.glyphs().ellipsis));
    columns[1].cells.push_back(with_thousands(count));
    columns[2].cells.push_back(percent(count, whole));
  }
  Lines lines = lay_out(std::move(columns), kIndent, page.style());
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.width());
  if (width + 2 + bar_cells > page.style().width) return lines;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    lines[i + 1].pad_to(width + 2).add(bar(counts[i].second, largest, bar_cells, page.style().utf8),
                                       Paint::kBar);
  }
  return lines;
}

void write_analysed(Page& page, const population::Analysed& analysed) {
  page.heading("Analysed sessions", with_thousands(analysed.total) + " with CONNECT and at least " +
                                        plural(analysed.min_exchanges, "message") + " each way after it");
  std::vector<Counter> counts{{"CONNECT type", analysed.connect}, {"SSL type", analysed.ssl}};
  const std::uint64_t others = analysed.total - std::min(analysed.total, analysed.connect + analysed.ssl);
  if (others != 0) counts.emplace_back("WebSocket and others", others);
  page.add(chart(page, "", counts, analysed.total, 24));
}

void write_breakdown(Page& page, const population::Breakdown& breakdown) {
  constexpr std::size_t kShownMethods = 12;
  page.heading("All sessions", plural(breakdown.total, "session") + "; one may use several methods");
  std::vector<Counter> kinds;
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    kinds.emplace_back(name_of(static_cast<session::Kind>(k)), breakdown.by_kind[k]);
  }
  std::vector<Counter> methods(breakdown.by_method.begin(), breakdown.by_method.end());
  std::uint64_t rest = 0;
  while (methods.size() > kShownMethods) {
    rest += methods.back().second;
    methods.pop_back();
  }
  if (rest != 0) methods.emplace_back("further methods", rest);
  const Lines right = methods.empty() ? Lines{} : chart(page, "by method", methods, breakdown.total, 10);
  page.side_by_side(chart(page, "by kind", kinds, breakdown.total, 10), right);
}

std::string names(const Page& page, const std::vector<std::string>& texts, std::uint64_t count) {
  std::string out;
  const std::size_t shown = std::min(texts.size(), kShownNames);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) out += ", ";
    out += texts[i].empty()
               ? "(empty)"
               : cut_to_width(page.escape(texts[i]), 120, CutAt::kMiddle, page.glyphs().ellipsis);
  }
  if (count > shown) out += " and " + with_thousands(count - shown) + " more";
  return out.empty() ? "none" : out;
}

std::string two_decimals(double value) {
  const auto hundredths = static_cast<int>(std::abs(value) * 100 + 0.5);
  return std::to_string(hundredths / 100) + "." + std::to_string(100 + hundredths % 100).substr(1);
}

std::string application(Page& page, const identity::Application& application) {
  return page.escape(application.name) + " (" + std::string(identity::name_of(application.cls)) +
         "), sure to " + two_decimals(application.confidence);
}

// "up 52 x40, down 36 x38": the lengths that came most often.
std::string repeated_lengths(const Finding& finding) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, finding.lengths.size()); ++i) {
    const feature::RepeatedLength& length = finding.lengths[i];
    if (i != 0) text += ", ";
    text += length.direction == session::Direction::kUp ? "up " : "down ";
    text += with_thousands(length.length) + " x" + with_thousands(length.count);
  }
  return text;
}

void write_reasons(Page& page, const Finding& finding, std::size_t indent) {
  constexpr std::size_t kLabel = 7;
  const auto say = [&](const std::string& label, const std::string& text) {
    page.paragraph(Line().pad_to(indent).add(label, Paint::kDim), indent + kLabel, text);
  };
  for (const finding::Evidence& evidence : finding.evidence) {
    say((evidence.weight < 0 ? "-" : "+") + two_decimals(evidence.weight), page.escape(evidence.text));
  }
  if (!finding.destinations.empty()) {
    say("to", names(page, finding.destinations, finding.destinations.size()));
  }
  say("from", names(page, finding.clients, finding.clients_count));
  say("agent", names(page, finding.user_agents, finding.user_agents_count));
  if (!finding.application.name.empty()) say("is", application(page, finding.application));
  if (const std::string sizes = repeated_lengths(finding); !sizes.empty()) say("sizes", sizes);
  if (!finding.patterns.empty()) say("known", names(page, finding.patterns, finding.patterns.size()));
}

void write_finding(Page& page, const Finding& finding) {
  constexpr std::size_t kScore = 10;
  constexpr std::size_t kName = 16;
  constexpr std::size_t kNarrow = 64;  // below, reasons begin further left
  const Paint paint = paint_of(finding.severity());
  Line head;
  head.pad_to(kIndent).add(name_of(finding.severity()), paint).pad_to(kScore);
  head.add(two_decimals(finding.score), paint).pad_to(kName);
  head.add(cut_to_width(page.escape(finding.destination), page.style().width - kName, CutAt::kMiddle,
                        page.glyphs().ellipsis),
           Paint::kBold);
  page.add(head);
  const std::size_t indent = page.style().width < kNarrow ? 2 * kIndent : kName;
  page.items(indent,
             {page.escape(finding.kind), plural(finding.sessions, "session"),
              plural(finding.clients_count, "client"), between(page, finding.first, finding.last)},
             Paint::kDim);
  write_reasons(page, finding, indent);
}

void write_findings(Page& page, const Analysis& analysis) {
  const std::size_t suspects = to_look_at(analysis);
  const std::size_t all = analysis.findings.size();
  if (all == 0) {
    page.heading("Findings");
    page.paragraph({}, kIndent, "None.");
    return;
  }
  page.heading("Findings",
               with_thousands(suspects) + " of " + with_thousands(all) + " with a score of 0.5 or more");
  const std::size_t shown = std::min(all, page.style().findings);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) page.blank();
    write_finding(page, analysis.findings[i]);
  }
  if (all > shown) {
    page.blank();
    page.paragraph({}, kIndent, with_thousands(all - shown) + " more are in the JSON document (--json)",
                   Paint::kDim);
  }
}

// Volume, told elsewhere; the rest of the counters is what did not go as it should.
bool is_volume(std::string_view name) {
  constexpr std::array<std::string_view, 7> kVolume{
      "packets", "decoded", "sessions", "http_messages", "bytes", "paired_sessions", "datagrams_reassembled"};
  return std::find(kVolume.begin(), kVolume.end(), name) != kVolume.end();
}

void write_counters(Page& page, const Analysis& analysis) {
  std::vector<Column> columns(2);
  columns[0].is_right = false;
  const auto tell = [&](const std::string& name, std::uint64_t count) {
    if (count == 0) return;
    std::string words = page.escape(name);
    std::replace(words.begin(), words.end(), '_', ' ');
    columns[0].cells.push_back(std::move(words));
    columns[1].cells.push_back(with_thousands(count));
  };
  for (const auto& [reason, count] : analysis.not_decoded) tell("packets not decoded: " + reason, count);
  for (const auto& [name, count] : analysis.counters) {
    if (!is_volume(name)) tell(name, count);
  }
  if (columns[0].cells.empty()) return;
  page.heading("Not seen, or odd");
  Lines lines = lay_out(std::move(columns), kIndent, page.style());
  lines.erase(lines.begin());  // no titles
  page.add(lines);
}

}  // namespace

std::string write_terminal(const Analysis& analysis, const TerminalStyle& style) {
  Page page(style);
  write_headline(page, analysis);
  write_analysed(page, analysis.breakdown.analysed);
  write_inputs(page, analysis);
  write_breakdown(page, analysis.breakdown);
  write_findings(page, analysis);
  write_groups(page, analysis);
  write_counters(page, analysis);
  return page.take();
}

}  // namespace mogura::report
