#include "identity/detail/catalogue_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/detail/bundled_catalogue.h"

namespace mogura::identity::detail {
namespace {

using testing::HasSubstr;

Result<Tables> read(std::string_view product) {
  return read_catalogue("format = 1\n[[product]]\nname = \"x\"\nclass = \"vpn\"\n" + std::string(product),
                        "c.toml");
}

TEST(CatalogueReader, ReadsEveryKindOfRule) {
  const Result<Tables> tables = read(R"(
vendor = "v"
note = "n"
level = 2
domain = ["A.example", "b.example"]
user_agent = "^tool/"
inner = ["ssh"]
bytes = [{ side = "up", at = 0, hex = "05 01" }, { text = "hello" }]
string = ["word"]
certificate = ["CN=x"]
ja3 = ["0c3f0f475283706337017a6849083317"]
ja4 = ["t13d461000_*"]
port = [22, "23"]
ndpi = ["SSH"]
whois = ["Example Inc"]
path = ["/x?"]
weights = { domain = 0.3 }
all = [{ weight = 0.6, kind = "websocket", absent = ["alpn", "sni"], shape = "beacon", upgrade = "x", alpn = "y" }]
)");
  ASSERT_TRUE(tables.has_value()) << tables.error().message();
  EXPECT_EQ(tables->products.size(), 1u);
  EXPECT_EQ(tables->products[0].level, 2u);
  EXPECT_EQ(tables->products[0].vendor, "v");
  ASSERT_EQ(tables->rules.size(), 16u);
  EXPECT_EQ(tables->conditions.size(), 15u + 6u);
  for (const Rule& rule : tables->rules) {
    EXPECT_EQ(rule.weight == 0.3, rule.kind == Source::kDomain);
    EXPECT_TRUE(rule.is_weak || rule.kind != Source::kPort);
    EXPECT_TRUE(rule.is_proof || rule.kind != Source::kInner);
    if (rule.kind == Source::kCombination) {
      EXPECT_DOUBLE_EQ(rule.weight, 0.6);
      EXPECT_EQ(rule.conditions.size(), 6u);
      EXPECT_FALSE(rule.is_weak);
    }
  }
}

TEST(CatalogueReader, EqualConditionsAreOne) {
  const Result<Tables> tables =
      read("domain = [\"a.example\", \"A.EXAMPLE\"]\nall = [{ domain = \"a.example\", inner = \"ssh\" }]\n");
  ASSERT_TRUE(tables.has_value());
  EXPECT_EQ(tables->conditions.size(), 2u);
  EXPECT_EQ(tables->rules.size(), 3u);
}

TEST(CatalogueReader, RefusesWhatItDoesNotUnderstandAndSaysWhere) {
  struct Case {
    std::string_view product, complaint;
  };
  for (const Case& c : {
           Case{"", "a product without a rule"},
           {"domains = [\"a.example\"]\n", "unknown key \"domains\""},
           {"domain = [1]\n", "no text"},
           {"domain = [\"a b\"]\n", "is no domain name"},
           {"inner = [\"sssh\"]\n", "is no inner protocol"},
           {"port = [0]\n", "is no port"},
           {"bytes = [\"abcd\"]\n", "is not a table"},
           {"bytes = [{ at = 0 }]\n", "as text or as hex"},
           {"bytes = [{ hex = \"0\", at = 0 }]\n", "is no hexadecimal"},
           {"bytes = [{ text = \"abcd\", at = -1 }]\n", "offset"},
           {"bytes = [{ text = \"abcd\", at = 5000 }]\n", "offset"},
           {"bytes = [{ text = \"abcd\", side = \"left\" }]\n", "up, down or either"},
           {"bytes = [{ text = \"abcd\", offset = 1 }]\n", "unknown key \"offset\""},
           {"domain = [\"a.example\"]\nlevel = 4\n", "level"},
           {"domain = [\"a.example\"]\nweights = { domain = 1.0 }\n", "between 0 and 1"},
           {"domain = [\"a.example\"]\nweights = { dom = 0.5 }\n", "unknown key \"dom\""},
           {"domain = [\"a.example\"]\nversion_after = [\"x/\"]\n", "no {version}"},
           {"all = [{ domain = \"a.example\" }]\n", "two conditions"},
           {"all = [{ domain = \"a.example\", inner = \"ssh\", weight = 0 }]\n", "between 0 and 1"},
           {"all = [{ domain = \"a.example\", what = \"ssh\" }]\n", "unknown key \"what\""},
           {"all = [\"x\"]\n", "not a list of tables"},
           {"domain = [\"a.example\"]\n[[product]]\nname = \"x\"\nclass = \"vpn\"\n", "second product"},
           {"domain = [\"a.example\"]\n[[product]]\nname = \"y {version}\"\nclass = \"vpn\"\ninner = "
            "\"ssh\"\n",
            "no \"version_after\""},
           {"domain = [\"a.example\"\n", ""},
       }) {
    const Result<Tables> tables = read(c.product);
    ASSERT_FALSE(tables.has_value()) << c.product;
    EXPECT_THAT(tables.error().cause, HasSubstr(c.complaint)) << c.product;
    EXPECT_THAT(tables.error().place, HasSubstr("c.toml:")) << c.product;
  }
}

TEST(CatalogueReader, RefusesOtherFormatsByName) {
  EXPECT_EQ(read_catalogue("format = 2\n", "c").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(read_catalogue("", "c").error().code, ErrorCode::kFormat);
  EXPECT_EQ(read_catalogue("format = 1\nproducts = 1\n", "c").error().code, ErrorCode::kFormat);
  EXPECT_EQ(read_catalogue("format = 1\nproduct = 1\n", "c").error().code, ErrorCode::kFormat);
  EXPECT_TRUE(read_catalogue("format = 1\n", "c").has_value());
}

TEST(CatalogueReader, HasLimits) {
  EXPECT_EQ(read_catalogue(std::string(kCatalogueBytes + 1, ' '), "c").error().code, ErrorCode::kLimit);
  std::string many = "all = [{ domain = [";
  for (std::size_t i = 0; i <= kConditionsOfARule; ++i) many += "\"a" + std::to_string(i) + ".example\",";
  EXPECT_EQ(read(many + "] }]\n").error().code, ErrorCode::kLimit);
}

TEST(CatalogueReader, EveryTruncationOfTheBundledOneIsReadOrRefused) {
  const std::string_view text = bundled_catalogue();
  ASSERT_TRUE(read_catalogue(text, "catalogue.toml").has_value())
      << read_catalogue(text, "catalogue.toml").error().message();
  for (std::size_t size = 0; size < 6000; size += 7) {
    const std::string cut(text.substr(0, size));
    (void)read_catalogue(cut, "catalogue.toml");
  }
}

}  // namespace
}  // namespace mogura::identity::detail
