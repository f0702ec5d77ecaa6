#include <gtest/gtest.h>

#include "base/text.h"
#include "protocol/strict_head.h"

namespace mogura::protocol {
namespace {

TEST(FieldId, KnowsNamesInAnyCase) {
  const struct {
    std::string_view name;
    FieldId id;
  } cases[] = {
      {"Host", FieldId::kHost},
      {"HOST", FieldId::kHost},
      {"host", FieldId::kHost},
      {"TE", FieldId::kTe},
      {"content-length", FieldId::kContentLength},
      {"Transfer-Encoding", FieldId::kTransferEncoding},
      {"upgrade-insecure-requests", FieldId::kUpgradeInsecureRequests},
      {"X-Moz", FieldId::kPurpose},
      {"Sec-Purpose", FieldId::kPurpose},
      {"Set-Cookie", FieldId::kSetCookie},
      {"Sec-Fetch-Site", FieldId::kSecFetchSite},
      {"Sec-Fetch-Mode", FieldId::kSecFetchMode},
      {"Sec-Fetch-Dest", FieldId::kSecFetchDest},
      {"Date", FieldId::kDate},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(field_id(one.name), one.id) << one.name;
    EXPECT_EQ(field_id(lower(std::string(one.name))), one.id) << one.name;
  }
}

TEST(FieldId, TakesNothingElseForThem) {
  for (const std::string_view name :
       {"", "X", "Hosts", "Hos", "Content_Length", "Content-Lengti", "Contenu-Length", "Transfer-Encodin",
        "Upgrade-Insecure-Requestss", "Host^", "Trailers", "Content-Typo", "Set-Cookie2"}) {
    EXPECT_EQ(field_id(name), FieldId::kOther) << name;
  }
}

}  // namespace
}  // namespace mogura::protocol
