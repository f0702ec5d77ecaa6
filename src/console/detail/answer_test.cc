#include "console/detail/answer.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

std::string head_of(const Answer& answer, const HeadOptions& options = {}) {
  std::string head;
  write_head(answer, options, head);
  return head;
}

bool has(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(Answer, EveryHeadTellsTheBrowserToDoLittle) {
  for (const Answer& answer :
       {Answer{}, error_answer(404, "not-found", "x"), Answer{.status = 304, .etag = "\"e\""}}) {
    const std::string head = head_of(answer);
    EXPECT_TRUE(
        has(head,
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
            "'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
            "'none'"));
    for (const char* line :
         {"X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", "Referrer-Policy: no-referrer",
          "Cross-Origin-Opener-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"})
      EXPECT_TRUE(has(head, line)) << line;
    EXPECT_NE(head.find("\r\nPermissions-Policy: "), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  }
}

TEST(Answer, OnlyWhatHasAnETagIsKept) {
  EXPECT_TRUE(has(head_of({}), "Cache-Control: no-store"));
  const std::string head = head_of({.etag = "\"e\""});
  EXPECT_TRUE(has(head, "Cache-Control: no-cache"));
  EXPECT_TRUE(has(head, "ETag: \"e\""));
}

TEST(Answer, LengthsAreThoseOfTheBody) {
  EXPECT_TRUE(has(head_of({.body = "12345"}), "Content-Length: 5"));
  EXPECT_TRUE(has(head_of({.fixed_body = "123"}), "Content-Length: 3"));
  EXPECT_TRUE(has(head_of({}), "Content-Length: 0"));
  for (const unsigned status : {204U, 304U})
    EXPECT_EQ(head_of({.status = status}).find("Content-Length"), std::string::npos) << status;
  EXPECT_EQ(head_of({.type = std::string(kEventStream)}).find("Content-Length"), std::string::npos);
}

TEST(Answer, SaysWhatItHasToSay) {
  const std::string head = head_of({.type = "text/csv; charset=utf-8",
                                    .file_name = "a.csv",
                                    .set_cookie = "c=d",
                                    .allow = "GET",
                                    .retry_after_s = 7},
                                   {.has_hsts = true, .keeps_alive = false});
  for (const char* line :
       {"Content-Type: text/csv; charset=utf-8", "Content-Disposition: attachment; filename=\"a.csv\"",
        "Set-Cookie: c=d", "Allow: GET", "Retry-After: 7", "Strict-Transport-Security: max-age=31536000",
        "Connection: close"})
    EXPECT_TRUE(has(head, line)) << line;
  const std::string plain = head_of({}, {.keeps_alive = true});
  for (const char* name :
       {"Content-Type", "Content-Disposition", "Set-Cookie", "Allow", "Retry-After", "Strict-", "Connection"})
    EXPECT_EQ(plain.find(std::string("\r\n") + name), std::string::npos) << name;
}

TEST(Answer, DatesAreThoseOfHttp) {
  using namespace std::chrono;
  const Timestamp leap =
      sys_days(2024y / February / 29) + hours(5) + minutes(6) + seconds(7) + milliseconds(900);
  EXPECT_TRUE(has(head_of({}, {.now = leap}), "Date: Thu, 29 Feb 2024 05:06:07 GMT"));
}

TEST(Answer, TextGetsItsCharset) {
  EXPECT_EQ(answer_of({.type = "application/json"}).type, "application/json; charset=utf-8");
  EXPECT_EQ(answer_of({.type = "text/csv"}).type, "text/csv; charset=utf-8");
  EXPECT_EQ(answer_of({.type = "application/x-ndjson"}).type, "application/x-ndjson");
}

TEST(Answer, FileNamesHoldNothingThatEndsThem) {
  EXPECT_EQ(answer_of({.file_name = "a\"; b\r\n/ü.csv"}).file_name, "ab.csv");
}

TEST(Answer, BusyIsWorthAnotherTry) {
  EXPECT_EQ(answer_of(error_reply(503, "busy", "x")).retry_after_s, 1U);
}

TEST(Answer, EachStatusHasItsReason) {
  for (const unsigned status : {200U, 204U, 304U, 400U, 401U, 403U, 404U, 405U, 409U, 411U, 413U, 414U, 421U,
                                429U, 431U, 500U, 503U, 505U})
    EXPECT_EQ(head_of({.status = status}).find("Answer\r\n"), std::string::npos) << status;
}

}  // namespace
}  // namespace mogura::console::detail
