#include "doctor/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json_writer.h"
#include "report/text_width.h"

namespace mogura::doctor {
namespace {

constexpr Level kLevels[] = {Level::kOk, Level::kUnseen, Level::kWarning, Level::kProblem};

std::string line_of(const Remark& remark, report::Charset charset) {
  const auto safe = [charset](const std::string& text) { return report::escape_for_terminal(text, charset); };
  std::string line = fmt::format("{:<8} {}: ", name_of(remark.level), remark.check);
  if (!remark.subject.empty()) line += safe(remark.subject) + ": ";
  line += safe(remark.text) + "\n";
  if (!remark.advice.empty()) line += fmt::format("{:<8}   {}\n", "", safe(remark.advice));
  return line;
}

}  // namespace

const char* name_of(Level level) {
  switch (level) {
    case Level::kOk:
      return "ok";
    case Level::kUnseen:
      return "unseen";
    case Level::kWarning:
      return "warning";
    case Level::kProblem:
      return "problem";
  }
  return "";
}

std::size_t count(const Remarks& remarks, Level level) {
  return static_cast<std::size_t>(std::count_if(remarks.begin(), remarks.end(),
                                                [level](const Remark& one) { return one.level == level; }));
}

std::string to_text(const Remarks& remarks, bool utf8) {
  std::string text;
  for (const Remark& remark : remarks) {
    text += line_of(remark, utf8 ? report::Charset::kUtf8 : report::Charset::kAscii);
  }
  return text + fmt::format("{} ok, {} unseen, {} warnings, {} problems\n", count(remarks, Level::kOk),
                            count(remarks, Level::kUnseen), count(remarks, Level::kWarning),
                            count(remarks, Level::kProblem));
}

std::string to_json(const Remarks& remarks, const std::string& version, Timestamp now) {
  std::string text;
  report::JsonWriter json(text, report::JsonWriter::Layout::kIndented);
  json.begin_object();
  json.field("schema", "mogura.doctor/1");
  json.field("version", version);
  json.field("time", now);
  json.key("counts");
  json.begin_object(report::JsonWriter::Open::kOneLine);
  for (const Level level : kLevels) json.field(name_of(level), std::uint64_t{count(remarks, level)});
  json.end_object();
  json.key("remarks");
  json.begin_array();
  for (const Remark& remark : remarks) {
    json.begin_object(report::JsonWriter::Open::kOneLine);
    json.field("level", name_of(remark.level));
    json.field("check", remark.check);
    json.field_if("subject", remark.subject);
    json.field("text", remark.text);
    json.field_if("advice", remark.advice);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text + "\n";
}

}  // namespace mogura::doctor
