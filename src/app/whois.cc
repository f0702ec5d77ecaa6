// mogura whois: who has registered a name or holds an address, asked of the registries.

#include "whois/whois.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/output.h"
#include "report/json_writer.h"

namespace mogura::app {
namespace {

constexpr std::string_view kWhoisExamples =
    "Exit status: 0 answered, 2 usage, 4 no answer.\n"
    "\n"
    "Examples:\n"
    "  mogura whois relay.example                       begins at whois.iana.org and follows referrals\n"
    "  mogura whois 192.0.2.1 --json | jq .organisation\n"
    "  mogura whois relay.example --server whois.example.net";

struct WhoisOptions {
  std::string query;
  whois::Options client;
  unsigned timeout_s = 10;
  bool json = false;
};

std::string json_of(const whois::Answer& answer) {
  std::string text;
  report::JsonWriter json(text, report::JsonWriter::Layout::kIndented);
  json.begin_object();
  json.field("query", answer.query);
  json.key("servers");
  json.begin_array(report::JsonWriter::Open::kOneLine);
  for (const std::string& server : answer.servers) json.value(server);
  json.end_array();
  json.field_if("organisation", answer.organisation);
  json.field_if("country", answer.country);
  json.field_if("registrar", answer.registrar);
  json.field_if("created", answer.created);
  json.field_if("network", answer.network);
  json.field("text", answer.text);
  json.end_object();
  return text + "\n";
}

// What could be read out of the answer, then the answer itself.
std::string text_of(const whois::Answer& answer) {
  std::string servers;
  for (const std::string& server : answer.servers) servers += (servers.empty() ? "" : ", then ") + server;
  std::string text = fmt::format("{:<13}{}\n{:<13}{}\n", "query", answer.query, "asked", servers);
  for (const auto& [name, value] : {std::pair("organisation", &answer.organisation),
                                    {"country", &answer.country},
                                    {"registrar", &answer.registrar},
                                    {"created", &answer.created},
                                    {"network", &answer.network}}) {
    if (!value->empty()) text += fmt::format("{:<13}{}\n", name, *value);
  }
  text += "\n" + whois::readable(answer.text);
  return text.ends_with('\n') ? text : text + "\n";
}

Exit run_whois(const WhoisOptions& options) {
  whois::Options client = options.client;
  client.timeout = std::chrono::seconds(options.timeout_s);
  const Result<whois::Answer> answer = whois::Client(client).ask(options.query);
  if (!answer) {
    fmt::print(stderr, "mogura: {}\n", whois::readable(answer.error().message()));
    return answer.error().code == ErrorCode::kUsage ? Exit::kUsage : Exit::kFailure;
  }
  Result<Output> out = Output::open("-");
  out->write(options.json ? json_of(*answer) : text_of(*answer));
  if (const Result<void> closed = out->close(); !closed) {
    fmt::print(stderr, "mogura: {}\n", closed.error().message());
    return Exit::kFailure;
  }
  return Exit::kDone;
}

}  // namespace

Command declare_whois(CLI::App& command) {
  auto options = std::make_shared<WhoisOptions>();
  command.add_option("QUERY", options->query, "a name or an address")->required()->type_name("NAME|ADDR");
  command
      .add_option("--server", options->client.server,
                  "HOST or HOST:PORT to begin at (default whois.iana.org)")
      ->type_name("SERVER");
  command.add_option("--timeout", options->timeout_s, "seconds to wait for each server")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  command.add_option("--cache", options->client.cache_folder, "folder to remember answers in for a week")
      ->type_name("DIR");
  command.add_flag("--json", options->json, "the answer as JSON");
  command.footer(std::string(kWhoisExamples));
  return [options] { return run_whois(*options); };
}

}  // namespace mogura::app
