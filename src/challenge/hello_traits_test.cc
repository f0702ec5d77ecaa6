#include "challenge/hello_traits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/bytes.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kChrome =
    "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
constexpr std::string_view kFirefox = "Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0";

struct Row {
  std::string program;
  protocol::ClientHello hello;
};

std::vector<Row> recorded() {
  std::ifstream file(std::string(MOGURA_SOURCE_DIR) + "/src/challenge/testdata/hellos.tsv");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::string hex = line.substr(line.rfind('\t') + 1);
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    constexpr std::size_t kHeaders = 9;  // of the record and of the message
    Row row{.program = line.substr(0, line.find('\t')), .hello = {}};
    EXPECT_TRUE(protocol::parse_client_hello(as_bytes(bytes).subspan(kHeaders), row.hello)) << line;
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(JudgeHello, RecordedBrowsersFitTheirOwnClaimAndNotTheOthers) {
  unsigned browsers = 0;
  for (const Row& row : recorded()) {
    if (row.program != "chromium" && row.program != "firefox") continue;
    ++browsers;
    const bool is_chromium = row.program == "chromium";
    EXPECT_EQ(judge_hello(row.hello, is_chromium ? kChrome : kFirefox), HelloVerdict::kFits) << row.program;
    EXPECT_EQ(judge_hello(row.hello, is_chromium ? kFirefox : kChrome),
              is_chromium ? HelloVerdict::kGrease : HelloVerdict::kNoGrease);
  }
  EXPECT_GE(browsers, 4u);
}

TEST(JudgeHello, RecordedProgramsFitNeither) {
  unsigned programs = 0;
  for (const Row& row : recorded()) {
    if (row.program == "chromium" || row.program == "firefox") continue;
    ++programs;
    EXPECT_EQ(judge_hello(row.hello, kChrome), HelloVerdict::kNoGrease) << row.program;
    // GnuTLS (wget, Debian's git) has record_size_limit, too.
    const HelloVerdict as_firefox = judge_hello(row.hello, kFirefox);
    if (row.program == "git") continue;
    EXPECT_TRUE(contradicts(as_firefox)) << row.program;
  }
  EXPECT_GE(programs, 7u);
}

TEST(JudgeHello, OthersAreNotJudged) {
  protocol::ClientHello hello;
  hello.is_complete = true;
  for (const std::string_view user_agent :
       {"", "curl/8", "Mozilla/5.0 Version/18.0 Safari/605.1.15", "Mozilla/5.0 Chrome/99.0"}) {
    EXPECT_EQ(judge_hello(hello, user_agent), HelloVerdict::kNothing) << user_agent;
    EXPECT_FALSE(names_known_engine(user_agent)) << user_agent;
  }
  EXPECT_TRUE(names_known_engine(kFirefox));
  EXPECT_EQ(judge_hello(hello, kChrome), HelloVerdict::kNoGrease);
  hello.is_complete = false;
  EXPECT_EQ(judge_hello(hello, kChrome), HelloVerdict::kNothing);
}

TEST(JudgeHello, ALPNIsDemanded) {
  protocol::ClientHello hello;
  hello.is_complete = true;
  hello.cipher_suites = {0x1A1A, 0x1301};
  EXPECT_EQ(judge_hello(hello, kChrome), HelloVerdict::kNoAlpn);
  hello.extensions = {16};
  EXPECT_EQ(judge_hello(hello, kChrome), HelloVerdict::kFits);
}

TEST(JudgeHellos, SaysWhatIsMissing) {
  const auto evidence = judge_hellos(HelloVerdict::kNoGrease, Family::kChromium, 2, 4);
  ASSERT_TRUE(evidence);
  EXPECT_DOUBLE_EQ(evidence->weight, 0.1);
  EXPECT_EQ(evidence->text,
            "2 of 4 connections: the User-Agent says Chromium, but the TLS hello has no GREASE among its "
            "cipher suites, "
            "which that engine always sends");
  EXPECT_FALSE(judge_hellos(HelloVerdict::kFits, Family::kChromium, 0, 4));
  EXPECT_FALSE(judge_hellos(HelloVerdict::kGrease, Family::kFirefox, 1, 1000));
}

}  // namespace
}  // namespace mogura::challenge
