// What each question of the console takes, on a database made by `fill`: rows, and milliseconds, the median
// and the most of several times, warm.
//
//     questions FILE.db [ROUNDS]

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/archive.h"

namespace {

using namespace mogura;
using report::Archive;
using report::Page;
using Clock = std::chrono::steady_clock;

// How many rows came; below zero: an error.
using Question = std::function<long(Archive&)>;

template <class Answer>
long rows_of(const Answer& answer) {
  if (!answer) {
    std::fprintf(stderr, "%s\n", answer.error().message().c_str());
    return -1;
  }
  if constexpr (requires { answer->rows; }) return static_cast<long>(answer->rows.size());
  if constexpr (requires { answer->size(); }) return static_cast<long>(answer->size());
  return 1;
}

// Turns pages until the `depth`-th, which alone is timed.
template <class Ask>
Question deep(std::size_t depth, Ask ask) {
  auto place = std::make_shared<std::string>();
  auto is_there = std::make_shared<bool>(false);
  return [=](Archive& archive) -> long {
    for (std::size_t turned = 0; !*is_there && turned < depth; ++turned) {
      auto page = ask(archive, Page{500, *place});
      if (!page || page->next.empty()) break;
      *place = page->next;
    }
    if (!std::exchange(*is_there, true)) return 0;
    return rows_of(ask(archive, Page{100, *place}));
  };
}

double processor_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

void measure(Archive& archive, const char* name, int rounds, const Question& question) {
  std::vector<double> milliseconds, processor;
  long rows = question(archive);  // warm
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    const double processor_start = processor_milliseconds();
    rows = question(archive);
    processor.push_back(processor_milliseconds() - processor_start);
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::sort(processor.begin(), processor.end());
  const std::size_t middle = milliseconds.size() / 2;
  std::printf("%-58s %6ld %10.2f %10.2f %10.2f\n", name, rows, milliseconds[middle], milliseconds.back(),
              processor[middle]);
}

Question sessions(const report::SessionFilter& filter) {
  return [=](Archive& archive) { return rows_of(archive.sessions(filter, {})); };
}

Question findings(const report::FindingFilter& filter, Timestamp now) {
  return [=](Archive& archive) { return rows_of(archive.findings(filter, {}, now)); };
}

// What is there to ask for.
struct Known {
  Timestamp first, last;
  std::string finding;
  report::SessionRow common, rare;  // a session of a frequent destination and client, and one of rare ones
  std::string cipher_suites;        // a frequent list
};

std::string value_of(const std::string& line, const std::string& key) {
  const std::size_t start = line.find("\"" + key + "\":\"");
  if (start == std::string::npos) return {};
  const std::size_t from = start + key.size() + 4;
  return line.substr(from, line.find('"', from) - from);
}

Known known_of(Archive& archive) {
  Known known;
  if (const auto totals = archive.totals()) known = {*totals->first, *totals->last, {}, {}, {}, {}};
  if (const auto rows = archive.findings({}, {1, ""}, known.last))
    known.finding = rows->rows.at(0).finding_id;
  report::SessionFilter ssl;
  ssl.kind = "ssl";
  const auto rows = archive.sessions(ssl, {500, ""});
  if (!rows) return known;
  known.common = known.rare = rows->rows.at(0);
  for (const report::SessionRow& row : rows->rows) {
    if (row.destination.starts_with("host0.") && row.client == "10.20.0.1") known.common = row;
    if (row.destination.size() > known.rare.destination.size()) known.rare = row;
  }
  known.cipher_suites = value_of(known.common.line, "cipher_suites");
  return known;
}

void measure_overview(Archive& archive, const Known& known, int rounds) {
  measure(archive, "totals", rounds, [](Archive& a) { return rows_of(a.totals()); });
  measure(archive, "hours, 7 days", rounds,
          [&](Archive& a) { return rows_of(a.hours(known.last - std::chrono::hours(168), known.last)); });
  measure(archive, "hours, all", rounds,
          [&](Archive& a) { return rows_of(a.hours(known.first, known.last)); });
  measure(archive, "sensors", rounds, [](Archive& a) { return rows_of(a.sensors()); });
  measure(archive, "groups by user agent", rounds,
          [](Archive& a) { return rows_of(a.groups(population::GroupBy::kUserAgent)); });
  measure(archive, "look", rounds, [&](Archive& a) { return a.look("anna", known.last) ? 1L : -1L; });
}

void measure_findings(Archive& archive, const Known& known, int rounds) {
  report::FindingFilter filter;
  measure(archive, "findings", rounds, findings(filter, known.last));
  filter.order = report::FindingOrder::kApplication;
  filter.is_ascending = true;
  measure(archive, "findings by application", rounds, findings(filter, known.last));
  filter.text = "chrome/61.";
  measure(archive, "findings with a text", rounds, findings(filter, known.last));
  filter.text = "nobody has this";
  measure(archive, "findings with a text that none has", rounds, findings(filter, known.last));
  filter = {};
  filter.client = known.common.client;
  measure(archive, "findings of a client", rounds, findings(filter, known.last));
  for (const auto by : {report::FindingGroup::kApplication, report::FindingGroup::kClient}) {
    const bool is_client = by == report::FindingGroup::kClient;
    measure(archive, is_client ? "findings grouped by client" : "findings grouped by application", rounds,
            [&](Archive& a) { return rows_of(a.finding_groups({}, by, known.last)); });
  }
  measure(archive, "finding", rounds,
          [&](Archive& a) { return rows_of(a.finding(known.finding, known.last)); });
  const std::string frequent = finding::finding_id_of("ssl", "host9.site2.example.com:443");
  for (const std::string& id : {known.finding, frequent}) {
    if (!archive.finding(id, known.last)) continue;
    measure(archive, "timeline", rounds, [&](Archive& a) { return rows_of(a.timeline(id, 100)); });
    measure(archive, "sessions of a finding", rounds,
            [&](Archive& a) { return rows_of(a.finding_sessions(id, {})); });
  }
}

void measure_sessions(Archive& archive, const Known& known, int rounds) {
  const auto ask = [&](const char* name, const std::function<void(report::SessionFilter&)>& set) {
    report::SessionFilter filter;
    set(filter);
    measure(archive, name, rounds, sessions(filter));
  };
  const report::SessionRow &common = known.common, &rare = known.rare;
  ask("sessions", [](auto&) {});
  measure(archive, "sessions, page after 50,000", rounds,
          deep(100, [](Archive& a, const Page& page) { return a.sessions({}, page); }));
  ask("sessions of one day", [&](auto& f) {
    f.from = known.first + std::chrono::hours(240);
    f.to = known.first + std::chrono::hours(264);
  });
  ask("sessions of a frequent destination", [&](auto& f) { f.destination = common.destination; });
  measure(archive, "sessions of a frequent destination, page after 50,000", rounds,
          deep(100, [&](Archive& a, const Page& page) {
            report::SessionFilter filter;
            filter.destination = common.destination;
            return a.sessions(filter, page);
          }));
  ask("sessions of a rare destination", [&](auto& f) { f.destination = rare.destination; });
  ask("sessions of no destination", [](auto& f) { f.destination = "nobody.example:443"; });
  ask("sessions of a client", [&](auto& f) { f.client = rare.client; });
  ask("sessions of a User-Agent", [&](auto& f) { f.user_agent = rare.user_agent; });
  ask("sessions without a User-Agent", [](auto& f) { f.has_no_user_agent = true; });
  ask("sessions of a cipher list", [&](auto& f) { f.cipher_suites = known.cipher_suites; });
  ask("sessions of a JA4", [&](auto& f) { f.ja4 = rare.ja4; });
  ask("sessions of a domain (all)", [](auto& f) { f.registrable_domain = "example.com"; });
  ask("sessions of a rare kind", [](auto& f) { f.kind = "websocket"; });
  ask("sessions of client, destination and kind", [&](auto& f) {
    f.client = common.client;
    f.destination = common.destination;
    f.kind = "connect";
  });
  ask("sessions of frequent client, rare destination", [&](auto& f) {
    f.client = common.client;
    f.destination = rare.destination;
  });
  ask("sessions of two frequent that never meet", [&](auto& f) {
    f.ja4 = common.ja4;
    f.kind = "get-post";
  });
}

void measure_clients(Archive& archive, const Known& known, int rounds) {
  const auto ask = [&](const char* name, const report::ClientFilter& filter) {
    measure(archive, name, rounds, [&](Archive& a) { return rows_of(a.clients(filter, {})); });
  };
  ask("clients", {});
  measure(archive, "clients, page after 10,000", rounds,
          deep(20, [](Archive& a, const Page& page) { return a.clients({}, page); }));
  ask("clients with a text", {"chrome/61.", "", ""});
  ask("clients with a text that none has", {"nobody has this", "", ""});
  ask("one client", {"", known.common.client, ""});
  ask("clients with a verdict", {"", "", "no-jar"});
  measure(archive, "verdicts of a client", rounds,
          [&](Archive& a) { return rows_of(a.verdicts(known.common.client, "", {})); });
  measure(archive, "challenge states of a client", rounds,
          [&](Archive& a) { return rows_of(a.challenge_hours(known.common.client, "", {})); });
}

void measure_alerts(Archive& archive, int rounds) {
  const auto ask = [&](const char* name, const report::AlertFilter& filter) {
    measure(archive, name, rounds, [&](Archive& a) { return rows_of(a.alerts(filter, {})); });
  };
  ask("alerts", {});
  measure(archive, "alerts, page after 50,000", rounds,
          deep(100, [](Archive& a, const Page& page) { return a.alerts({}, page); }));
  ask("alerts with a text", {"host9.", "", "", "", ""});
  ask("alerts with a text that none has", {"nobody has this", "", "", "", ""});
  ask("alerts of a severity", {"", "", "high", "", ""});
  ask("alerts of a pattern", {"", "", "", "pattern-40", ""});
  ask("alerts of a finding",
      {"", "", "", "", finding::finding_id_of("ssl", "host90.site22.example.com:443")});
  measure(archive, "alerts after one", rounds, [](Archive& a) { return rows_of(a.alerts_after(99'000)); });
  measure(archive, "last alert", rounds, [](Archive& a) { return rows_of(a.last_alert()); });
  measure(archive, "audit log", rounds, [](Archive& a) { return rows_of(a.audit({})); });
  measure(archive, "a line for the audit log", rounds, [](Archive& a) {
    return a.add_audit({Timestamp(std::chrono::hours(1)), "anna", "127.0.0.1", "login", "", ""}) ? 1L : -1L;
  });
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 11;
  if (count < 2 || rounds < 1) {
    std::fprintf(stderr, "usage: questions FILE.db [ROUNDS]\n");
    return 2;
  }
  auto archive = store::open_archive(arguments[1]);
  if (!archive) {
    std::fprintf(stderr, "%s\n", archive.error().message().c_str());
    return 1;
  }
  std::printf("%-58s %6s %10s %10s %10s\n", "question", "rows", "median ms", "most ms", "CPU ms");
  const Known known = known_of(**archive);
  measure_overview(**archive, known, rounds);
  measure_findings(**archive, known, rounds);
  measure_sessions(**archive, known, rounds);
  measure_clients(**archive, known, rounds);
  measure_alerts(**archive, rounds);
}
