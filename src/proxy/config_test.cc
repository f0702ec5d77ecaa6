#include "proxy/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <tuple>

#include "proxy/detail/parameter_table.h"

namespace mogura::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Options read(std::string_view toml) {
  Options options;
  const Result<void> done = read_config(toml, "proxy.toml", options);
  EXPECT_TRUE(done) << toml << ": " << (done ? "" : done.error().message());
  return options;
}

std::string error_of(std::string_view toml) {
  Options options;
  const std::string before = write_config(options);
  const Result<void> done = read_config(toml, "proxy.toml", options);
  EXPECT_EQ(write_config(options), before) << "changed by a file with an error";
  return done ? "none" : done.error().message();
}

TEST(Config, AnEmptyFileChangesNothing) {
  for (const char* const toml :
       {"", "\n", "# only a comment\n", "[timeouts]\n", "format = 1\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(write_config(read(toml)), write_config(Options{})) << toml;
  }
}

TEST(Config, ReadsEachKindOfValue) {
  const Options options = read(R"(
format = 1
[proxy]
listen = ["127.0.0.1:3128", "[::1]:3128"]
threads = 4
forwarded_for = true
[access]
clients = [
  "10.0.0.0/8",   # the office
  "2001:db8::/32",
]
connect_ports = [443]
[timeouts]
head = "5m"
idle = 90
[limits]
head = "128K"
target = 8000
[challenge]
mode = "block"
span = "250ms"
exempt = ["/etc/mogura/a.toml", "/etc/mogura/b, c.toml"]
[logs]
access_format = "json"
)");
  ASSERT_EQ(options.listen.endpoints.size(), 2u);
  EXPECT_EQ(options.listen.endpoints[1].to_string(), "[::1]:3128");
  EXPECT_EQ(options.threads, 4u);
  EXPECT_TRUE(options.forwarded_for);
  ASSERT_EQ(options.access.clients.size(), 2u);
  EXPECT_EQ(options.access.clients[1].to_string(), "2001:db8::/32");
  EXPECT_EQ(options.access.connect_ports, std::vector<std::uint16_t>{443});
  EXPECT_EQ(options.timeouts.head, seconds(300));
  EXPECT_EQ(options.timeouts.idle, seconds(90));
  EXPECT_EQ(options.limits.head_bytes, 131'072u);
  EXPECT_EQ(options.limits.target_bytes, 8000u);
  EXPECT_EQ(options.challenge.policy.mode, challenge::Mode::kBlock);
  EXPECT_EQ(options.challenge.policy.machine.span, milliseconds(250));
  EXPECT_EQ(options.challenge.exempt_files.size(), 2u);
  EXPECT_EQ(options.logs.access_format, LogFormat::kJson);
  EXPECT_EQ(options.timeouts.connect, Options{}.timeouts.connect) << "what is not named stays";
}

TEST(Config, TakesTomlInAllItsForms) {
  EXPECT_EQ(read("timeouts.head = \"5s\"\n").timeouts.head, seconds(5)) << "dotted keys";
  EXPECT_EQ(read("timeouts = { head = \"5s\" }\n").timeouts.head, seconds(5)) << "an inline table";
  EXPECT_EQ(read("[\"timeouts\"]\n'head' = '''5s'''\n").timeouts.head, seconds(5)) << "quoted keys";
  EXPECT_EQ(read("[timeouts]\r\nhead = 0x1E\r\n").timeouts.head, seconds(30)) << "line ends, hexadecimal";
  EXPECT_EQ(read("[access]\nrealm = \"\\u0041b\"\n").access.realm, "Ab") << "escapes";
  EXPECT_EQ(read("[access]\nhtpasswd = \"/m\xC3\xB6we~\"\n").access.htpasswd, "/m\xC3\xB6we~") << "UTF-8";
}

TEST(Config, ErrorsNameFileLineAndKey) {
  const struct {
    const char* toml;
    const char* error;
  } cases[] = {
      {"[timeouts]\nhead = \"soon\"\n",
       "proxy.toml line 2: timeouts.head: must be a time from 1s to 1h, like \"1s\""},
      {"[timeouts]\nhead = 1.5\n",
       "proxy.toml line 2: timeouts.head: must be a time from 1s to 1h, like \"1s\""},
      {"[timeouts]\nhead = 0\n",
       "proxy.toml line 2: timeouts.head: must be a time from 1s to 1h, like \"1s\""},
      {"\n\n[timeouts]\n# comment\nhaed = 1\n",
       "proxy.toml line 5: timeouts.haed: there is no such key; the nearest is timeouts.head"},
      {"[timeouts]\ntunel_idle = 1\n",
       "proxy.toml line 2: timeouts.tunel_idle: there is no such key; the nearest is timeouts.tunnel_idle"},
      {"[proxy]\nmode = \"off\"\n",
       "proxy.toml line 2: proxy.mode: there is no such key; the nearest is challenge.mode"},
      {"[timeout]\nhead = 1\n",
       "proxy.toml line 1: timeout: there is no such section; the nearest is timeouts"},
      {"listen = []\n", "proxy.toml line 1: listen: there is no such section; the nearest is proxy.listen"},
      {"\n[zzzzzz]\n", "proxy.toml line 2: zzzzzz: there is no such section"},
      {"timeouts = 3\n", "proxy.toml line 1: timeouts: must be a section: [timeouts]"},
      {"[[timeouts]]\nhead = 3\n", "proxy.toml line 1: timeouts: must be a section: [timeouts]"},
      {"format = 2\n", "proxy.toml line 1: format: must be 1"},
      {"format = 1.0\n", "proxy.toml line 1: format: must be 1"},
      {"[access]\nclients = [\n  \"10.0.0.0/8\",\n  \"10.0.0.0/40\",\n]\n",
       "proxy.toml line 4: access.clients: must be a network like 10.0.0.0/8, or an address"},
      {"[access]\nclients = [[\"10.0.0.0/8\"]]\n",
       "proxy.toml line 2: access.clients: must be a network like 10.0.0.0/8, or an address"},
      {"[access]\nclients = \"10.0.0.0/8\"\n",
       "proxy.toml line 2: access.clients: must be a list: [\"…\", \"…\"]"},
      {"[access]\nconnect_ports = [443, 70000]\n",
       "proxy.toml line 2: access.connect_ports: must be a list of ports from 1 to 65535, or \"all\""},
      {"[proxy]\nthreads = \"4\"\n", "proxy.toml line 2: proxy.threads: must be a number from 0 to 256"},
      {"[proxy]\nname = 4\n", "proxy.toml line 2: proxy.name: must be text, in quotes"},
      {"[proxy]\nname = \"a\\nb\"\n", "proxy.toml line 2: proxy.name: must not hold control characters"},
      {"[challenge]\nmode = \"on\"\n", "proxy.toml line 2: challenge.mode: must be off, observe or block"},
      {"[challenge.mode]\na = 1\n", "proxy.toml line 1: challenge.mode: must be off, observe or block"},
      {"[state]\nstore = \"redis://:…@h\"\n",
       "proxy.toml line 2: state.store: has no password: it was left out when the configuration was shown"},
  };
  for (const auto& [toml, error] : cases) EXPECT_EQ(error_of(toml), error) << toml;
}

TEST(Config, TextThatIsNoTomlIsRefusedWithItsLine) {
  for (const char* const toml :
       {"\n\n[timeouts\n", "\n\nhead\n", "\n\n[[{", "\n\na = [}", "\n\na = \"\xFF\"\n", "\n\n\xC3\xA9 = 1\n",
        "[timeouts]\nhead = 1\nhead = 2\n", "[timeouts]\n\n[timeouts]\n"}) {
    EXPECT_THAT(error_of(toml), StartsWith("proxy.toml line 3: ")) << toml;
  }
}

TEST(Config, KeysAndValuesBeyondAsciiAreShownAsTheyStand) {
  EXPECT_THAT(error_of("[timeouts]\n\"h\xC3\xB6"
                       "d\" = 1\n"),
              HasSubstr("timeouts.h\xC3\xB6"
                        "d: there is no"));
}

TEST(Config, KeysCannotReachTheTerminal) {
  EXPECT_EQ(error_of("[proxy]\n\"a\\u001b[2Jb\" = 1\n"),
            "proxy.toml line 2: proxy.a?[2Jb: there is no such key");
}

TEST(Config, HasABound) {
  const std::string line = "# comment\n";
  std::string toml;
  while (toml.size() + line.size() <= kConfigBytes) toml += line;
  toml.resize(kConfigBytes, '#');
  EXPECT_EQ(error_of(toml), "none");
  EXPECT_EQ(error_of(toml + "#"), "proxy.toml: is larger than 1048576 bytes");
}

TEST(Config, EveryTruncationIsReadOrRefused) {
  const std::string whole = write_config(Options{});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    Options options;
    const Result<void> done = read_config(cut, "proxy.toml", options);
    if (!done) {
      EXPECT_THAT(done.error().message(), StartsWith("proxy.toml line ")) << size;
    }
  }
}

// --- round trip ---

using Random = std::mt19937;

std::size_t pick(Random& random, std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
}
template <class T>
T between(Random& random, T least, T most) {
  return std::uniform_int_distribution<T>(least, most)(random);
}
seconds time_between(Random& random, std::int64_t least, std::int64_t most) {
  return seconds(between(random, least, most));
}
std::string random_file(Random& random) {
  const std::string_view pieces[] = {"/", "a",  "b c", "\"", "\\", "m\xC3\xB6we",
                                     "~", "[}", ", }", "#",  "'",  "-"};
  std::string text;
  for (std::size_t i = pick(random, 6); i > 0; --i) text += pieces[pick(random, std::size(pieces))];
  return text;
}
std::string random_token(Random& random) {
  std::string text = "a";
  for (std::size_t i = pick(random, 63); i > 0; --i) text += "azAZ09!#$%&'*+-.^_`|~"[pick(random, 21)];
  return text;
}
Address random_address(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(pick(random, 256));
  return Address::from_bytes(ByteView(bytes).first(pick(random, 2) == 0 ? 4 : 16));
}
std::vector<Network> random_networks(Random& random) {
  std::vector<Network> networks(pick(random, 4));
  for (Network& network : networks) {
    network.address = random_address(random);
    network.prefix = between(random, 0u, network.address.is_v4() ? 32u : 128u);
  }
  return networks;
}

void randomise_edges(Random& random, Options& o) {
  o.listen.endpoints.clear();
  for (std::size_t i = pick(random, 4); i > 0; --i) {
    o.listen.endpoints.push_back({random_address(random), between<std::uint16_t>(random, 0, 65'535)});
  }
  o.threads = between(random, 0u, 256u);
  o.name = random_token(random);
  o.forwarded_for = pick(random, 2) == 0;
  o.access.clients = random_networks(random);
  o.access.destinations = random_networks(random);
  o.access.htpasswd = random_file(random);
  o.access.realm = pick(random, 2) == 0 ? "" : "a realm, [of } sorts~";
  o.access.any_connect_port = pick(random, 3) == 0;
  o.access.connect_ports.clear();
  for (std::size_t i = o.access.any_connect_port ? 0 : pick(random, 4); i > 0; --i) {
    o.access.connect_ports.push_back(between<std::uint16_t>(random, 1, 65'535));
  }
  o.upstream.parent = pick(random, 2) == 0 ? "" : "[2001:db8::1]:3128";
  o.upstream.idle_per_host = pick(random, 10'001);
  o.upstream.idle = pick(random, 1'000'001);
  o.upstream.idle_for = time_between(random, 1, 3600);
  o.upstream.dns_keep = time_between(random, 0, 86'400);
  o.upstream.dns_keep_failure = time_between(random, 0, 86'400);
  o.upstream.dns_entries = between<std::size_t>(random, 1, 10'000'000);
  o.upstream.dns_threads = between(random, 1u, 256u);
}

void randomise_bounds(Random& random, Options& o) {
  for (seconds* const time :
       {&o.timeouts.head, &o.timeouts.idle, &o.timeouts.connect, &o.timeouts.dns, &o.timeouts.response,
        &o.timeouts.stall, &o.timeouts.tunnel_idle, &o.timeouts.tunnel_half_closed, &o.timeouts.stop}) {
    *time = time_between(random, 1, 3600);
  }
  o.limits.connections = between<std::size_t>(random, 1, 10'000'000);
  o.limits.connections_per_client = between<std::size_t>(random, 1, 10'000'000);
  o.limits.head_bytes = between<std::size_t>(random, 1024, 1'048'576);
  o.limits.target_bytes = between<std::size_t>(random, 256, 1'048'576);
  o.limits.fields = between<std::size_t>(random, 16, 10'000);
  o.limits.held_bytes = between<std::size_t>(random, 4096, 16'777'216);
}

void randomise_judging(Random& random, Options& o) {
  o.challenge.policy.mode = static_cast<challenge::Mode>(pick(random, 3));
  o.challenge.policy.questions = {};
  for (const auto& card : challenge::question_cards()) {
    if (pick(random, 2) == 0) o.challenge.policy.questions.add(card.question);
  }
  o.challenge.policy.cookie_name = random_token(random);
  o.challenge.policy.epoch = time_between(random, 60, 365 * 86'400);
  o.challenge.policy.machine.misses = between(random, 1u, 255u);
  o.challenge.policy.machine.span = milliseconds(between<std::int64_t>(random, 0, 3'600'000));
  o.challenge.policy.machine.engine_span = milliseconds(between<std::int64_t>(random, 0, 3'600'000));
  o.challenge.exempt_files.clear();
  for (std::size_t i = pick(random, 3); i > 0; --i) o.challenge.exempt_files.push_back(random_file(random));
  o.challenge.built_in_exemptions = pick(random, 2) == 0;
  o.challenge.secret_file = random_file(random);
  o.state.store = pick(random, 2) == 0 ? "memory" : "redis://[::1]:6379/3";
  o.state.entries = between<std::size_t>(random, 1000, 1'000'000'000);
  o.state.ttl = time_between(random, 60, std::int64_t{3650} * 86'400);
  o.state.snapshot = random_file(random);
  o.state.redis_deadline = milliseconds(between<std::int64_t>(random, 1, 10'000));
  o.logs.access = random_file(random);
  o.logs.access_format = static_cast<LogFormat>(pick(random, 2));
  o.logs.events = random_file(random);
  o.logs.database = random_file(random);
  o.logs.metrics = pick(random, 2) == 0 ? "" : "127.0.0.1:9115";
}

// Field by field, so that two parameters that are one by mistake are seen.
auto edges_of(const Options& o) {
  const auto texts = [](const std::vector<Network>& networks) {
    std::vector<std::string> all;
    for (const Network& network : networks) all.push_back(network.to_string());
    return all;
  };
  const Access& a = o.access;
  const Upstream& u = o.upstream;
  return std::tuple(o.listen.endpoints, o.threads, o.name, o.forwarded_for, texts(a.clients), a.htpasswd,
                    a.realm, a.connect_ports, a.any_connect_port, texts(a.destinations), u.parent,
                    u.idle_per_host, u.idle, u.idle_for, u.dns_keep, u.dns_keep_failure, u.dns_entries,
                    u.dns_threads);
}
auto bounds_of(const Options& o) {
  const Timeouts& t = o.timeouts;
  const ProxyLimits& l = o.limits;
  return std::tuple(t.head, t.idle, t.connect, t.dns, t.response, t.stall, t.tunnel_idle,
                    t.tunnel_half_closed, t.stop, l.connections, l.connections_per_client, l.head_bytes,
                    l.target_bytes, l.fields, l.held_bytes);
}
auto judging_of(const Options& o) {
  const Challenge& c = o.challenge;
  return std::tuple(c.policy.mode, c.policy.questions, c.policy.cookie_name, c.policy.epoch,
                    c.policy.machine.misses, c.policy.machine.span, c.policy.machine.engine_span,
                    c.exempt_files, c.built_in_exemptions, c.secret_file, o.state.store, o.state.entries,
                    o.state.ttl, o.state.snapshot, o.state.redis_deadline, o.logs.access,
                    o.logs.access_format, o.logs.events, o.logs.database, o.logs.metrics);
}

TEST(Config, WhatIsWrittenIsReadTheSame) {
  Random random(20'260'101);
  for (int round = 0; round < 300; ++round) {
    Options options;
    randomise_edges(random, options);
    randomise_bounds(random, options);
    randomise_judging(random, options);
    const std::string toml = write_config(options);
    const Options again = read(toml);
    ASSERT_EQ(edges_of(again), edges_of(options)) << toml;
    ASSERT_EQ(bounds_of(again), bounds_of(options)) << toml;
    ASSERT_EQ(judging_of(again), judging_of(options)) << toml;
  }
}

TEST(Config, TheDefaultsAreInTheirRanges) {
  EXPECT_EQ(edges_of(read(write_config(Options{}))), edges_of(Options{}));
  EXPECT_EQ(bounds_of(read(write_config(Options{}))), bounds_of(Options{}));
  EXPECT_EQ(judging_of(read(write_config(Options{}))), judging_of(Options{}));
}

TEST(Config, WritesNoPassword) {
  Options options;
  options.state.store = "redis://me:secret@localhost:6379/1";
  const std::string toml = write_config(options);
  EXPECT_THAT(toml, HasSubstr("store = \"redis://me:…@localhost:6379/1\"\n"));
  EXPECT_EQ(toml.find("secret@"), std::string::npos);
}

TEST(Config, WritesHelpInLinesThatFitAScreen) {
  const std::string toml = write_config(Options{});
  EXPECT_THAT(toml, HasSubstr("# event loops; 0: one for each core (0 to 256)\nthreads = 0\n"));
  std::istringstream lines(toml);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) {
      EXPECT_LE(line.size(), 101u) << line;
    }
  }
}

// --- the command line ---

TEST(SetParameter, SetsOneOfEachKind) {
  Options options;
  const struct {
    const char* name;
    std::vector<std::string> texts;
  } cases[] = {
      {"proxy.listen", {"127.0.0.1:1", "[::1]:2,127.0.0.1:3"}},
      {"proxy.threads", {"3"}},
      {"proxy.forwarded_for", {"true"}},
      {"access.connect_ports", {"443,8443"}},
      {"timeouts.head", {"7"}},
      {"timeouts.idle", {"2m"}},
      {"limits.head", {"32K"}},
      {"challenge.mode", {"off"}},
      {"challenge.exempt", {"/a,b", "/c"}},
  };
  for (const auto& [name, texts] : cases) {
    const Result<void> set = set_parameter(options, name, texts);
    EXPECT_TRUE(set) << (set ? "" : set.error().message());
  }
  EXPECT_EQ(options.listen.endpoints.size(), 3u);
  EXPECT_EQ(options.threads, 3u);
  EXPECT_TRUE(options.forwarded_for);
  EXPECT_EQ(options.access.connect_ports.size(), 2u);
  EXPECT_EQ(options.timeouts.head, seconds(7));
  EXPECT_EQ(options.timeouts.idle, seconds(120));
  EXPECT_EQ(options.limits.head_bytes, 32'768u);
  EXPECT_EQ(options.challenge.policy.mode, challenge::Mode::kOff);
  EXPECT_EQ(options.challenge.exempt_files, (std::vector<std::string>{"/a,b", "/c"}));
  EXPECT_TRUE(set_parameter(options, "access.connect_ports", {"all"}));
  EXPECT_TRUE(options.access.any_connect_port);
  EXPECT_TRUE(set_parameter(options, "challenge.exempt", {""}));
  EXPECT_TRUE(options.challenge.exempt_files.empty()) << "the empty list";
}

TEST(SetParameter, RefusesWhatAFileCouldNotSay) {
  const struct {
    const char* name;
    std::vector<std::string> texts;
    const char* error;
  } cases[] = {
      {"proxy.threads", {"many"}, "proxy.threads: must be a number from 0 to 256"},
      {"proxy.threads", {"1", "2"}, "proxy.threads: takes one"},
      {"proxy.threads", {}, "proxy.threads: takes one"},
      {"proxy.listen", {"a,b"}, "proxy.listen: must be ADDR:PORT, with an IPv6 address in brackets"},
      {"access.connect_ports",
       {"443,"},
       "access.connect_ports: must be a list of ports from 1 to 65535, or \"all\""},
      {"proxy.thread", {"1"}, "proxy.thread: there is no such parameter; the nearest is proxy.threads"},
      {"threads", {"1"}, "threads: there is no such parameter"},
      {"", {"1"}, ": there is no such parameter"},
      {"zzzzz.zzzzz", {"1"}, "zzzzz.zzzzz: there is no such parameter"},
  };
  for (const auto& [name, texts, error] : cases) {
    Options options;
    const Result<void> set = set_parameter(options, name, texts);
    ASSERT_FALSE(set) << name;
    EXPECT_EQ(set.error().code, ErrorCode::kUsage);
    if (*name != '\0') {
      EXPECT_EQ(set.error().message(), error);
    }
    EXPECT_EQ(write_config(options), write_config(Options{}));
  }
}

// --- the document ---

std::string row_of(const detail::Parameter& parameter) {
  std::string words(parameter.range);
  for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos; at += 2) words.insert(at, "\\");
  return "| `" + std::string(parameter.key) + "` | " + parameter.type + (words.empty() ? "" : ", " + words) +
         " | `" + parameter.write(Options{}) + "` | " + std::string(parameter.help) + " |";
}

TEST(Document, HasARowForEachParameterUnderItsSection) {
  std::ifstream file(MOGURA_SOURCE_DIR "/docs/formats/proxy-configuration.md");
  const std::string document{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::size_t from = 0;
  std::string_view section;
  for (const detail::Parameter& parameter : detail::parameters()) {
    if (parameter.section != section) {
      section = parameter.section;
      from = document.find("\n## `[" + std::string(section) + "]`\n");
      ASSERT_NE(from, std::string::npos) << "no section " << section;
    }
    const std::string row = row_of(parameter);
    const std::size_t at = document.find(row + "\n", from);
    EXPECT_LT(at, document.find("\n## ", from + 1)) << "missing in [" << section << "]: " << row;
  }
}

TEST(Document, ItsExampleIsGood) {
  std::ifstream file(MOGURA_SOURCE_DIR "/docs/formats/proxy-configuration.md");
  const std::string document{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t begin = document.find("```toml\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string example = document.substr(begin + 8, document.find("```\n", begin + 8) - begin - 8);
  const Options options = read(example);
  EXPECT_EQ(contradiction_in(options), "");
  EXPECT_TRUE(doubts_about(options).empty());
  EXPECT_NE(write_config(options), write_config(Options{}));
}

TEST(CheckPasswordFile, ReadsIt) {
  EXPECT_TRUE(check_password_file(Access{}));
  Access access;
  access.htpasswd = "/nonexistent/users";
  const Result<void> checked = check_password_file(access);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace mogura::proxy
