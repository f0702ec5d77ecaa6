#include "console/message.h"

#include <gtest/gtest.h>

namespace mogura::console {
namespace {

TEST(Request, GivesTheFirstParameterOfAName) {
  const Request request{.query = {{"a", "1"}, {"b", ""}, {"a", "2"}}};
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("b"), "");
  EXPECT_EQ(request.parameter("c"), "");
}

TEST(ErrorReply, EscapesWhatCameFromOutside) {
  const Reply reply = error_reply(400, "bad-request", "sort: \"\x1b<\"");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.body, R"({"error":{"code":"bad-request","message":"sort: \"\u001b<\""}})");
}

}  // namespace
}  // namespace mogura::console
