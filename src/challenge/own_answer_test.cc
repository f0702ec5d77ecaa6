#include "challenge/own_answer.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

TEST(OwnAnswer, LinkNamesThePathThatIsRead) {
  EXPECT_EQ(link_line("1.2.3"), "Link: </.mogura/1.2.3>; rel=preload; as=style\r\n");
  EXPECT_EQ(value_in_path("/.mogura/1.2.3"), "1.2.3");
  for (const char* other : {"", "/", "/.mogura", "/x/.mogura/1.2.3", ".mogura/1"}) {
    EXPECT_EQ(value_in_path(other), "") << other;
  }
}

TEST(OwnAnswer, RedirectsToPathsOnly) {
  const struct {
    const char* path;
    bool is_good;
  } cases[] = {{"/", true},  {"/a?b=c", true},        {"//evil.test/", false}, {"", false},
               {"*", false}, {"/\\evil.test", false}, {"/a//b", true},         {"http://x/", false}};
  for (const auto& each : cases) EXPECT_EQ(can_redirect_to(each.path), each.is_good) << each.path;
}

TEST(OwnAnswer, Heads) {
  EXPECT_EQ(own_head(OwnAnswer::kRedirect, "/a?b", "Set-Cookie: c=d\r\n"),
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: /a?b\r\nSet-Cookie: c=d\r\n"
            "Cache-Control: no-store\r\nContent-Length: 0\r\n");
  EXPECT_EQ(own_head(OwnAnswer::kEngine, "/.mogura/1", ""),
            "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nCache-Control: no-store\r\nContent-Length: 0\r\n");
}

}  // namespace
}  // namespace mogura::challenge
