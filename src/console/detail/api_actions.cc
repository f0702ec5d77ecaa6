#include "console/detail/api_actions.h"

#include "console/detail/api_body.h"
#include "console/detail/api_errors.h"
#include "console/detail/api_findings.h"
#include "console/detail/api_time.h"
#include "protocol/registrable_domain.h"

namespace mogura::console::detail {
namespace {

std::optional<Timestamp> read_expiry(Body& body, std::string_view status, Timestamp now) {
  const std::string text = body.text("expires", kNameBytes);
  if (text.empty()) return std::nullopt;
  const auto expires = parse_time_or_day(text);
  if (!expires) {
    body.complain("expires", "must be a date or time of RFC 3339, as 2027-01-31");
  } else if (status != "sanctioned") {
    body.complain("expires", "is only for what is sanctioned");
  } else if (*expires <= now) {
    body.complain("expires", "is over already");
  }
  return expires;
}

report::Decision read_decision(Body& body, const Call& call) {
  report::Decision decision;
  decision.status = body.given("status", kNameBytes);
  const bool is_sanction = decision.status == "sanctioned";
  if (!is_sanction && decision.status != "confirmed" && !decision.status.empty()) {
    body.complain("status", "must be \"sanctioned\", \"confirmed\" or empty");
  }
  decision.owner = is_sanction ? body.needed("owner", kNameBytes) : body.text("owner", kNameBytes);
  decision.reason = body.text("reason", kReasonBytes, Body::Lines::kMany);
  decision.expires = read_expiry(body, decision.status, call.now);
  decision.by = call.request.user;
  decision.time = call.now;
  return decision;
}

std::string action_of(const report::Decision& decision) {
  if (decision.status == "sanctioned") return "sanction";
  return decision.status == "confirmed" ? "confirm" : "reset";
}

std::string words_of(const report::Decision& decision) {
  std::string words;
  const auto add = [&words](std::string_view label, const std::string& value) {
    if (value.empty()) return;
    if (!words.empty()) words += "; ";
    (words += label) += value;
  };
  add("owner ", decision.owner);
  add("until ", decision.expires ? to_rfc3339(*decision.expires) : std::string());
  add("", decision.reason);
  return words;
}

report::AuditEntry audit_of(const Call& call, std::string action, std::string_view words) {
  return call.audit(std::move(action), call.id, beginning_of(words, kAuditDetailBytes));
}

Reply reply_after(const Call& call, const Result<void>& done) {
  return done ? finding_reply(call) : reply_of_archive(done.error(), OnUsage::kNotFound);
}

Reply whois_reply(std::string_view name, std::string_view text) {
  Reply reply;
  report::JsonWriter json(reply.body, report::JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("name", name);
  json.field("text", text);
  json.end_object();
  return reply;
}

Reply whois_error(const Error& error) {
  if (error.code == ErrorCode::kLimit) return error_reply(429, "slow-down", error.message());
  if (error.code == ErrorCode::kUsage) return error_reply(409, "conflict", error.message());
  return error_reply(500, "failed", error.message());
}

}  // namespace

Reply decide(const Call& call) {
  Body body(call.json, call.request);
  const report::Decision decision = read_decision(body, call);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  const auto audit = audit_of(call, action_of(decision), words_of(decision));
  return reply_after(call, call.archive().decide(call.id, decision, audit));
}

Reply name_application(const Call& call) {
  Body body(call.json, call.request);
  const std::string name = body.given("name", kNameBytes);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  return reply_after(call, call.archive().name_application(call.id, name, audit_of(call, "name", name)));
}

Reply assign(const Call& call) {
  Body body(call.json, call.request);
  const std::string assignee = body.given("assignee", kNameBytes);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  return reply_after(call, call.archive().assign(call.id, assignee, audit_of(call, "assign", assignee)));
}

Reply add_note(const Call& call) {
  Body body(call.json, call.request);
  const std::string text = body.needed("text", kNoteBytes, Body::Lines::kMany);
  if (auto wrong = body.wrong()) return std::move(*wrong);
  return reply_after(call, call.archive().add_note(call.id, text, audit_of(call, "note", text)));
}

Reply ask_whois(const Call& call) {
  if (auto wrong = Body(call.json, call.request).wrong()) return std::move(*wrong);
  if (!call.workshop().has_whois()) return error_reply(409, "conflict", "whois has not been allowed");
  const Result<report::FindingRecord> record = call.archive().finding(call.id, call.now);
  if (!record) return reply_of_archive(record.error(), OnUsage::kNotFound);
  const std::string name = protocol::host_of(record->row.destination);
  if (const auto noted = call.archive().add_audit(audit_of(call, "whois", name)); !noted) {
    return reply_of_archive(noted.error(), OnUsage::kBadRequest);
  }
  const Result<std::string> text = call.workshop().whois(name);
  return text ? whois_reply(name, *text) : whois_error(text.error());
}

}  // namespace mogura::console::detail
