#include "report/terminal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "report/detail/sample_test.h"
#include "report/text_width.h"

namespace mogura::report {
namespace {

using testing::expect_golden;
using testing::sample_analysis;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  EXPECT_EQ(begin, text.size()) << "the last line has an end";
  return lines;
}

std::string without_color(std::string text) {
  for (std::size_t at = text.find("\x1b["); at != std::string::npos; at = text.find("\x1b[", at)) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

// Names as an attacker would choose them, wherever names occur.
Analysis hostile_analysis() {
  const std::vector<std::string> names{
      "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
      "line one\nline two\r\ttab",
      "\u202Emoc.live\u202C\u2066x\u2069",
      "\xff\xfe\xc3(\xed\xa0\x80",
      std::string(4000, 'w'),
      "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語",
      "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308",
      "👩‍👩‍👧‍👦 family ❤️",
      std::string("nul\0byte", 8),
      "\u009b31mC1 control",
      "\u0301leading mark",
      "back\\slash \\x1b",
  };
  Analysis analysis = sample_analysis();
  analysis.version = names[0];
  analysis.findings.clear();
  for (auto& list : analysis.groups) list = {};
  for (const std::string& name : names) {
    for (auto& list : analysis.groups) {
      list.rows.push_back(testing::group(name, 18'446'744'073'709'551'615u, 9'999'999'999u));
      list.rows.back().ja4 = name;
    }
    finding::Finding finding = testing::tunnel_finding();
    finding.destination = finding.kind = name;
    finding.clients = finding.user_agents = names;
    finding.evidence[0].text = "12 sessions to " + name + " and so on";
    analysis.findings.push_back(finding);
    analysis.inputs.push_back({name, name, 1, 1, {}, {}, {{ErrorCode::kFormat, name, name}}});
    analysis.breakdown.by_method.emplace_back(name, 3);
    analysis.not_decoded.emplace_back(name, 3);
    analysis.counters.emplace_back(name, 3);
  }
  return analysis;
}

TEST(Terminal, MatchesTheGoldenFiles) {
  const Analysis analysis = sample_analysis();
  expect_golden("terminal_40.txt", write_terminal(analysis, {.width = 40}));
  expect_golden("terminal_80.txt", write_terminal(analysis, {.width = 80}));
  expect_golden("terminal_120.txt", write_terminal(analysis, {.width = 120}));
  expect_golden("terminal_100_color.txt", write_terminal(analysis, {.width = 100, .color = true}));
  expect_golden("terminal_80_ascii.txt", write_terminal(analysis, {.width = 80, .utf8 = false}));
  expect_golden("terminal_100_hostile.txt",
                write_terminal(hostile_analysis(), {.width = 100, .findings = 2}));
  expect_golden("terminal_80_empty.txt", write_terminal({}, {.width = 80}));
}

TEST(Terminal, HasNoGoldenFileThatNoTestReads) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(MOGURA_SOURCE_DIR "/src/report/testdata")) {
    files.insert(entry.path().filename().string());
  }
  EXPECT_EQ(files,
            (std::set<std::string>{"analysis.json", "sessions.jsonl", "terminal_100_color.txt",
                                   "terminal_100_hostile.txt", "terminal_120.txt", "terminal_40.txt",
                                   "terminal_80.txt", "terminal_80_ascii.txt", "terminal_80_empty.txt"}));
}

TEST(Terminal, KeepsEveryLineWithinTheWidth) {
  for (const Analysis& analysis : {sample_analysis(), hostile_analysis(), Analysis{}}) {
    for (const std::size_t width : {40u, 41u, 57u, 80u, 100u, 120u, 200u, 500u}) {
      for (const bool utf8 : {true, false}) {
        const TerminalStyle style{.width = width, .utf8 = utf8};
        for (const std::string& line : lines_of(write_terminal(analysis, style))) {
          ASSERT_LE(display_width(line), width) << line;
          ASSERT_TRUE(line.empty() || line.back() != ' ') << line;
        }
      }
    }
  }
}

TEST(Terminal, TakesAWidthOutsideItsRangeAsTheNearestInside) {
  const Analysis analysis = sample_analysis();
  EXPECT_EQ(write_terminal(analysis, {.width = 0}), write_terminal(analysis, {.width = 40}));
  EXPECT_EQ(write_terminal(analysis, {.width = 39}), write_terminal(analysis, {.width = 40}));
  EXPECT_EQ(write_terminal(analysis, {.width = 10'000}), write_terminal(analysis, {.width = 500}));
}

TEST(Terminal, WritesNoControlCharacterWithoutColor) {
  for (const char c : write_terminal(hostile_analysis(), {.width = 120})) {
    ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
    ASSERT_NE(c, '\x7f');
  }
}

TEST(Terminal, ColorChangesNothingButColor) {
  for (const Analysis& analysis : {sample_analysis(), hostile_analysis()}) {
    const std::string colored = write_terminal(analysis, {.width = 90, .color = true});
    EXPECT_NE(colored.find("\x1b[31m"), std::string::npos);
    EXPECT_EQ(without_color(colored), write_terminal(analysis, {.width = 90}));
  }
}

TEST(Terminal, WritesAsciiOnlyWithoutUtf8) {
  for (const Analysis& analysis : {sample_analysis(), hostile_analysis()}) {
    for (const char c : write_terminal(analysis, {.width = 100, .utf8 = false})) {
      ASSERT_LT(static_cast<unsigned char>(c), 0x7F);
    }
  }
}

TEST(Terminal, ShowsTheInputsWithErrorsAndAFewOthers) {
  Analysis analysis;
  for (int i = 0; i < 15; ++i)
    analysis.inputs.push_back({"good" + std::to_string(i), "pcap", 1, 1, {}, {}, {}});
  analysis.inputs.push_back(
      {"bad", "pcap", 1, 1, {}, {}, std::vector<Error>(12, {ErrorCode::kIo, "bad", "broken"})});
  const std::string text = write_terminal(analysis, {});
  EXPECT_NE(text.find("  good11\n"), std::string::npos);
  EXPECT_EQ(text.find("good12"), std::string::npos);
  EXPECT_NE(text.find("  3 more inputs\n"), std::string::npos);
  EXPECT_NE(text.find("bad: broken"), std::string::npos);
  EXPECT_NE(text.find("    2 more errors\n"), std::string::npos);
}

TEST(Terminal, ShowsAtMostTheRowsAskedFor) {
  Analysis analysis = sample_analysis();
  const std::string two = write_terminal(analysis, {.width = 120, .group_rows = 2, .findings = 1});
  EXPECT_NE(two.find("150 groups, the 2 with most sessions"), std::string::npos);
  EXPECT_EQ(two.find("[2001:db8::1]"), std::string::npos);
  EXPECT_EQ(two.find("plain.example"), std::string::npos);
  EXPECT_NE(two.find("1 more"), std::string::npos);
}

}  // namespace
}  // namespace mogura::report
