#include "alert/detail/syslog_message.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "alert/detail/scene_test.h"
#include "report/utf8.h"

namespace mogura::alert::detail {
namespace {

const SyslogHeader kHeader{10, "probe", "mogura", "4711"};

// A reader of RFC 5424 as strict as the grammar. Answers the parameters and the text, or nothing.
struct Read {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string text;
};

bool take(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

bool take_field(std::string_view& rest, std::size_t most) {
  std::size_t size = 0;
  while (size < rest.size() && rest[size] > ' ' && rest[size] < 0x7F) ++size;
  if (size == 0 || size > most) return false;
  rest.remove_prefix(size);
  return take(rest, " ");
}

bool take_parameter(std::string_view& rest, Read& read) {
  const std::size_t equals = rest.find("=\"");
  if (equals == std::string_view::npos || equals > 32) return false;
  std::string name(rest.substr(0, equals)), value;
  rest.remove_prefix(equals + 2);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == ']') return false;  // has to be escaped
    if (rest.front() == '\\') rest.remove_prefix(1);
    if (rest.empty()) return false;
    value += rest.front();
    rest.remove_prefix(1);
  }
  read.parameters.emplace_back(std::move(name), std::move(value));
  return take(rest, "\"");
}

std::optional<Read> read(std::string_view rest) {
  Read read;
  if (!take(rest, "<") || !(take(rest, "82>1 ") || take(rest, "84>1 ") || take(rest, "85>1 "))) return {};
  for (const std::size_t most :
       {std::size_t{32}, std::size_t{255}, std::size_t{48}, std::size_t{128}, std::size_t{32}}) {
    if (!take_field(rest, most)) return {};
  }
  if (!take(rest, "[mogura@32473")) return {};
  while (take(rest, " ")) {
    if (!take_parameter(rest, read)) return {};
  }
  if (!take(rest, "]")) return {};
  if (rest.empty()) return read;
  if (!take(rest, " \xEF\xBB\xBF")) return {};
  read.text = rest;
  return read;
}

TEST(SyslogMessage, HasHeaderParametersAndWords) {
  EXPECT_EQ(
      write_syslog_message(testing::alert(7), kHeader, kDatagramBytes),
      "<82>1 2026-11-22T05:36:06.768123Z probe mogura 4711 pattern "
      "[mogura@32473 alertId=\"relay/7\" kind=\"pattern\" severity=\"high\" score=\"0.85\" "
      "destination=\"edge.example:443\" client=\"192.0.2.7:40000\" server=\"192.0.2.1:3128\" "
      "patternId=\"relay\" pattern=\"SSH behind CONNECT\"] "
      "\xEF\xBB\xBFpattern SSH behind CONNECT: 192.0.2.7 to edge.example:443; the inner protocol is ssh; "
      "a message of 52 bytes came 40 times");
}

TEST(SyslogMessage, NamesTheClientsOfAFinding) {
  report::Alert alert = testing::alert(1);
  alert.kind = report::AlertKind::kFinding;
  alert.pattern_id = alert.pattern_name = "";
  alert.client = alert.server = {};
  alert.clients = {"192.0.2.7", "192.0.2.8"};
  alert.application = "OpenVPN";
  const auto message = read(write_syslog_message(alert, kHeader, kDatagramBytes));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text.substr(0, 65), "finding (OpenVPN): 192.0.2.7, 192.0.2.8 to edge.example:443; the ");
}

TEST(SyslogMessage, SaysHowSevere) {
  const struct {
    const char* severity;
    unsigned facility;
    const char* priority;
    const char* why;
  } rows[] = {
      {"high", 10, "<82>", "critical"},
      {"medium", 10, "<84>", "warning"},
      {"low", 10, "<85>", "notice"},
      {"", 10, "<85>", "not said"},
      {"high", 0, "<2>", "lowest"},
      {"low", 23, "<189>", "highest"},
      {"low", 24, "<189>", "there is none higher"},
  };
  for (const auto& row : rows) {
    report::Alert alert = testing::alert(1);
    alert.severity = row.severity;
    SyslogHeader header = kHeader;
    header.facility = row.facility;
    EXPECT_TRUE(write_syslog_message(alert, header, kDatagramBytes).starts_with(row.priority)) << row.why;
  }
}

TEST(SyslogMessage, WritesADashForWhatIsMissingInTheHeader) {
  const std::string message =
      write_syslog_message(testing::alert(1), {10, "", " \n\x80", ""}, kDatagramBytes);
  EXPECT_NE(message.find("123Z - - - pattern ["), std::string::npos);
}

TEST(EscapeParameter, PutsABackslashBeforeThree) {
  EXPECT_EQ(escape_parameter(R"(a"b\c]d[e)"), R"(a\"b\\c\]d[e)");
}

TEST(SyslogMessage, CutsTheTextFirstAndAtACharacter) {
  report::Alert alert = testing::alert(1);
  alert.sentences = {std::string(1000, 'x')};
  for (int i = 0; i < 1000; ++i) alert.sentences[0] += "日";
  for (std::size_t most = 1024; most < 1040; ++most) {
    const std::string message = write_syslog_message(alert, kHeader, most);
    EXPECT_LE(message.size(), most);
    EXPECT_GT(message.size(), most - 4);
    const auto got = read(message);
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->text.ends_with("x…") || got->text.ends_with("日…"));
    EXPECT_NE(got->parameters.back().first, "cut");
  }
}

TEST(SyslogMessage, LeavesOutParametersThatDoNotFitAndSaysSo) {
  report::Alert alert = testing::alert(1);
  alert.destination = alert.community_id = alert.session_id = alert.user_agent = std::string(250, ']');
  const auto got = read(write_syslog_message(alert, kHeader, 1024));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->parameters.front(), std::pair(std::string("alertId"), alert.alert_id));
  EXPECT_EQ(got->parameters.back(), std::pair(std::string("cut"), std::string("true")));
}

TEST(SyslogMessage, IsWellFormedWhateverIsInTheAlert) {
  std::mt19937 random(7);
  constexpr char kAlphabet[] = "a\"\\][= \n\r\0\x1b\x7f\x80\xbf\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80\xff<>";
  const std::string alphabet(kAlphabet, sizeof kAlphabet - 1);
  for (int round = 0; round < 300; ++round) {
    const auto any = [&](std::size_t most) {
      std::string text(random() % (most + 1), ' ');
      for (char& c : text) c = alphabet[random() % alphabet.size()];
      return text;
    };
    report::Alert alert = testing::alert(1);
    for (std::string* field : {&alert.alert_id, &alert.pattern_id, &alert.pattern_name, &alert.application,
                               &alert.destination, &alert.user_agent, &alert.client_forwarded}) {
      *field = any(300);
    }
    alert.sentences = {any(3000), any(10)};
    const std::size_t most = 1024 + random() % 8000;
    const std::string message = write_syslog_message(alert, {10, any(300), any(60), any(10)}, most);
    ASSERT_LE(message.size(), most);
    ASSERT_TRUE(read(message)) << message;
    for (std::string_view rest = message; !rest.empty();) {
      const report::Utf8Character c = report::first_character(rest);
      ASSERT_TRUE(c.is_valid);
      ASSERT_GE(c.code_point, 0x20u);
      rest.remove_prefix(c.size);
    }
  }
}

}  // namespace
}  // namespace mogura::alert::detail
