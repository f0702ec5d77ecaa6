#include "challenge/own_answer.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

TEST(OwnAnswer, PathsOfOurs) {
  const struct {
    const char *path, *value, *behind;
  } cases[] = {
      {"/.mogura/1.2.3", "1.2.3", ""},
      {"/.mogura/1.2.3?/a?b=c", "1.2.3", "/a?b=c"},
      {"/.mogura/1.2.3?//evil.test/", "1.2.3", ""},
      {"/.mogura/1.2.3?http://evil.test/", "1.2.3", ""},
      {"/.mogura/1.2.3?", "1.2.3", ""},
      {"", "", ""},
      {"/?/x", "", ""},
      {"/.mogura", "", ""},
      {"/x/.mogura/1.2.3", "", ""},
      {".mogura/1", "", ""},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(value_in_path(one.path), one.value) << one.path;
    EXPECT_EQ(path_behind(one.path), one.behind) << one.path;
  }
}

TEST(OwnAnswer, FieldsNameThePathsThatAreRead) {
  EXPECT_EQ(preload_line("1.2.3"), "Link: </.mogura/1.2.3>; rel=preload; as=style\r\n");
  EXPECT_EQ(refresh_line("1.2.3", "/a?b"), "Refresh: 0; url=/.mogura/1.2.3?/a?b\r\n");
  EXPECT_EQ(location_line("/a?b"), "Location: /a?b\r\n");
  EXPECT_EQ(
      report_lines("1.2.3"),
      "Link: <//mogura.invalid:1/>; rel=preload; as=fetch; crossorigin\r\n"
      "Content-Security-Policy-Report-Only: connect-src 'self' http://*:80 https://*:443 ws: wss: data: "
      "blob:; report-uri /.mogura/1.2.3\r\n");
}

TEST(OwnAnswer, IsChosenByTheRequest) {
  EXPECT_EQ(answer_to("GET", "/.mogura/1"), OwnAnswer::kSheet);
  EXPECT_EQ(answer_to("GET", "/.mogura/1?/x"), OwnAnswer::kBack);
  EXPECT_EQ(answer_to("GET", "/.mogura/1?x"), OwnAnswer::kSheet);
  EXPECT_EQ(answer_to("POST", "/.mogura/1"), OwnAnswer::kReceived);
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
  const struct {
    OwnAnswer answer;
    unsigned status;
    const char* head;
  } cases[] = {
      {OwnAnswer::kSheet, 200,
       "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nX: y\r\nCache-Control: no-store\r\nContent-Length: "
       "0\r\n"},
      {OwnAnswer::kPage, 200,
       "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: y\r\nCache-Control: no-store\r\nContent-Length: "
       "0\r\n"},
      {OwnAnswer::kReceived, 204, "HTTP/1.1 204 No Content\r\nX: y\r\nCache-Control: no-store\r\n"},
      {OwnAnswer::kBack, 307,
       "HTTP/1.1 307 Temporary Redirect\r\nX: y\r\nCache-Control: no-store\r\nContent-Length: 0\r\n"},
      {OwnAnswer::kRedirect, 307,
       "HTTP/1.1 307 Temporary Redirect\r\nX: y\r\nCache-Control: no-store\r\nContent-Length: 0\r\n"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(own_head(each.answer, "X: y\r\n"), each.head);
    EXPECT_EQ(status_of(each.answer), each.status);
  }
}

}  // namespace
}  // namespace mogura::challenge
