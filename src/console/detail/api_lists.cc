#include "console/detail/api_lists.h"

#include <algorithm>
#include <array>

#include "console/detail/api_list.h"
#include "console/detail/api_rows.h"

namespace mogura::console::detail {
namespace {

constexpr std::array<std::string_view, 5> kKind{"get-post", "connect", "ssl", "websocket", "other"};
constexpr std::array<std::string_view, 3> kAlertKind{"pattern", "finding", "verdict"};
constexpr std::array<std::string_view, 3> kSeverity{"low", "medium", "high"};
// By population::GroupBy.
constexpr std::array<std::string_view, population::kGroupTables> kGroupBy{
    "destination", "user_agent", "cipher_suites", "ja4", "registrable_domain"};

// What both questions about one client's challenges take.
struct OfClient {
  std::string client, user_agent;
  ListForm form;
};

Answer<OfClient> read_of_client(const Call& call) {
  Parameters parameters(call.request.query);
  OfClient of{parameters.text("client"), parameters.text("user_agent"), parameters.list_form()};
  if (auto wrong = parameters.wrong()) return tl::unexpected(std::move(*wrong));
  if (of.client.empty()) return tl::unexpected(bad_request("client", "is needed"));
  return of;
}

}  // namespace

Reply list_sessions(const Call& call) {
  Parameters parameters(call.request.query);
  report::SessionFilter filter;
  filter.destination = parameters.text("destination");
  filter.client = parameters.text("client");
  filter.user_agent = parameters.text("user_agent");
  filter.has_no_user_agent = parameters.flag("no_user_agent");
  filter.cipher_suites = parameters.text("cipher_suites");
  filter.ja4 = parameters.text("ja4");
  filter.kind = parameters.one_of("kind", kKind);
  filter.registrable_domain = parameters.text("registrable_domain");
  filter.from = parameters.time("from");
  filter.to = parameters.time("to");
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  if (filter.has_no_user_agent && !filter.user_agent.empty()) {
    return bad_request("no_user_agent", "excludes user_agent");
  }
  const auto fetch = [&](const report::Page& page) { return call.archive().sessions(filter, page); };
  return list_reply<report::SessionRow>(call, form, "sessions", fetch, bad_page);
}

Reply list_clients(const Call& call) {
  Parameters parameters(call.request.query);
  const report::ClientFilter filter{parameters.text("q", kSearchBytes), parameters.text("client"),
                                    parameters.text("verdict")};
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const auto fetch = [&](const report::Page& page) { return call.archive().clients(filter, page); };
  return list_reply<report::ClientRow>(call, form, "clients", fetch, bad_page);
}

Reply list_verdicts(const Call& call) {
  const Answer<OfClient> of = read_of_client(call);
  if (!of) return of.error();
  const auto fetch = [&](const report::Page& page) {
    return call.archive().verdicts(of->client, of->user_agent, page);
  };
  return list_reply<report::VerdictRow>(call, of->form, "verdicts", fetch, bad_page);
}

Reply list_challenges(const Call& call) {
  const Answer<OfClient> of = read_of_client(call);
  if (!of) return of.error();
  const auto fetch = [&](const report::Page& page) {
    return call.archive().challenge_hours(of->client, of->user_agent, page);
  };
  return list_reply<report::ChallengeHour>(call, of->form, "challenges", fetch, bad_page);
}

Reply list_alerts(const Call& call) {
  Parameters parameters(call.request.query);
  report::AlertFilter filter;
  filter.text = parameters.text("q", kSearchBytes);
  filter.kind = parameters.one_of("kind", kAlertKind);
  filter.severity = parameters.one_of("severity", kSeverity);
  filter.pattern_id = parameters.text("pattern_id");
  filter.finding_id = parameters.text("finding_id");
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const auto fetch = [&](const report::Page& page) { return call.archive().alerts(filter, page); };
  return list_reply<report::AlertRow>(call, form, "alerts", fetch, bad_page);
}

Reply list_audit(const Call& call) {
  Parameters parameters(call.request.query);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const auto fetch = [&](const report::Page& page) { return call.archive().audit(page); };
  return list_reply<report::AuditEntry>(call, form, "audit", fetch, bad_page);
}

Reply list_populations(const Call& call) {
  constexpr std::size_t kRows = 50;
  Parameters parameters(call.request.query);
  const std::string name = parameters.one_of("by", kGroupBy);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  if (name.empty()) return bad_request("by", "is needed: destination, user_agent, cipher_suites, …");
  const auto by =
      static_cast<population::GroupBy>(std::find(kGroupBy.begin(), kGroupBy.end(), name) - kGroupBy.begin());
  Result<std::vector<population::Group>> groups = call.archive().groups(by);
  if (!groups) return bad_page(groups.error());
  std::vector<GroupRow> rows;
  for (population::Group& group : *groups) {
    if (rows.size() < kRows) rows.push_back({std::move(group), by});
  }
  const auto fetch = [&](const report::Page& page) { return page_of(rows, page); };
  return list_reply<GroupRow>(call, form, "populations", fetch, bad_page, GroupRow{{}, by});
}

}  // namespace mogura::console::detail
