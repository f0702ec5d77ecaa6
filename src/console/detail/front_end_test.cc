#include "console/detail/front_end.h"

#include <gtest/gtest.h>

#include "console/detail/app_css.h"
#include "console/detail/app_js.h"
#include "console/detail/index_html.h"

namespace mogura::console::detail {
namespace {

TEST(FrontEnd, FilesHaveTheirTypes) {
  EXPECT_EQ(front_end_answer("/", "").fixed_body, index_html());
  EXPECT_EQ(front_end_answer("/", "").type, "text/html; charset=utf-8");
  EXPECT_EQ(front_end_answer("/app.js", "").fixed_body, app_js());
  EXPECT_EQ(front_end_answer("/app.js", "").type, "text/javascript; charset=utf-8");
  EXPECT_EQ(front_end_answer("/app.css", "").fixed_body, app_css());
  EXPECT_EQ(front_end_answer("/app.css", "").type, "text/css; charset=utf-8");
}

TEST(FrontEnd, PathsOfItsOwnAreThePage) {
  for (const char* path : {"/findings", "/findings/0123", "/clients/10.0.0.1", "/a/b/"})
    EXPECT_EQ(front_end_answer(path, "").fixed_body, index_html()) << path;
}

TEST(FrontEnd, OtherFilesAreNotThere) {
  for (const char* path : {"/favicon.ico", "/index.html", "/app.js.map", "/.env", "/.git/config", "/a/.b",
                           "/app.js/x", "/robots.txt"})
    EXPECT_EQ(front_end_answer(path, "").status, 404U) << path;
}

TEST(FrontEnd, WhatIsAlreadyThereIsNotSentAgain) {
  const Answer whole = front_end_answer("/app.js", "");
  EXPECT_FALSE(whole.etag.empty());
  EXPECT_NE(whole.etag, front_end_answer("/", "").etag);
  const Answer again = front_end_answer("/app.js", "W/\"other\", " + whole.etag);
  EXPECT_EQ(again.status, 304U);
  EXPECT_TRUE(again.content().empty());
  EXPECT_EQ(again.etag, whole.etag);
  EXPECT_EQ(front_end_answer("/app.css", whole.etag).status, 200U);
}

}  // namespace
}  // namespace mogura::console::detail
