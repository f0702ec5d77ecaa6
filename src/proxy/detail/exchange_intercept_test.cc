// HTTPS that is opened, through a whole proxy: what each side gets, and what is left alone.

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>
#include <ctime>
#include <mutex>
#include <vector>

#include "proxy/detail/interception.h"
#include "proxy/testing/running_proxy.h"
#include "proxy/testing/tls_pair_test.h"

namespace mogura::proxy {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

// One end of TLS on a blocking socket of a test.
class Secured {
 public:
  Secured(SSL_CTX* context, const TestSocket& socket) : ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, socket.descriptor());
  }
  ~Secured() { SSL_free(ssl_); }
  Secured(const Secured&) = delete;
  Secured& operator=(const Secured&) = delete;

  bool accept() { return SSL_accept(ssl_) == 1; }
  bool connect(std::string name) {
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    SSL_set1_host(ssl_, name.c_str());
    return SSL_connect(ssl_) == 1;
  }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  std::string until(std::string_view end) {
    std::string bytes;
    char byte = 0;
    while (bytes.find(end) == std::string::npos && SSL_read(ssl_, &byte, 1) == 1) bytes += byte;
    return bytes;
  }

 private:
  SSL* ssl_;
};

// An origin with a certificate for `name`, of the origins' authority; a client that trusts the proxy's.
class InterceptTest : public testing::Test {
 protected:
  InterceptTest() : origins_(SSL_CTX_new(TLS_server_method())), clients_(SSL_CTX_new(TLS_client_method())) {
    // OpenSSL's own writing to sockets, which only these tests use, knows no MSG_NOSIGNAL.
    (void)std::signal(SIGPIPE, SIG_IGN);
    certify("www.example");
    SSL_CTX_set_verify(clients_, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_file(clients_, files_.path("ca.pem").c_str());
  }
  ~InterceptTest() override {
    SSL_CTX_free(origins_);
    SSL_CTX_free(clients_);
  }
  void certify(const std::string& name) {
    const auto leaf = *files_.origins.issue(name, Timestamp(std::chrono::seconds(time(nullptr))));
    SSL_CTX_use_certificate(origins_, leaf.get());
    SSL_CTX_use_PrivateKey(origins_, files_.origins.leaf_key());
  }
  TestOrigin::Serve answers() {
    return [this](TestSocket& socket) {
      Secured secured(origins_, socket);
      if (!secured.accept()) return;
      while (secured.until("\r\n\r\n").ends_with("\r\n\r\n")) secured.send(kHello);
    };
  }
  [[nodiscard]] Options options() const {
    Options options = test_options();
    options.access.any_connect_port = true;
    options.intercept = files_.options();
    return options;
  }
  // A tunnel to the origin, whose CONNECT was answered.
  static TestSocket tunnel(const RunningProxy& running, const TestOrigin& origin) {
    TestSocket client = running.client();
    client.send("CONNECT " + origin.name() + " HTTP/1.1\r\nHost: " + origin.name() + "\r\n\r\n");
    EXPECT_EQ(client.head().substr(9, 3), "200");
    return client;
  }
  static std::uint64_t sum(const RunningProxy& running, Count Counters::*member) {
    std::uint64_t all = 0;
    for (const Counters* loop : running.proxy->metrics_source().loops) all += (loop->*member).get();
    return all;
  }

  const TlsFiles files_;
  SSL_CTX* const origins_;
  SSL_CTX* const clients_;
};

TEST_F(InterceptTest, RequestsAreServedInsideOverOneConnection) {
  TestOrigin origin(answers());
  RunningProxy running(options());
  const TestSocket socket = tunnel(running, origin);
  Secured client(clients_, socket);
  ASSERT_TRUE(client.connect("www.example"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: www.example\r\n\r\n"));
    EXPECT_TRUE(client.until("hello").starts_with("HTTP/1.1 200 OK"));
  }
  EXPECT_EQ(origin.connections(), 1U);
  EXPECT_EQ(sum(running, &Counters::opened), 1U);
  EXPECT_EQ(sum(running, &Counters::requests), 4U);
}

TEST_F(InterceptTest, TheHelloIsHeldAgainstTheUserAgentOfTheFirstRequestInside) {
  std::mutex mutex;
  std::vector<std::string> codes;
  TestOrigin origin(answers());
  RunningProxy running(options(), {}, [&](const Event& event) {
    const std::scoped_lock lock(mutex);
    if (event.passive == nullptr) return;
    for (const challenge::Evidence& each : event.passive->evidence) codes.push_back(each.code);
  });
  const TestSocket socket = tunnel(running, origin);
  Secured client(clients_, socket);
  ASSERT_TRUE(client.connect("www.example"));
  // In Chromium's order; only the hello, which is OpenSSL's, says that it is none.
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(
        "GET / HTTP/1.1\r\nHost: www.example\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; "
        "Linux "
        "x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\nAccept: */*\r\n"
        "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
        "Accept-Encoding: gzip\r\nAccept-Language: de\r\n\r\n"));
    EXPECT_TRUE(client.until("hello").starts_with("HTTP/1.1 200 OK"));
  }
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(codes, std::vector<std::string>{"hello-not-of-claimed-engine"}) << "and once";
}

TEST_F(InterceptTest, ABadOriginIsAPageThatSaysSoOrTheEnd) {
  certify("other.example");
  TestOrigin origin(answers());
  for (const InterceptFailure failure : {InterceptFailure::kPage, InterceptFailure::kClose}) {
    Options changed = options();
    changed.intercept.failure = failure;
    RunningProxy running(changed);
    const TestSocket socket = tunnel(running, origin);
    Secured client(clients_, socket);
    EXPECT_EQ(client.connect("www.example"), failure == InterceptFailure::kPage);
    if (failure == InterceptFailure::kPage) {
      ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: www.example\r\n\r\n"));
      const std::string page = client.until("</html>");
      EXPECT_TRUE(page.starts_with("HTTP/1.1 502 ")) << page;
      EXPECT_NE(page.find("is for another name"), std::string::npos) << page;
    }
    std::uint64_t faults = 0;
    for (const Counters* loop : running.proxy->metrics_source().loops) {
      faults += loop->certificate_faults[static_cast<std::size_t>(certificate::Fault::kWrongHost)].get();
    }
    EXPECT_EQ(faults, 1U);
  }
}

TEST_F(InterceptTest, AClientThatRefusesIsLeftAloneFromThenOn) {
  TestOrigin origin(answers());
  RunningProxy running(options());
  SSL_CTX* const pinned = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(pinned, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_load_verify_file(pinned, files_.path("roots.pem").c_str());
  {
    const TestSocket socket = tunnel(running, origin);
    Secured client(pinned, socket);
    EXPECT_FALSE(client.connect("www.example"));
    (void)socket.all();  // until the proxy has seen it
  }
  const TestSocket socket = tunnel(running, origin);
  Secured client(pinned, socket);
  EXPECT_TRUE(client.connect("www.example"));
  EXPECT_EQ(sum(running, &Counters::bypasses_learned), 1U);
  SSL_CTX_free(pinned);
}

TEST_F(InterceptTest, WhatIsNoTlsIsATunnel) {
  TestOrigin origin([](TestSocket& socket) { socket.send("you said " + socket.until("\n")); });
  RunningProxy running(options());
  const TestSocket client = tunnel(running, origin);
  client.send("SSH-2.0-x\r\n");
  EXPECT_EQ(client.until("\n"), "you said SSH-2.0-x\r\n");
}

TEST_F(InterceptTest, AnOriginThatAsksForACertificateGetsTheClientsOwnHello) {
  SSL_CTX_set_verify(origins_, SSL_VERIFY_PEER, nullptr);
  TestOrigin origin(answers());
  RunningProxy running(options());
  SSL_CTX_load_verify_file(clients_, files_.path("roots.pem").c_str());
  const TestSocket socket = tunnel(running, origin);
  Secured client(clients_, socket);
  EXPECT_TRUE(client.connect("www.example"));
  EXPECT_EQ(origin.connections(), 2U);
  EXPECT_EQ(sum(running, &Counters::opened), 0U);
  EXPECT_EQ(sum(running, &Counters::bypasses_learned), 1U);
}

TEST_F(InterceptTest, StoppingEndsWhatIsOpen) {
  TestOrigin origin(answers());
  Options changed = options();
  changed.timeouts.stop = std::chrono::seconds(0);
  RunningProxy running(changed);
  const TestSocket socket = tunnel(running, origin);
  Secured client(clients_, socket);
  ASSERT_TRUE(client.connect("www.example"));
  const TestSocket silent = tunnel(running, origin);  // its hello does not come
  running.proxy->stop();
  EXPECT_EQ(client.until("x"), "");
  EXPECT_EQ(silent.all(), "");
}

}  // namespace
}  // namespace mogura::proxy
