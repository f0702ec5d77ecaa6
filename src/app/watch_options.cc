#include "app/watch_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "base/address.h"

namespace mogura::app {
namespace {

constexpr std::uint64_t kLongestDurationS = std::uint64_t{10} * 366 * 86'400;

constexpr std::string_view kExamples =
    "SIGHUP reads patterns and the allow list anew and reopens files; SIGTERM and Ctrl-C end sessions, "
    "deliver\n"
    "what waits, and report.\n"
    "\n"
    "Exit status: 0 done (also after SIGTERM), 2 usage, 3 a file could not be read (what could be is "
    "reported),\n"
    "4 failure at run time: no permission, the interface is gone.\n"
    "\n"
    "Examples:\n"
    "  mogura watch -i eth1 --patterns patterns                   alerts as JSON lines on the terminal\n"
    "  mogura watch -i eth1 --bpf 'tcp port 3128' --patterns patterns --alerts /var/log/mogura/alerts.json\n"
    "  mogura watch -i eth1 --patterns patterns --syslog tls://log.example.net --db "
    "/var/lib/mogura/watch.db\n"
    "  mogura watch -r monday.pcap.gz --patterns patterns         the same alerts from a file";

std::string is_named(const std::string& path) {
  return path.empty() ? std::string("the name is empty") : std::string();
}

std::string is_address(const std::string& text) {
  return Address::parse(text) ? std::string() : text + " is not an IP address";
}

void add_duration(CLI::App& command, const std::string& name, std::chrono::seconds& value,
                  const std::string& shown, const std::string& help, const std::string& group) {
  command
      .add_option_function<std::string>(
          name, [&value](const std::string& text) { value = *parse_duration(text); }, help)
      ->type_name("TIME")
      ->default_str(shown)
      ->group(group)
      ->check([](const std::string& text) {
        return parse_duration(text) ? std::string() : text + " is no time; 90s, 5m, 24h and 30d are";
      });
}

void declare_inputs(CLI::App& command, WatchOptions& options) {
  command
      .add_option("-i,--interface", options.interface, "network interface to capture from; any: all of them")
      ->type_name("IFACE")
      ->check(is_named)
      ->group("Input");
  command
      .add_option("-r,--read", options.files,
                  "capture file, folder of them, or - for standard input, instead of an interface; may be "
                  "repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->check(is_named)
      ->group("Input");
  command.add_option("--bpf", options.bpf, "capture only what passes this filter, as of tcpdump")
      ->type_name("FILTER")
      ->group("Input");
  command
      .add_option("--proxy", options.proxies,
                  "address of a proxy of the organisation, where requests do not tell; may be repeated")
      ->type_name("ADDR")
      ->allow_extra_args(false)
      ->check(is_address)
      ->group("Input");
}

void declare_judging(CLI::App& command, WatchOptions& options) {
  command.add_option("--patterns", options.patterns, "folder of registered patterns")
      ->type_name("DIR")
      ->check(is_named)
      ->group("Judging");
  command
      .add_option("--allow", options.allow,
                  "sanctioned services (docs/formats/allow.md), which are not announced")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Judging");
  command
      .add_option("--min-exchanges", options.min_exchanges,
                  "messages each way after the CONNECT that make a session one of the analysed")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str()
      ->group("Judging");
  add_duration(command, "--window", options.window, "24h", "what new services are compared with", "Judging");
  add_duration(command, "--analysis-interval", options.analysis_interval, "5m",
               "how often new services are looked for", "Judging");
}

void declare_outputs(CLI::App& command, WatchOptions& options) {
  command.add_option("--alerts", options.alerts, "write each alert as a JSON line")
      ->type_name("FILE|-")
      ->check(is_named)
      ->capture_default_str()
      ->group("Output");
  command
      .add_option("--syslog", options.syslog,
                  "send alerts by RFC 5424 to udp://HOST, tcp://HOST, tls://HOST or unix://PATH; without a "
                  "target: this machine's log")
      ->type_name("[TARGET]")
      ->expected(0, 1)
      ->default_str("")
      ->group("Output");
  command.add_option("--webhook", options.webhook, "POST each alert as a JSON document to this URL")
      ->type_name("URL")
      ->check(is_named)
      ->group("Output");
  command
      .add_option("--webhook-spool", options.webhook_spool,
                  "file for alerts that the webhook did not take yet")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Output");
  command.add_option("--db", options.database, "keep sessions, findings and alerts in this SQLite file")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Output");
  command.add_option("--stats", options.stats, "append the counters to this file instead of stderr")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Output");
  add_duration(command, "--stats-interval", options.stats_interval, "10s",
               "write a line of counters this often; 0: only at the end", "Output");
  command.add_flag("--quiet", options.quiet, "no counters on stderr")->group("Output");
}

void declare_advanced(CLI::App& command, WatchOptions& options) {
  command
      .add_option("--syslog-ca", options.syslog_ca, "PEM file of who signed the syslog server's certificate")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Advanced");
  command
      .add_option("--threads", options.threads,
                  "capturing: rings, each with a thread of its own; default: one for each core")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->group("Advanced");
  command.add_option("--ring", options.ring_megabytes, "megabytes of each ring")
      ->type_name("MB")
      ->check(CLI::Range(4, 65'536))
      ->capture_default_str()
      ->group("Advanced");
  command
      .add_flag("--no-promiscuous", options.not_promiscuous,
                "capture only what the interface would take anyway")
      ->group("Advanced");
  command
      .add_option(
          "--user", options.user,
          "go on as this user when started as root and the interface is open; default for -i: mogura, if "
          "there is such a user; root: stay root")
      ->type_name("NAME")
      ->check(is_named)
      ->group("Advanced");
  command.add_flag("--libpcap", options.use_libpcap, "capture through libpcap")->group("Advanced");
  command
      .add_option(
          "--max-connections", options.max_connections,
          "connections followed at once; beyond, the one silent for longest is finished early and counted")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str()
      ->group("Advanced");
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  if (error != std::errc() || number > kLongestDurationS) return std::nullopt;
  if (unit == "m") number *= 60;
  if (unit == "h") number *= 3600;
  if (unit == "d") number *= 86'400;
  const bool is_known = unit.empty() || unit == "s" || unit == "m" || unit == "h" || unit == "d";
  if (!is_known || number > kLongestDurationS) return std::nullopt;
  return std::chrono::seconds(number);
}

std::string contradiction_in(const WatchOptions& options) {
  if (options.is_live() != options.files.empty()) {
    return options.is_live() ? "-i and -r exclude each other" : "what to watch? -i IFACE, or -r FILE";
  }
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    return "standard input can be read once only";
  }
  if (!options.is_live() && !options.bpf.empty()) return "--bpf is for -i";
  if (!options.webhook_spool.empty() && options.webhook.empty()) return "--webhook-spool is for --webhook";
  if (options.analysis_interval.count() == 0) return "--analysis-interval must be longer than 0";
  if (options.window < options.analysis_interval) return "--window is shorter than --analysis-interval";
  return contradiction_in(options.privacy);
}

void declare_watch_options(CLI::App& command, WatchOptions& options) {
  declare_inputs(command, options);
  declare_judging(command, options);
  declare_outputs(command, options);
  declare_keep_option(command, options.keep);
  declare_redact_options(command, options.privacy);
  declare_advanced(command, options);
  command.footer(std::string(kExamples));
}

}  // namespace mogura::app
