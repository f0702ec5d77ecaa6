#include "alert/detail/http_post.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>

#include "alert/detail/scene_test.h"

namespace mogura::alert::detail {
namespace {

using std::chrono::milliseconds;
using testing::Server;

class HttpPostTest : public ::testing::Test {
 protected:
  std::unique_ptr<HttpPost> post(const std::string& path = "/hook", double timeout_s = testing::kPatienceS) {
    auto made = HttpPost::make({"http://" + server_.address() + path, "", timeout_s});
    EXPECT_TRUE(made);
    return *std::move(made);
  }
  static HttpAnswer finish(HttpPost& post) {
    for (;;) {
      if (auto answer = post.wait(std::chrono::seconds(testing::kPatienceS))) return *answer;
    }
  }
  // Serves one request with these fields in the answer.
  std::future<testing::Peer> serve(const std::string& status, const std::string& fields = "") {
    return std::async(std::launch::async, [this, status, fields] {
      testing::Peer peer = server_.accept();
      body_ = peer.read_request();
      peer.answer(status, fields);
      return peer;
    });
  }

  Server server_;
  std::string body_;
};

TEST_F(HttpPostTest, PostsADocument) {
  auto served = serve("204 No Content");
  const auto http = post("/hook?key=1");
  http->begin("{\"a\":\"日\"}");
  EXPECT_TRUE(http->is_under_way());
  EXPECT_EQ(finish(*http).status, 204);
  EXPECT_FALSE(http->is_under_way());
  const std::string head = served.get().head;
  EXPECT_TRUE(head.starts_with("POST /hook?key=1 HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("\r\nContent-Type: application/json\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\nUser-Agent: mogura\r\n"), std::string::npos) << head;
  EXPECT_EQ(body_, "{\"a\":\"日\"}");
}

TEST_F(HttpPostTest, KeepsTheConnection) {
  const auto http = post();
  auto served = serve("200 OK");
  http->begin("{1}");
  EXPECT_EQ(finish(*http).status, 200);
  testing::Peer peer = served.get();
  auto second = std::async(std::launch::async, [&] {
    const std::string body = peer.read_request();
    peer.answer("200 OK");
    return body;
  });
  http->begin("{2}");
  EXPECT_EQ(finish(*http).status, 200);
  EXPECT_EQ(second.get(), "{2}");
}

TEST_F(HttpPostTest, TellsStatusAndPauseAsked) {
  const struct {
    const char* status;
    const char* fields;
    long code;
    int retry_after;
    const char* why;
  } rows[] = {
      {"503 Service Unavailable", "Retry-After: 7\r\n", 503, 7, "seconds"},
      {"429 Too Many Requests", "Retry-After: soon\r\n", 429, 0, "nonsense"},
      {"301 Moved", "Location: http://127.0.0.1:1/\r\n", 301, 0, "not followed"},
      {"307 Moved", "Location: file:///etc/passwd\r\n", 307, 0, "not followed"},
      {"500 Oops", "", 500, 0, "the server's fault"},
  };
  for (const auto& row : rows) {
    auto served = serve(row.status, row.fields);
    const auto http = post();
    http->begin("{}");
    const HttpAnswer answer = finish(*http);
    EXPECT_EQ(answer.status, row.code) << row.why;
    EXPECT_EQ(answer.retry_after.count(), row.retry_after) << row.why;
    served.get();
  }
}

TEST_F(HttpPostTest, TellsWhyThereWasNoAnswer) {
  auto cut = std::async(std::launch::async, [&] {
    testing::Peer peer = server_.accept();
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  });
  auto http = post();
  http->begin("{}");
  const HttpAnswer answer = finish(*http);
  EXPECT_EQ(answer.status, 0) << "an answer that does not end is none";
  EXPECT_FALSE(answer.error.empty());
  cut.get();
  http = post("/", 0.02);
  http->begin("{}");
  EXPECT_EQ(finish(*http).error, "Timeout was reached");
  server_.stop();
  http = post();
  http->begin("{}");
  EXPECT_EQ(finish(*http).error, "Couldn't connect to server");
}

TEST_F(HttpPostTest, WaitsUntilWokenAndCanBeCancelled) {
  const auto http = post();
  std::thread other([&] { http->wake(); });
  EXPECT_FALSE(http->wait(std::chrono::seconds(testing::kPatienceS))) << "nothing under way";
  other.join();
  http->begin("{1}");
  http->wake();
  EXPECT_FALSE(http->wait(milliseconds(0)));
  http->cancel();
  EXPECT_FALSE(http->is_under_way());
  auto served = std::async(std::launch::async, [&] {
    // The connection of the one given up may come first.
    std::string body;
    while (body != "{2}") {
      testing::Peer peer = server_.accept();
      body = peer.read_request();
      if (body == "{2}") peer.answer("200 OK");
    }
  });
  http->begin("{2}");
  EXPECT_EQ(finish(*http).status, 200);
  served.get();
}

TEST_F(HttpPostTest, ShowsNoMoreThanHostAndPort) {
  const auto place = [](const std::string& url) { return (*HttpPost::make({url, "", 1}))->place(); };
  EXPECT_EQ(place("https://user:secret@hooks.example/secret?secret#secret"), "https://hooks.example");
  EXPECT_EQ(place("http://hooks.example:8080/secret"), "http://hooks.example:8080");
  EXPECT_EQ(place("http://[2001:db8::1]:8080/"), "http://[2001:db8::1]:8080");
}

TEST_F(HttpPostTest, RefusesWhatIsNoUrlWithoutShowingIt) {
  for (const char* url : {"", "hooks.example/secret", "file:///secret", "ftp://hooks.example/secret",
                          "http://", "gopher://secret", "https://a b/secret", "http://a:99999/secret"}) {
    const auto made = HttpPost::make({url, "", 1});
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code, ErrorCode::kUsage);
    EXPECT_EQ(made.error().message().find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace mogura::alert::detail
