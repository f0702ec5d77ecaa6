#include "console/detail/api_routes.h"

#include <array>

#include "console/detail/api_actions.h"
#include "console/detail/api_errors.h"
#include "console/detail/api_findings.h"
#include "console/detail/api_lists.h"
#include "console/detail/api_overview.h"
#include "console/detail/api_patterns.h"

namespace mogura::console::detail {
namespace {

using Id = Route::Id;

// The first that fits counts: fixed names before ids.
constexpr std::array<Route, 25> kRoutes{{
    {"GET", "/api/overview", Id::kNone, false, show_overview},
    {"GET", "/api/findings", Id::kNone, false, list_findings},
    {"GET", "/api/finding-groups", Id::kNone, false, list_finding_groups},
    {"GET", "/api/findings/*", Id::kFinding, false, show_finding},
    {"GET", "/api/findings/*/sessions", Id::kFinding, false, list_finding_sessions},
    {"GET", "/api/findings/*/draft", Id::kFinding, false, draft_pattern},
    {"POST", "/api/findings/*/decision", Id::kFinding, true, decide},
    {"POST", "/api/findings/*/name", Id::kFinding, true, name_application},
    {"POST", "/api/findings/*/assignee", Id::kFinding, true, assign},
    {"POST", "/api/findings/*/notes", Id::kFinding, true, add_note},
    {"POST", "/api/findings/*/whois", Id::kFinding, true, ask_whois},
    {"GET", "/api/sessions", Id::kNone, false, list_sessions},
    {"GET", "/api/clients", Id::kNone, false, list_clients},
    {"GET", "/api/verdicts", Id::kNone, false, list_verdicts},
    {"GET", "/api/challenges", Id::kNone, false, list_challenges},
    {"GET", "/api/alerts", Id::kNone, false, list_alerts},
    {"GET", "/api/audit", Id::kNone, false, list_audit},
    {"GET", "/api/populations", Id::kNone, false, list_populations},
    {"GET", "/api/patterns", Id::kNone, false, list_patterns},
    {"GET", "/api/patterns/export", Id::kNone, false, export_patterns},
    {"POST", "/api/patterns/preview", Id::kNone, false, preview_pattern},
    {"GET", "/api/patterns/*", Id::kPattern, false, show_pattern},
    {"POST", "/api/patterns/*", Id::kPattern, true, save_pattern},
    {"DELETE", "/api/patterns/*", Id::kPattern, true, remove_pattern},
    {"POST", "/api/patterns/*/accept", Id::kPattern, true, accept_pattern},
}};

// Whether the path is of that shape; `id` is what stands for "*".
bool fits(std::string_view path, std::string_view shape, std::string_view& id) {
  const std::size_t star = shape.find('*');
  if (star == std::string_view::npos) return path == shape;
  const std::string_view behind = shape.substr(star + 1);
  if (!path.starts_with(shape.substr(0, star))) return false;
  const std::string_view rest = path.substr(star);
  const std::size_t end = std::min(rest.find('/'), rest.size());
  id = rest.substr(0, end);
  return !id.empty() && rest.substr(end) == behind;
}

std::optional<Reply> fault_in_id(Id kind, std::string_view id) {
  switch (kind) {
    case Id::kNone:
      return std::nullopt;
    case Id::kFinding:
      if (is_finding_id(id)) return std::nullopt;
      return not_found("there is no such finding");
    case Id::kPattern:
      if (is_pattern_id(id)) return std::nullopt;
      return not_found("there is no such pattern");
  }
  return std::nullopt;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Reply answer(Call& call) {
  bool has_path = false;
  for (const Route& route : kRoutes) {
    std::string_view id;
    if (!fits(call.request.path, route.path, id)) continue;
    has_path = true;
    if (call.request.method != route.method) continue;
    if (auto fault = fault_in_id(route.id, id)) return std::move(*fault);
    if (route.changes && call.context.is_read_only) return read_only("nothing can be changed here");
    call.id = id;
    return route.answer(call);
  }
  return has_path ? error_reply(405, "method", "this path does not take that method")
                  : not_found("there is nothing of that name");
}

}  // namespace mogura::console::detail
