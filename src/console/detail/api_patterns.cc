#include "console/detail/api_patterns.h"

#include <algorithm>
#include <array>
#include <functional>

#include "console/detail/api_body.h"
#include "console/detail/api_findings.h"
#include "console/detail/api_list.h"
#include "console/detail/api_rows.h"

namespace mogura::console::detail {
namespace {

using report::JsonWriter;

struct ExportFormat {
  std::string_view name, file_name, type;
};
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::array<ExportFormat, 5> kFormats{{{"suricata", "mogura-suricata.rules", kPlain},
                                                {"snort", "mogura-snort.rules", kPlain},
                                                {"zeek", "mogura-zeek.sig", kPlain},
                                                {"sigma", "mogura-sigma.yml", kPlain},
                                                {"json", "mogura-patterns.json", "application/json"}}};
// No pattern's: GET of it asks for all of them.
constexpr std::string_view kExport = "export";
constexpr std::array<std::string_view, 5> kFormatNames{"suricata", "snort", "zeek", "sigma", "json"};

Reply no_folder() {
  return not_found("there is no folder of patterns");
}

Reply id_and_text(std::string_view id, std::string_view text) {
  Reply reply;
  JsonWriter json(reply.body, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("id", id);
  json.field("text", text);
  json.end_object();
  return reply;
}

// The row of that id, or the answer that there is none.
Answer<PatternRow> find_row(const Call& call) {
  const Result<std::vector<PatternRow>> rows = call.workshop().patterns();
  if (!rows) return tl::unexpected(reply_of_workshop(rows.error()));
  const auto row =
      std::find_if(rows->begin(), rows->end(), [&](const PatternRow& known) { return known.id == call.id; });
  if (row == rows->end()) return tl::unexpected(not_found("there is no pattern " + call.id));
  return *row;
}

Reply pattern_reply(const Call& call) {
  const Result<std::string> text = call.workshop().text(call.id);
  if (!text) return reply_of_workshop(text.error());
  const Answer<PatternRow> row = find_row(call);
  if (!row) return row.error();
  Reply reply;
  JsonWriter json(reply.body, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("id", call.id);
  json.field("text", *text);
  json.key("row");
  write_row(json, call.json, *row);
  json.end_object();
  return reply;
}

// Nothing: the registry is there and may be changed.
std::optional<Reply> obstacle(const Call& call) {
  if (!call.workshop().has_patterns()) return no_folder();
  if (!call.workshop().can_write()) return read_only("the folder of patterns cannot be changed");
  return std::nullopt;
}

// Nothing is done that could not be written down.
std::optional<Reply> do_audited(const Call& call, const std::string& action,
                                const std::function<Result<void>()>& act) {
  if (const auto noted = call.archive().add_audit(call.audit(action, call.id, {})); !noted) {
    return reply_of_archive(noted.error(), OnUsage::kBadRequest);
  }
  const Result<void> done = act();
  if (done) return std::nullopt;
  // What failed has failed, whether that could be written down or not.
  (void)call.archive().add_audit(call.audit(action, call.id, "failed: " + done.error().message()));
  return reply_of_workshop(done.error());
}

void write_hit(const Call& call, JsonWriter& json, const Preview::Hit& hit) {
  JsonFields fields(json, call.json);
  json.begin_object();
  fields.line("line", hit.line);
  fields.texts("reasons", hit.reasons);
  json.end_object();
}

Reply preview_reply(const Call& call, const Preview& preview) {
  Reply reply;
  JsonWriter json(reply.body, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field_if("error", preview.error);
  json.field("sessions", preview.sessions);
  json.field("hits", preview.hits);
  json.field("service_hits", preview.service_hits);
  json.field("service_sessions", preview.service_sessions);
  json.key("examples");
  json.begin_array();
  for (const Preview::Hit& hit : preview.examples) write_hit(call, json, hit);
  json.end_array();
  json.end_object();
  return reply;
}

// The name of a file that does not exist yet, so that it can be saved under it.
std::string draft_id(const Call& call) {
  return "finding-" + call.id.substr(0, 8);
}

}  // namespace

bool is_pattern_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id.front() != '-' &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

Reply list_patterns(const Call& call) {
  Parameters parameters(call.request.query);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  Result<std::vector<PatternRow>> rows = std::vector<PatternRow>();
  if (call.workshop().has_patterns()) rows = call.workshop().patterns();
  if (!rows) return reply_of_workshop(rows.error());
  report::Rows<PatternRow> all{std::move(*rows), {}, std::nullopt};
  all.total = all.rows.size();
  const auto fetch = [&](const report::Page&) { return Result<report::Rows<PatternRow>>(all); };
  return list_reply<PatternRow>(call, form, "patterns", fetch, reply_of_workshop);
}

Reply show_pattern(const Call& call) {
  if (auto wrong = Parameters(call.request.query).wrong()) return std::move(*wrong);
  return call.workshop().has_patterns() ? pattern_reply(call) : no_folder();
}

Reply export_patterns(const Call& call) {
  Parameters parameters(call.request.query);
  const std::string name = parameters.one_of("format", kFormatNames);
  const std::string id = parameters.text("id");
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  if (name.empty()) return bad_request("format", "is needed: suricata, snort, zeek, sigma or json");
  if (!id.empty() && !is_pattern_id(id)) return bad_request("id", "is no id of a pattern");
  if (!call.workshop().has_patterns()) return no_folder();
  Result<std::string> text = call.workshop().exported(name, id);
  if (!text) return reply_of_workshop(text.error());
  const auto format = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const ExportFormat& known) { return known.name == name; });
  return {200, std::string(format->type), std::move(*text), std::string(format->file_name)};
}

Reply draft_pattern(const Call& call) {
  if (auto wrong = Parameters(call.request.query).wrong()) return std::move(*wrong);
  const Result<report::FindingRecord> record = call.archive().finding(call.id, call.now);
  if (!record) return reply_of_archive(record.error(), OnUsage::kNotFound);
  const Result<std::string> text = call.workshop().draft(call.id);
  return text ? id_and_text(draft_id(call), *text) : reply_of_workshop(text.error());
}

Reply preview_pattern(const Call& call) {
  Body body(call.json, call.request);
  const std::string text = body.text("text", kPatternTextBytes, Body::Lines::kAny);
  const std::string finding_id = body.text("finding_id", kPatternTextBytes);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  if (!finding_id.empty() && !is_finding_id(finding_id))
    return bad_request("finding_id", "is no id of a finding");
  const Result<Preview> preview = call.workshop().preview(text, finding_id);
  return preview ? preview_reply(call, *preview) : reply_of_workshop(preview.error());
}

Reply save_pattern(const Call& call) {
  Body body(call.json, call.request);
  const std::string text = body.needed("text", kPatternTextBytes, Body::Lines::kAny);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  if (call.id == kExport) return bad_request(call.id, "is no id that can be asked for");
  if (auto blocked = obstacle(call)) return std::move(*blocked);
  auto failed = do_audited(call, "pattern-save", [&] { return call.workshop().save(call.id, text); });
  return failed ? std::move(*failed) : pattern_reply(call);
}

Reply accept_pattern(const Call& call) {
  if (auto wrong = Body(call.json, call.request).wrong()) return std::move(*wrong);
  if (auto blocked = obstacle(call)) return std::move(*blocked);
  const Answer<PatternRow> row = find_row(call);
  if (!row) return row.error();
  if (!row->is_candidate) return error_reply(409, "conflict", call.id + " is live already");
  auto failed =
      do_audited(call, "pattern-accept", [&] { return call.workshop().accept(call.id, call.request.user); });
  return failed ? std::move(*failed) : pattern_reply(call);
}

Reply remove_pattern(const Call& call) {
  if (auto wrong = Parameters(call.request.query).wrong()) return std::move(*wrong);
  if (auto blocked = obstacle(call)) return std::move(*blocked);
  if (const Answer<PatternRow> row = find_row(call); !row) return row.error();
  auto failed = do_audited(call, "pattern-remove", [&] { return call.workshop().remove(call.id); });
  if (failed) return std::move(*failed);
  Reply done;
  done.status = 204;
  return done;
}

}  // namespace mogura::console::detail
