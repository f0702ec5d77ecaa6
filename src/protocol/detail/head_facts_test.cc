#include "protocol/detail/head_facts.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::protocol::detail {
namespace {

TEST(HeadFacts, TakesUnderscoresForDashesInFramingFields) {
  for (const std::string_view name :
       {"Content-Length", "content_length", "CONTENT_LENGTH", "Transfer_Encoding", "transfer-encoding"}) {
    EXPECT_TRUE(looks_like_framing(name)) << name;
  }
  for (const std::string_view name :
       {"Content.Length", "Content__ength", "Content-Type", "X-Content-Length", ""})
    EXPECT_FALSE(looks_like_framing(name)) << name;
}

TEST(HeadFacts, NeverTakesAKnownFieldForHopByHopBecauseItIsListed) {
  const std::vector<std::string_view> listed{"host", "cookie", "X-Any"};
  EXPECT_FALSE(is_hop_by_hop({FieldId::kHost, "Host", "a", "Host: a\r\n"}, listed));
  EXPECT_FALSE(is_hop_by_hop({FieldId::kCookie, "Cookie", "a", "Cookie: a\r\n"}, listed));
  EXPECT_TRUE(is_hop_by_hop({FieldId::kOther, "x-any", "a", "x-any: a\r\n"}, listed));
  EXPECT_TRUE(is_hop_by_hop({FieldId::kUpgrade, "Upgrade", "a", "Upgrade: a\r\n"}, {}));
}

TEST(HeadFacts, RefusesABodyWhereThereIsNone) {
  HeadProgress progress;
  progress.status = 204;
  progress.facts.has_length = true;
  EXPECT_EQ(check_response(progress), HeadRefusal::kNone);
  progress.facts.length = 1;
  EXPECT_EQ(check_response(progress), HeadRefusal::kBodyWithoutBody);
  progress.status = 304;
  EXPECT_EQ(check_response(progress), HeadRefusal::kNone);
}

TEST(HeadFacts, RefusesABodyOfConnectButNotAnEmptyOne) {
  HeadProgress progress;
  progress.facts.has_host = true;
  progress.facts.has_length = true;
  EXPECT_EQ(check_request("CONNECT", progress), HeadRefusal::kNone);
  progress.facts.length = 1;
  EXPECT_EQ(check_request("CONNECT", progress), HeadRefusal::kConnectBody);
  EXPECT_EQ(check_request("POST", progress), HeadRefusal::kNone);
}

}  // namespace
}  // namespace mogura::protocol::detail
