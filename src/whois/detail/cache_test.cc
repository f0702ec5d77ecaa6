#include "whois/detail/cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mogura::whois::detail {
namespace {

constexpr Timestamp kNow{std::chrono::seconds{1'700'000'000}};

class WhoisCache : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        testing::TempDir() + "mogura-whois-" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(WhoisCache, GivesBackWhatItWasGiven) {
  const Cache cache(folder_ + "/made/when/needed", std::chrono::hours{1});
  EXPECT_FALSE(cache.find("s", "q", kNow).has_value());
  const std::string text("line\r\n\0\n\xff", 9);
  cache.keep("s", "q", {{"s", "t:44"}, text}, kNow);
  const auto known = cache.find("s", "q", kNow);
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->servers, (std::vector<std::string>{"s", "t:44"}));
  EXPECT_EQ(known->text, text);
  EXPECT_FALSE(cache.find("other", "q", kNow).has_value());
  EXPECT_FALSE(cache.find("s", "other", kNow).has_value());
}

TEST_F(WhoisCache, ForgetsInTime) {
  const Cache cache(folder_, std::chrono::hours{1});
  cache.keep("s", "q", {{"s"}, "text"}, kNow);
  EXPECT_TRUE(cache.find("s", "q", kNow + std::chrono::seconds{3600}).has_value());
  EXPECT_FALSE(cache.find("s", "q", kNow + std::chrono::seconds{3601}).has_value());
  EXPECT_FALSE(cache.find("s", "q", kNow - std::chrono::seconds{1}).has_value()) << "from the future";
}

TEST_F(WhoisCache, NamesOfFilesAreOurs) {
  const Cache cache(folder_, std::chrono::hours{1});
  for (const std::string_view query : {"../../etc/passwd", "/abs", "a\nb", ""}) {
    const std::string path = cache.path_of("s", query);
    const std::string name = path.substr(folder_.size() + 1);
    EXPECT_EQ(name.size(), 64u + 6u);
    EXPECT_EQ(name.find_first_not_of("0123456789abcdefwhois."), std::string::npos) << name;
  }
  EXPECT_NE(cache.path_of("ab", "c"), cache.path_of("a", "bc"));
}

TEST_F(WhoisCache, ADamagedFileIsAsGoodAsNone) {
  const Cache cache(folder_, std::chrono::hours{1});
  cache.keep("s", "q", {{"s"}, "text"}, kNow);
  const std::string path = cache.path_of("s", "q");
  for (const std::string_view damage :
       {"", "mogura-whois 1\n", "mogura-whois 2\n1700000000\ns \n\ntext", "mogura-whois 1\nsoon\ns \n\ntext",
        "mogura-whois 1\n1700000000\ns \ntext\n"}) {
    std::ofstream(path, std::ios::trunc) << damage;
    EXPECT_FALSE(cache.find("s", "q", kNow).has_value()) << damage;
  }
}

TEST_F(WhoisCache, WithoutAFolderItRemembersNothing) {
  const Cache none("", std::chrono::hours{1});
  none.keep("s", "q", {{"s"}, "text"}, kNow);
  EXPECT_FALSE(none.find("s", "q", kNow).has_value());
  const Cache impossible("/proc/no-such-folder", std::chrono::hours{1});
  impossible.keep("s", "q", {{"s"}, "text"}, kNow);
  EXPECT_FALSE(impossible.find("s", "q", kNow).has_value());
}

}  // namespace
}  // namespace mogura::whois::detail
