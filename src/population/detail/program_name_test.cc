#include "population/detail/program_name.h"

#include <gtest/gtest.h>

namespace mogura::population::detail {
namespace {

TEST(ProgramName, IsTheProductWithoutVersionsAndDisguise) {
  const struct {
    const char* user_agent;
    const char* name;
    const char* engine;
    bool is_browser;
  } rows[] = {
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox",
       "Firefox", true},
      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 "
       "Safari/537.36",
       "Chrome", "Chrome", true},
      {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 "
       "Edg/125.0.0.0",
       "Edge", "Chrome", true},
      {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 "
       "OPR/110.0.0.0",
       "Opera", "Chrome", true},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "Version/17.4 "
       "Safari/605.1.15",
       "Safari", "Safari", true},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "CriOS/123.0 Mobile/15E148 Safari/604.1",
       "Chrome for iOS", "Chrome for iOS", true},
      {"Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)", "Internet Explorer", "Internet Explorer", true},
      {"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer",
       "Internet Explorer", true},
      {"Opera/9.80 (X11; Linux i686) Presto/2.12", "Opera (old)", "Opera (old)", true},
      {"Mozilla/5.0 (compatible; Examplebot/2.1; +http://bot.example)", "Examplebot", "Examplebot", false},
      {"Mozilla/5.0", "Mozilla", "Mozilla", false},
      {"curl/7.88.1", "curl", "curl", false},
      {"Debian APT-HTTP/1.3 (2.6.1)", "Debian", "Debian", false},
      {"rclone/v1.60 Chrome/1.0", "rclone", "rclone", false},
      {"", "", "", false},
  };
  for (const auto& row : rows) {
    const ProgramName program = program_name_of(row.user_agent);
    EXPECT_EQ(program.name, row.name) << row.user_agent;
    EXPECT_EQ(program.engine, row.engine) << row.user_agent;
    EXPECT_EQ(program.is_browser, row.is_browser) << row.user_agent;
    EXPECT_FALSE(program.is_misspelt) << row.user_agent;
  }
}

TEST(ProgramName, SeesAWordThatIsNearlyMozilla) {
  for (const char* misspelt :
       {"Modzilla/5.0 (X11)", "Mozila/4.0", "Mozlila/5.0", "mozilla/5.0", "Mozillla/5.0"}) {
    EXPECT_TRUE(program_name_of(misspelt).is_misspelt) << misspelt;
  }
  for (const char* other :
       {"Mozilla/5.0", "Mozart/1.0", "zilla", "Gozilla/1", "a", "Bazel/release", "MozillaXYZ/1"}) {
    EXPECT_FALSE(program_name_of(other).is_misspelt) << other;
  }
}

TEST(ProgramName, OfAnUnknownProgramIsBounded) {
  EXPECT_EQ(program_name_of(std::string(5000, 'x')).name.size(), 64u);
}

}  // namespace
}  // namespace mogura::population::detail
