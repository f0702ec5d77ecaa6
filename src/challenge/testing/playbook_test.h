#pragma once

// Plays a story through the gate: what clients do (>>) and what must follow (<<), one step a line. A step
// that nothing says, or that does not come, fails the test.
//
//   >> 0 c1 chromium jar page        at 0 ms, on connection c1, a Chromium with that jar asks for a page
//   << early                         what the request meant; several words in one line, in order
//   >> 20 answer c1 200              its response comes and is delivered
//   << set
//   >> 30 head c1 200                the response's head goes out; >> 50 end c1: it is delivered
//   >> store down, >> store up, >> move 10.0.0.9 (the client's address), >> host other.test
//
// Clients: chromium, firefox, explorer, msie, curl, and msie-cookie, which writes Cookie fields of its own.
// Jars: any name; "-" is none. One whose name begins with curl, naive, hand or decoys keeps cookies as that
// family does (the last: the decoys only), any other as browsers do. Kinds: page, link (Referer: the same
// host), elsewhere (of another site), image, foreign-image, bare, prefetch, reload, post, reload-image;
// preload, report and refresh, which do what the last page's fields told to; validated, a page with the last
// entity tag.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "challenge/gate.h"
#include "challenge/testing/browser_requests_test.h"

namespace mogura::challenge::testing {

inline Secret test_secret(std::uint8_t fill = 7) {
  std::array<std::uint8_t, Secret::kBytes> bytes;
  bytes.fill(fill);
  return Secret(bytes);
}

class Play {
 public:
  explicit Play(const Policy& policy = {}, std::shared_ptr<const Exemptions> exemptions = nullptr,
                std::shared_ptr<const SuspectSource> suspects = nullptr)
      : policy_(policy), gate_(policy, test_secret(), std::move(exemptions), std::move(suspects)) {}
  // Of all clients from now on, as if PassiveWatch had said it.
  void set_passive_score(double score) { passive_score_ = score; }
  void put_cache_behind() { has_cache_behind_ = true; }

  // Fails the test at the first step that goes otherwise.
  void run(const std::string& story) {
    std::istringstream lines(story);
    std::string actual;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::vector<std::string> words = words_of(line);
      if (words.empty() || words[0] == "#") continue;
      if (words[0] == "<<") {
        ASSERT_EQ(actual, joined(words)) << "line " << number << ": " << line;
        actual.clear();
        continue;
      }
      ASSERT_EQ(words[0], ">>") << "line " << number;
      ASSERT_EQ(actual, "") << "line " << number << ": nothing was said of this before it";
      actual = step(words);
    }
    ASSERT_EQ(actual, "") << "at the end";
  }
  [[nodiscard]] const std::map<StateKey, Entry>& entries() const { return entries_; }
  [[nodiscard]] const VerdictEvent& last_verdict() const { return last_verdict_; }
  void put_into_jar(const std::string& jar, const std::string& cookie) { jars_[jar] = cookie; }
  [[nodiscard]] std::string jar(const std::string& name) { return jars_[name]; }
  [[nodiscard]] const std::string& cookie_name() const { return gate_.cookies().name(); }

 private:
  struct Connection {
    std::uint32_t number = 0;
    std::string text, jar;
    protocol::RequestHead head;
    Exchange exchange;
  };

  static std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
  }
  static std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 1; i < words.size(); ++i) text += (i == 1 ? "" : " ") + words[i];
    return text;
  }
  static void say(std::string& said, const std::string& word) { said += (said.empty() ? "" : " ") + word; }

  std::string step(const std::vector<std::string>& words) {
    if (words[1] == "store") return is_store_down_ = words[2] == "down", "";
    if (words[1] == "host") return host_ = words[2], "";
    if (words[1] == "move") return address_ = Address::parse(words[2]).value(), "";
    const Timestamp now{std::chrono::hours(24 * 365 * 55) + std::chrono::milliseconds(std::stoll(words[1]))};
    std::string said;
    const bool is_answer = words[2] == "answer";
    if (is_answer || words[2] == "head") said = respond(words, now);
    if (is_answer || words[2] == "end") deliver(words[3], now);
    if (is_answer || words[2] == "head" || words[2] == "end") return said;
    return request(words, now);
  }

  std::string fields_of(const std::string& client, const std::string& kind) const {
    if (client == "msie") return field("Accept", "*/*") + field("User-Agent", kOldExplorer);
    if (client == "msie-cookie")
      return fields_of("msie", kind) + field("Cookie", "session=QUJDREVGR0hJSktMTU5P");
    if (client == "curl") return field("User-Agent", "curl/7.88.1") + field("Accept", "*/*");
    const std::string_view user_agent =
        client == "chromium" ? kChromium : (client == "firefox" ? kFirefox : kExplorer);
    const bool is_page = kind == "page" || kind == "link" || kind == "elsewhere" || kind == "prefetch" ||
                         kind == "reload" || kind == "post" || kind == "validated";
    std::string referer;
    if (kind == "link" || kind == "image" || kind == "post" || kind == "reload-image") {
      referer = "http://" + host_ + "/";
    }
    if (kind == "elsewhere" || kind == "foreign-image") referer = "http://www.elsewhere.test/page";
    std::string fields = browser_fields(user_agent, is_page, referer);
    if (kind == "prefetch") fields += field("Purpose", "prefetch");
    if (kind.starts_with("reload"))
      fields += field("Pragma", "no-cache") + field("Cache-Control", "no-cache");
    if (kind == "post") fields += field("Origin", "http://" + host_) + field("Content-Length", "0");
    return fields;
  }

  std::optional<Outcome> ask(const StateKey& key, const Input& input) {
    if (is_store_down_) return std::nullopt;
    return advance(entries_[key], input, policy_.machine);
  }

  std::string request(const std::vector<std::string>& words, Timestamp now) {
    Connection& connection = connections_[words[2]];
    // "c1" and "c1#2" are requests on one connection, the second pipelined.
    connection.number =
        static_cast<std::uint32_t>(std::hash<std::string>{}(words[2].substr(0, words[2].find('#'))));
    const std::string& client = words[3];
    const std::string& kind = words[5];
    connection.jar = words[4];
    const std::string cookie = field("Cookie", words[4] == "-" ? "" : jars_[words[4]]);
    const auto told = told_.find(kind);
    const std::string path = told == told_.end() || kind == "validated" ? "/x" : told->second;
    const std::string validator = kind == "validated" ? field("If-None-Match", told_[kind]) : "";
    connection.text = head_text(kind == "post" || kind == "report" ? "POST" : "GET", "http://" + host_ + path,
                                host_, fields_of(client, kind) + validator + cookie);
    connection.head.forget();
    EXPECT_EQ(connection.head.parse(connection.text).kind, protocol::HeadStep::Kind::kDone);
    Exchange& exchange = connection.exchange;
    gate_.on_request(connection.head, host_,
                     {.address = address_,
                      .connection = connection.number,
                      .has_cache_behind = has_cache_behind_,
                      .passive_score = passive_score_},
                     now, exchange);
    EXPECT_EQ(exchange.strips, kind == "validated" || (cookie.find("ProxySessionID") != std::string::npos &&
                                                       !is_garbage(cookie)));
    if (exchange.own_answer != OwnAnswer::kNone && !exchange.asks_store) return "not forwarded";
    if (!exchange.asks_store) return "unjudged " + std::string(name_of(exchange.reason));
    if (exchange.asks_jar) gate_.on_jar(ask(exchange.jar_key, gate_.jar_question(exchange)), exchange);
    gate_.on_state(ask(exchange.key, exchange.input), exchange);
    if (const auto returned = gate_.on_return(exchange)) (void)ask(exchange.jar_key, *returned);
    return meaning(exchange);
  }
  static bool is_garbage(const std::string& cookie) { return cookie.find("garbage") != std::string::npos; }

  std::string meaning(const Exchange& exchange) {
    if (!exchange.has_outcome) return "unjudged " + std::string(name_of(exchange.reason));
    const Outcome& outcome = exchange.outcome;
    std::string said;
    if (outcome.is_passed_over) say(said, "unjudged " + std::string(name_of(exchange.reason)));
    if (outcome.is_early) say(said, "early");
    if (outcome.is_forbidden) say(said, "forbidden");
    if (exchange.input.sign == Sign::kOnlyDecoys) say(said, "only-decoys");
    if (outcome.is_miss) say(said, "miss " + std::to_string(outcome.entry.misses));
    if (exchange.input.sign == Sign::kElsewhere) say(said, "elsewhere");
    if (exchange.input.sign == Sign::kCurrent) say(said, "returned");
    if (exchange.input.sign == Sign::kPrevious) say(said, "returned-old");
    if (const auto event = gate_.request_event(exchange)) say(said, std::string(name_of(event->state)));
    if (const auto event = gate_.verdict_event(exchange)) {
      say(said, "verdict " + std::string(name_of(event->verdict)));
      last_verdict_ = *event;
    }
    if (exchange.blocks) say(said, "blocked");
    switch (exchange.own_answer) {
      case OwnAnswer::kNone:
        break;
      case OwnAnswer::kSheet:
        say(said, "fetched");
        break;
      case OwnAnswer::kReceived:
        say(said, "reported");
        break;
      case OwnAnswer::kBack:
        say(said, "followed");
        break;
      case OwnAnswer::kRedirect:
        say(said, "redirected");
        break;
      case OwnAnswer::kPage:
        say(said, "shown a page");
        break;
    }
    return said;
  }

  // "answer c1 200 Set-Cookie=name=value"
  std::string respond(const std::vector<std::string>& words, Timestamp now) {
    Connection& connection = connections_.at(words[3]);
    std::string text = "HTTP/1.1 " + words[4] + " X\r\n";
    for (std::size_t i = 5; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      text += words[i].substr(0, equals) + ": " + words[i].substr(equals + 1) + "\r\n";
    }
    text += "\r\n";
    protocol::ResponseHead head;
    EXPECT_EQ(head.parse(text, connection.head.method()).kind, protocol::HeadStep::Kind::kDone) << text;
    Exchange& exchange = connection.exchange;
    std::string line;
    std::string_view inserted;
    if (exchange.own_answer != OwnAnswer::kNone) {
      gate_.on_own_answer(now, exchange, line);
      inserted = line;
    } else if (exchange.blocks) {
      inserted = gate_.on_refusal(now, exchange, line);
    } else {
      inserted = gate_.on_response(head, now, exchange, line);
    }
    keep(connection, inserted);
    if (const auto input = gate_.on_inserted(exchange, now)) (void)ask(exchange.key, *input);
    const auto event = gate_.response_event(exchange);
    if (const std::string asked = pages_questions(exchange); !asked.empty()) return asked;
    if (!event) return "nothing";
    const bool is_never = event->state == State::kNeverSet;
    return std::string(name_of(event->state)) + (is_never ? " " + event->reason : "");
  }
  static std::string pages_questions(const Exchange& exchange) {
    std::string asked;
    for (const Question question :
         {Question::kRevalidation, Question::kPreload, Question::kReport, Question::kRefresh}) {
      if (exchange.asked.has(question)) say(asked, std::string(name_of(question)));
    }
    return asked;
  }
  static bool keeps(const std::string& jar, std::string_view line) {
    if (jar == "-") return false;
    const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
    const bool is_naive = jar.starts_with("naive"), takes_all = jar.starts_with("hand");
    const bool lacks_secure = has("SameSite=None") || has("Partitioned");
    const bool is_decoy = has("__Host-") || lacks_secure || has("nowhere");
    if (jar.starts_with("decoys")) return is_decoy;
    if (has("nowhere")) return takes_all;
    if (has("__Host-")) return is_naive || takes_all;
    return !lacks_secure || is_naive || takes_all || jar.starts_with("curl");
  }
  void keep(const Connection& connection, std::string_view lines) {
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find("\r\n"));
      lines.remove_prefix(line.size() + 2);
      note_told(line);
      if (!line.starts_with("Set-Cookie: ") || !keeps(connection.jar, line)) continue;
      const std::string_view pair = line.substr(12, line.find(';') - 12);  // behind "Set-Cookie: "
      put(jars_[connection.jar], pair);
    }
  }
  // What a browser would do next because of the field.
  void note_told(std::string_view line) {
    constexpr std::string_view kReport = "report-uri ", kRefresh = "Refresh: 0; url=", kTag = "ETag: ";
    if (line.starts_with("Link: </.")) told_["preload"] = line.substr(7, line.find('>') - 7);
    if (const auto at = line.find(kReport); at != line.npos)
      told_["report"] = line.substr(at + kReport.size());
    if (line.starts_with(kRefresh)) told_["refresh"] = line.substr(kRefresh.size());
    if (line.starts_with(kTag)) told_["validated"] = line.substr(kTag.size());
  }
  // In place of one of that name.
  static void put(std::string& jar, std::string_view pair) {
    const std::size_t at = jar.find(pair.substr(0, pair.find('=') + 1));
    if (at == std::string::npos) {
      jar += (jar.empty() ? "" : "; ") + std::string(pair);
    } else {
      jar.replace(at, std::min(jar.find(';', at), jar.size()) - at, pair);
    }
  }

  void deliver(const std::string& name, Timestamp now) {
    const Exchange& exchange = connections_.at(name).exchange;
    if (const auto input = gate_.on_delivered(exchange, now)) (void)ask(exchange.key, *input);
  }

  Policy policy_;
  Gate gate_;
  std::map<StateKey, Entry> entries_;
  std::map<std::string, Connection> connections_;
  std::map<std::string, std::string> jars_;
  VerdictEvent last_verdict_;
  Address address_ = Address::v4(0x0A000001);
  std::string host_ = "www.site.test";
  std::map<std::string, std::string> told_;  // by the kind of the request that it makes
  bool is_store_down_ = false;
  double passive_score_ = 0;
  bool has_cache_behind_ = false;
};

}  // namespace mogura::challenge::testing
