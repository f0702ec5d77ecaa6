#include "console/detail/api_errors.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

Error error(ErrorCode code, std::string cause = "cause") {
  return {code, "place", std::move(cause)};
}

TEST(BadRequest, NamesWhatIsWrongWithinBounds) {
  EXPECT_EQ(bad_request("limit", "is no number").body,
            R"({"error":{"code":"bad-request","message":"limit: is no number"}})");
  EXPECT_EQ(bad_request("", "no JSON").body, R"({"error":{"code":"bad-request","message":"no JSON"}})");
  EXPECT_LT(bad_request(std::string(10'000, 'x'), "is not known").body.size(), 200u);
  EXPECT_EQ(bad_request("\x1b", "x").status, 400u);
}

TEST(ReplyOfArchive, MapsCodes) {
  const struct {
    ErrorCode code;
    std::string cause;
    OnUsage on_usage;
    unsigned status;
  } rows[] = {
      {ErrorCode::kUsage, "x", OnUsage::kBadRequest, 400},
      {ErrorCode::kUsage, "x", OnUsage::kNotFound, 404},
      {ErrorCode::kIo, "database is locked", OnUsage::kNotFound, 503},
      {ErrorCode::kIo, "database table is locked", OnUsage::kNotFound, 503},
      {ErrorCode::kLimit, "took too long", OnUsage::kNotFound, 503},
      {ErrorCode::kIo, "disk I/O error", OnUsage::kNotFound, 500},
      {ErrorCode::kFormat, "the database is damaged", OnUsage::kNotFound, 500},
      {ErrorCode::kUnsupported, "x", OnUsage::kNotFound, 500},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(reply_of_archive(error(row.code, row.cause), row.on_usage).status, row.status) << row.cause;
  }
}

TEST(ReplyOfWorkshop, MapsCodes) {
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kUsage)).status, 404u);
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kFormat)).status, 400u);
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kLimit)).status, 413u);
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kUnsupported)).status, 409u);
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kIo)).status, 500u);
  EXPECT_EQ(reply_of_workshop(error(ErrorCode::kIo, "database is locked")).status, 503u);
}

}  // namespace
}  // namespace mogura::console::detail
