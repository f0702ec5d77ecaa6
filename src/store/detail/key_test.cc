#include "store/detail/key.h"

#include <gtest/gtest.h>

#include <string>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

TEST(Key, StaysWhatItIsInEveryVersion) {
  // SHA-256 of "abc" begins with ba7816bf8f01cfea.
  EXPECT_EQ(static_cast<std::uint64_t>(key_of("abc")), 0xba7816bf8f01cfeaU);
  EXPECT_EQ(key_of({"ab", "c"}), key_of("2:ab1:c"));
}

TEST(Key, TellsTextsApart) {
  EXPECT_NE(key_of(""), kNoKey);
  EXPECT_NE(key_of({"a", "bc"}), key_of({"ab", "c"}));
  EXPECT_NE(client_key_of("a", ""), client_key_of("a", std::nullopt)) << "an empty User-Agent is one";
  EXPECT_NE(key_of(std::string_view("a\0b", 3)), key_of("a"));
}

TEST(Key, IsTheSameInSql) {
  store::testing::Scene scene;
  ASSERT_TRUE(add_key_functions(scene.database()));
  auto row = scene.database().prepare(
      "SELECT mogura_key('abc'), mogura_key(NULL), mogura_domain_key('a.b.example.co.uk:443'),"
      " mogura_client_key('c', 'ua'), mogura_client_key('c', NULL), mogura_key(?)");
  const std::string hostile("a\0\xff", 3);
  ASSERT_TRUE(*row->bind(1, hostile).step());
  EXPECT_EQ(row->integer(0), key_of("abc"));
  EXPECT_TRUE(row->is_null(1));
  EXPECT_EQ(row->integer(2), key_of("example.co.uk"));
  EXPECT_EQ(row->integer(3), client_key_of("c", "ua"));
  EXPECT_EQ(row->integer(4), client_key_of("c", std::nullopt));
  EXPECT_EQ(row->integer(5), key_of(hostile));
}

}  // namespace
}  // namespace mogura::store::detail
