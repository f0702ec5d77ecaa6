#include "proxy/detail/error_page.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

std::string write(const ErrorPage& page) {
  std::string out;
  write_error_page(page, out);
  return out;
}

TEST(ErrorPage, TextOfTheRequestIsEscaped) {
  ErrorPage page;
  page.detail = "<script>alert('1')</script> & \"\x01\xFF";
  const std::string text = write(page);
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_NE(text.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;??"), std::string::npos);
}

TEST(ErrorPage, SaysHowLongItIs) {
  const std::string text = write({});
  const std::size_t body = text.find("\r\n\r\n") + 4;
  EXPECT_NE(text.find("Content-Length: " + std::to_string(text.size() - body) + "\r\n"), std::string::npos);
}

TEST(ErrorPage, HasTheDateOfNow) {
  ErrorPage page;
  page.now = Timestamp(std::chrono::seconds(784'111'777));
  EXPECT_NE(write(page).find("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), std::string::npos)
      << "RFC 9110's own";
}

TEST(ErrorPage, OfAHeadRequestHasNoBody) {
  ErrorPage page;
  page.without_body = true;
  EXPECT_TRUE(write(page).ends_with("\r\n\r\n"));
}

TEST(ErrorPage, OnlyTheOneForCredentialsAsksForThem) {
  ErrorPage page{.status = 407, .refusal = Refusal::kCredentials, .detail = {}, .realm = "office"};
  EXPECT_NE(write(page).find("Proxy-Authenticate: Basic realm=\"office\""), std::string::npos);
  page.status = 403;
  EXPECT_EQ(write(page).find("Proxy-Authenticate"), std::string::npos);
}

TEST(ErrorPage, EveryRefusalHasAStatusWithAPhrase) {
  for (std::size_t i = 0; i < kRefusals; ++i) {
    EXPECT_NE(reason_phrase(status_of(static_cast<Refusal>(i))), "Error") << i;
  }
}

}  // namespace
}  // namespace mogura::proxy::detail
