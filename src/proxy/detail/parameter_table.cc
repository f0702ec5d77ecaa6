#include "proxy/detail/parameter_table.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "proxy/detail/codecs.h"
#include "proxy/detail/parameter_rows.h"

namespace mogura::proxy::detail {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kNameBytes = 64;
constexpr std::array<std::string_view, 3> kModes{"off", "observe", "block"};
constexpr std::array<std::string_view, 2> kAsked{"everyone", "suspects"};
constexpr std::array<std::string_view, 2> kLogFormats{"squid", "json"};
constexpr std::array<std::string_view, 2> kRedactions{"none", "clients"};

std::span<const std::string_view> question_names() {
  static const auto names = [] {
    std::array<std::string_view, challenge::kQuestions> all{};
    for (const auto& card : challenge::question_cards())
      all[static_cast<std::size_t>(card.question)] = card.name;
    return all;
  }();
  return names;
}

void add_proxy(std::vector<Parameter>& rows) {
  Rows(rows, "proxy")
      .add(
          "listen", ListCodec<EndpointCodec>{}, [](auto& o) -> auto& { return o.listen.endpoints; },
          "addresses and ports to take clients on; port 0: any that is free")
      .add(
          "threads", Small{0, 256}, [](auto& o) -> auto& { return o.threads; },
          "event loops; 0: one for each core")
      .add(
          "name", TextCodec{&kPseudonym}, [](auto& o) -> auto& { return o.name; },
          "what the proxy calls itself in Via")
      .add(
          "forwarded_for", FlagCodec{}, [](auto& o) -> auto& { return o.forwarded_for; },
          "tell origins the client's address in X-Forwarded-For");
}

void add_access(std::vector<Parameter>& rows) {
  Rows(rows, "access")
      .add(
          "clients", ListCodec<NetworkCodec>{}, [](auto& o) -> auto& { return o.access.clients; },
          "networks whose clients may use the proxy")
      .add(
          "htpasswd", TextCodec{&kFile}, [](auto& o) -> auto& { return o.access.htpasswd; },
          "users and their passwords' hashes, as Apache's htpasswd writes them; empty: nobody is asked")
      .add(
          "realm", TextCodec{&kRealm}, [](auto& o) -> auto& { return o.access.realm; },
          "what clients show to who is asked for a password")
      .add(
          "connect_ports", PortsCodec{}, [](auto& o) -> auto& { return o.access; },
          "ports that CONNECT may ask for")
      .add(
          "destinations", ListCodec<NetworkCodec>{}, [](auto& o) -> auto& { return o.access.destinations; },
          "loopback, link-local, private and multicast networks that may be gone to all the same");
}

void add_upstream(std::vector<Parameter>& rows) {
  Rows(rows, "upstream")
      .add(
          "parent", TextCodec{&kParent}, [](auto& o) -> auto& { return o.upstream.parent; },
          "the next proxy; empty: origins are asked directly")
      .add(
          "idle_per_host", Count{0, 10'000}, [](auto& o) -> auto& { return o.upstream.idle_per_host; },
          "connections to one host kept for the next request, in each event loop")
      .add(
          "idle", Count{0, 1'000'000}, [](auto& o) -> auto& { return o.upstream.idle; },
          "the same, to all hosts")
      .add(
          "idle_for", Time{seconds(1), hours(1)}, [](auto& o) -> auto& { return o.upstream.idle_for; },
          "how long they are kept")
      .add(
          "dns_keep", Time{seconds(0), kDay}, [](auto& o) -> auto& { return o.upstream.dns_keep; },
          "how long the addresses of a name are remembered")
      .add(
          "dns_keep_failure", Time{seconds(0), kDay},
          [](auto& o) -> auto& { return o.upstream.dns_keep_failure; },
          "how long it is remembered that a name has none")
      .add(
          "dns_entries", Count{1, 10'000'000}, [](auto& o) -> auto& { return o.upstream.dns_entries; },
          "names remembered; beyond, the longest unused is forgotten")
      .add(
          "dns_threads", Small{1, 256}, [](auto& o) -> auto& { return o.upstream.dns_threads; },
          "questions for names asked at once");
}

void add_timeouts(std::vector<Parameter>& rows) {
  Rows(rows, "timeouts")
      .add(
          "head", Time{seconds(1), hours(1)}, [](auto& o) -> auto& { return o.timeouts.head; },
          "from the first byte of a request's head to its last")
      .add(
          "idle", Time{seconds(1), kDay}, [](auto& o) -> auto& { return o.timeouts.idle; },
          "a client's silence between requests")
      .add(
          "connect", Time{seconds(1), hours(1)}, [](auto& o) -> auto& { return o.timeouts.connect; },
          "until an origin is connected to, over all its addresses, its name's question included")
      .add(
          "dns", Time{seconds(1), hours(1)}, [](auto& o) -> auto& { return o.timeouts.dns; },
          "until a name is answered")
      .add(
          "response", Time{seconds(1), kDay}, [](auto& o) -> auto& { return o.timeouts.response; },
          "from the end of a request to the head of its response")
      .add(
          "stall", Time{seconds(1), kDay}, [](auto& o) -> auto& { return o.timeouts.stall; },
          "while a body is on its way: no byte could be read or written")
      .add(
          "tunnel_idle", Time{seconds(1), 30 * kDay}, [](auto& o) -> auto& { return o.timeouts.tunnel_idle; },
          "silence in a tunnel, both ways")
      .add(
          "tunnel_half_closed", Time{seconds(1), 30 * kDay},
          [](auto& o) -> auto& { return o.timeouts.tunnel_half_closed; },
          "silence in a tunnel of which one end is closed")
      .add(
          "stop", Time{seconds(0), hours(1)}, [](auto& o) -> auto& { return o.timeouts.stop; },
          "for what is under way when the proxy is told to stop");
}

void add_limits(std::vector<Parameter>& rows) {
  Rows(rows, "limits")
      .add(
          "connections", Count{1, 10'000'000}, [](auto& o) -> auto& { return o.limits.connections; },
          "clients' connections in all; beyond, new ones are answered 503")
      .add(
          "connections_per_client", Count{1, 10'000'000},
          [](auto& o) -> auto& { return o.limits.connections_per_client; }, "the same, of one address")
      .add(
          "head", SizeCodec{kKilo, kMega}, [](auto& o) -> auto& { return o.limits.head_bytes; },
          "head of a request (431) or response (502)")
      .add(
          "target", SizeCodec{256, kMega}, [](auto& o) -> auto& { return o.limits.target_bytes; },
          "a request's target (414)")
      .add(
          "fields", Count{16, 10'000}, [](auto& o) -> auto& { return o.limits.fields; }, "fields of a head")
      .add(
          "held", SizeCodec{4 * kKilo, 16 * kMega}, [](auto& o) -> auto& { return o.limits.held_bytes; },
          "of a body, or of one direction of a tunnel, held because its reader is slower than its writer");
}

void add_challenge(std::vector<Parameter>& rows) {
  Rows(rows, "challenge")
      .add(
          "mode", ChoiceCodec<challenge::Mode>{kModes},
          [](auto& o) -> auto& { return o.challenge.policy.mode; },
          "whether cookies are inserted and judged, and suspicious clients answered 403")
      .add(
          "ask", ChoiceCodec<challenge::Ask>{kAsked}, [](auto& o) -> auto& { return o.challenge.policy.ask; },
          "who is asked: everyone, or what is new or suspicious in the population of this proxy's own "
          "sessions "
          "(which needs logs.database; without it, everyone is)")
      .add(
          "population", Count{1, 1'000'000'000}, [](auto& o) -> auto& { return o.challenge.population; },
          "sessions from which on that population says anything; before, everyone is asked")
      .add(
          "refresh", Time{seconds(1), hours(24)}, [](auto& o) -> auto& { return o.challenge.refresh; },
          "how often it is judged anew")
      .add(
          "questions", SetCodec<challenge::QuestionSet, challenge::Question>{{question_names()}},
          [](auto& o) -> auto& { return o.challenge.policy.questions; },
          "what is asked beside the cookie, in this order, of whom it tells more "
          "(docs/guides/challenge.md); all but decoys could be noticed")
      .add(
          "cookie_name", TextCodec{&kCookieName},
          [](auto& o) -> auto& { return o.challenge.policy.cookie_name; },
          "the inserted cookie's name; four digits made from the secret are put behind it")
      .add(
          "epoch", Time{minutes(1), 365 * kDay}, [](auto& o) -> auto& { return o.challenge.policy.epoch; },
          "how long one value is given out; it is good for as long again")
      .add(
          "misses", Small{1, 255}, [](auto& o) -> auto& { return o.challenge.policy.machine.misses; },
          "requests without the cookie until a client is suspicious")
      .add(
          "span", TimeCodec<Duration>{milliseconds(0), hours(1)},
          [](auto& o) -> auto& { return o.challenge.policy.machine.span; },
          "misses on one connection count only when they are at least so far from the challenge")
      .add(
          "engine_span", TimeCodec<Duration>{milliseconds(0), hours(12)},
          [](auto& o) -> auto& { return o.challenge.policy.machine.engine_span; },
          "the same, on any connections, for what looks in every field like a current browser; of such, "
          "requests "
          "that begin within a quarter of it after a response do not count")
      .add(
          "exempt", ListCodec<TextCodec>{{&kFile}}, [](auto& o) -> auto& { return o.challenge.exempt_files; },
          "files of clients and services that are not asked")
      .add(
          "built_in_exemptions", FlagCodec{},
          [](auto& o) -> auto& { return o.challenge.built_in_exemptions; },
          "nor are well-known services of operating systems and browsers")
      .add(
          "secret", TextCodec{&kFile}, [](auto& o) -> auto& { return o.challenge.secret_file; },
          "file of the secret that values are made with, the same for all proxies of a site; made where it "
          "is not there; empty: a new one each time");
}

void add_state(std::vector<Parameter>& rows) {
  Rows(rows, "state")
      .add(
          "store", StoreCodec{{&kStore}}, [](auto& o) -> auto& { return o.state.store; },
          "where it is kept who was given what: in this process, or in Redis for several proxies")
      .add(
          "entries", Count{1'000, 1'000'000'000}, [](auto& o) -> auto& { return o.state.entries; },
          "kept in this process; beyond, the longest untouched go")
      .add(
          "ttl", Time{minutes(1), 3650 * kDay}, [](auto& o) -> auto& { return o.state.ttl; },
          "how long an entry is kept after it was last touched")
      .add(
          "snapshot", TextCodec{&kFile}, [](auto& o) -> auto& { return o.state.snapshot; },
          "file that keeps the entries of this process over a restart; empty: none")
      .add(
          "redis_deadline", TimeCodec<milliseconds>{milliseconds(1), seconds(10)},
          [](auto& o) -> auto& { return o.state.redis_deadline; },
          "an answer that takes longer is not waited for, and the request is not judged");
}

void add_logs(std::vector<Parameter>& rows) {
  Rows(rows, "logs")
      .add(
          "access", TextCodec{&kOutput}, [](auto& o) -> auto& { return o.logs.access; },
          "a line for each request; empty: none")
      .add(
          "access_format", ChoiceCodec<LogFormat>{kLogFormats},
          [](auto& o) -> auto& { return o.logs.access_format; }, "Squid's native format, or JSON lines")
      .add(
          "events", TextCodec{&kOutput}, [](auto& o) -> auto& { return o.logs.events; },
          "what the challenge saw, as JSON lines; empty: none")
      .add(
          "database", TextCodec{&kFile}, [](auto& o) -> auto& { return o.logs.database; },
          "SQLite file to keep sessions in; empty: none")
      .add(
          "keep_days", Small{0, 3650}, [](auto& o) -> auto& { return o.logs.keep_days; },
          "how long the database keeps sessions and what goes with them; 0: for ever")
      .add(
          "redact", ChoiceCodec<Redaction>{kRedactions}, [](auto& o) -> auto& { return o.logs.redact; },
          "whether the database has pseudonyms in the place of clients' addresses; access and events keep "
          "them")
      .add(
          "redact_key", TextCodec{&kFile}, [](auto& o) -> auto& { return o.logs.redact_key; },
          "file of the key that pseudonyms are made with, so that they stay the same; made where it is not "
          "there; empty: a new one each time")
      .add(
          "metrics", TextCodec{&kMetricsPort}, [](auto& o) -> auto& { return o.logs.metrics; },
          "address and port to answer Prometheus on; empty: none");
}

void add_icap(std::vector<Parameter>& rows) {
  Rows(rows, "icap")
      .add(
          "listen", ListCodec<EndpointCodec>{}, [](auto& o) -> auto& { return o.icap.endpoints; },
          "addresses and ports on which `mogura icap` takes gateways; port 0: any that is free")
      .add(
          "threads", Small{0, 256}, [](auto& o) -> auto& { return o.icap.threads; },
          "its event loops; 0: one for each core")
      .add(
          "connections", Count{1, 100'000}, [](auto& o) -> auto& { return o.icap.connections; },
          "of gateways, in all; beyond, new ones are answered 503")
      .add(
          "delivery", TimeCodec<milliseconds>{milliseconds(0), minutes(1)},
          [](auto& o) -> auto& { return o.icap.delivery; },
          "a response counts as delivered so long after it went back to the gateway, which does not say when "
          "the client had it")
      .add(
          "sessions", FlagCodec{}, [](auto& o) -> auto& { return o.icap.sessions; },
          "whether the database keeps each exchange as a session, and who is asked follows from that; false "
          "where the gateway's log is analysed into the same database");
}

std::vector<Parameter> all_parameters() {
  std::vector<Parameter> rows;
  add_proxy(rows);
  add_access(rows);
  add_upstream(rows);
  add_timeouts(rows);
  add_limits(rows);
  add_challenge(rows);
  add_tunnel_rows(rows);
  add_intercept_rows(rows);
  add_state(rows);
  add_logs(rows);
  add_icap(rows);
  return rows;
}

// How far from a name a misspelt one may be to be taken for it.
std::size_t tolerance(std::string_view name) {
  return std::max<std::size_t>(1, name.size() / 3);
}

}  // namespace

std::span<const Parameter> parameters() {
  static const std::vector<Parameter> rows = all_parameters();
  return rows;
}

const Parameter* find_parameter(std::string_view section, std::string_view key) {
  for (const Parameter& parameter : parameters()) {
    if (parameter.section == section && parameter.key == key) return &parameter;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  return std::any_of(parameters().begin(), parameters().end(),
                     [name](const Parameter& parameter) { return parameter.section == name; });
}

std::string nearest_parameter(std::string_view section, std::string_view key) {
  const Parameter* nearest = nullptr;
  std::size_t best = tolerance(key) + 1;
  for (const Parameter& parameter : parameters()) {
    const std::size_t distance = edit_distance(key, parameter.key, best);
    // The same key of another section is a guess as good as any; of two, that of this section.
    const bool is_better = distance < best || (nearest != nullptr && distance == best &&
                                               parameter.section == section && nearest->section != section);
    if (!is_better) continue;
    best = distance;
    nearest = &parameter;
  }
  return nearest == nullptr ? std::string() : nearest->name();
}

std::string nearest_section(std::string_view name) {
  std::string_view nearest;
  std::size_t best = tolerance(name) + 1;
  for (const Parameter& parameter : parameters()) {
    const std::size_t distance = edit_distance(name, parameter.section, best);
    if (distance >= best) continue;
    best = distance;
    nearest = parameter.section;
  }
  return std::string(nearest);
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > kNameBytes || b.size() > kNameBytes) return limit + 1;
  // Row by row: `row[j]` is the distance of a's beginning to b's first j letters.
  using Row = std::array<std::size_t, kNameBytes + 1>;
  Row before{};
  Row above{};
  Row row;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = above;
    above = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = a[i - 1] == b[j - 1];
      row[j] = std::min({above[j - 1] + (is_same ? 0u : 1u), above[j] + 1, row[j - 1] + 1});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return std::min(row[b.size()], limit + 1);
}

}  // namespace mogura::proxy::detail
