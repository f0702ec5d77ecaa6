#include "proxy/detail/tls_layer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "proxy/detail/interception.h"
#include "proxy/testing/tls_pair_test.h"

namespace mogura::proxy::detail {
namespace {

// The proxy as server and as client, with itself, over a pair of sockets; origins are certified by its own
// authority where `trusts` says so.
class TlsLayerTest : public testing::Test {
 protected:
  explicit TlsLayerTest(bool trusts = true) {
    Intercept options = files_.options();
    if (trusts) options.trust_files = {files_.path("ca.pem")};
    interception_ = *Interception::make(options, kTestTime);
    open();
  }
  ~TlsLayerTest() override { shut(); }

  void open() {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0);
    leaf_ = *interception_->authority().issue("www.example", now());
    server_ = interception_->to_client(ends_[0], "www.example", leaf_.get());
    client_ = interception_->to_origin(ends_[1], "www.example", {"http/1.1"}, nullptr);
    server_->choose_protocol("http/1.1");
  }
  void shut() {
    server_.reset();
    client_.reset();
    for (int& end : ends_) {
      if (end >= 0) close(end);
      end = -1;
    }
  }
  // OpenSSL looks at the clock: the certificate must be good when this runs.
  static Timestamp now() { return Timestamp(std::chrono::seconds(time(nullptr))); }
  bool shake_hands() {
    for (int i = 0; i < 10; ++i) {
      const auto client = client_->handshake();
      const auto server = server_->handshake();
      if (client == TlsLayer::Step::kDone && server == TlsLayer::Step::kDone) return true;
      if (client == TlsLayer::Step::kFailed && server == TlsLayer::Step::kFailed) return false;
    }
    return false;
  }
  std::string received(TlsLayer& layer) {
    std::string bytes(100'000, '\0');
    const ssize_t got = layer.read(bytes.data(), bytes.size());
    return bytes.substr(0, got < 0 ? 0 : static_cast<std::size_t>(got));
  }

  const TlsFiles files_;
  std::shared_ptr<const Interception> interception_;
  certificate::Certificate leaf_;
  int ends_[2] = {-1, -1};
  std::unique_ptr<TlsLayer> server_, client_;
};

class UntrustedTest : public TlsLayerTest {
 protected:
  UntrustedTest() : TlsLayerTest(false) {}
};

TEST_F(TlsLayerTest, WhatIsWrittenIsReadAndTheEndIsAnEnd) {
  ASSERT_TRUE(shake_hands());
  EXPECT_EQ(client_->protocol(), "http/1.1");
  EXPECT_EQ(server_->protocol(), "http/1.1");
  EXPECT_EQ(interception_->fault(*client_, now()), certificate::Fault::kNone);
  EXPECT_EQ(client_->write("hello", 5), 5);
  EXPECT_EQ(received(*server_), "hello");
  char byte = 0;
  EXPECT_EQ(server_->read(&byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_TRUE(server_->is_drained());
  client_->say_goodbye();
  EXPECT_EQ(server_->read(&byte, 1), 0);
  EXPECT_FALSE(server_->was_cut_off());
}

TEST_F(TlsLayerTest, AnEndWithoutGoodbyeIsKnown) {
  ASSERT_TRUE(shake_hands());
  (void)received(*client_);
  ::shutdown(ends_[0], SHUT_WR);
  char byte = 0;
  EXPECT_EQ(client_->read(&byte, 1), 0);
  EXPECT_TRUE(client_->was_cut_off());
}

TEST_F(TlsLayerTest, WhoKeepsSilentSaysNoGoodbye) {
  ASSERT_TRUE(shake_hands());
  (void)received(*client_);
  server_->keep_silent();
  server_->say_goodbye();
  char byte = 0;
  EXPECT_EQ(client_->read(&byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST_F(TlsLayerTest, TicketsAreNoNewsAndBytesAndEndsAre) {
  ASSERT_TRUE(shake_hands());
  EXPECT_TRUE(client_->is_open_and_silent()) << "the tickets of TLS 1.3 wait to be read";
  EXPECT_TRUE(client_->is_open_and_silent());
  EXPECT_EQ(server_->write("x", 1), 1);
  EXPECT_FALSE(client_->is_open_and_silent());
  EXPECT_EQ(received(*client_), "x") << "it is there all the same";
  EXPECT_TRUE(client_->is_open_and_silent());
  server_->say_goodbye();
  EXPECT_FALSE(client_->is_open_and_silent());
}

TEST_F(TlsLayerTest, ManyBytesGoAsFastAsTheyAreTaken) {
  ASSERT_TRUE(shake_hands());
  const std::string sent(3'000'000, 'x');
  std::string got;
  for (std::size_t at = 0; got.size() < sent.size();) {
    const ssize_t gone = at < sent.size() ? client_->write(sent.data() + at, sent.size() - at) : 0;
    if (gone > 0) at += static_cast<std::size_t>(gone);
    ASSERT_TRUE(gone >= 0 || errno == EAGAIN);
    got += received(*server_);
  }
  EXPECT_EQ(got, sent);
}

TEST_F(TlsLayerTest, BytesReadBeforeComeFirstAndAreNotWatchedAgain) {
  std::string up, down;
  EXPECT_EQ(client_->handshake(), TlsLayer::Step::kWantsRead);
  std::string hello(100'000, '\0');
  hello.resize(static_cast<std::size_t>(recv(ends_[0], hello.data(), hello.size(), 0)));
  server_->put_back(hello);
  server_->watch([&](bool is_received, std::string_view bytes) { (is_received ? up : down) += bytes; });
  ASSERT_TRUE(shake_hands());
  EXPECT_EQ(up.find(hello), std::string::npos);
  EXPECT_FALSE(up.empty());
  EXPECT_EQ(down.substr(0, 3), std::string("\x16\x03\x03"));
}

TEST_F(TlsLayerTest, ASessionIsResumedOnceItWasKept) {
  SessionPtr kept;
  client_->keep_sessions([&kept](SessionPtr session) { kept = std::move(session); });
  ASSERT_TRUE(shake_hands());
  EXPECT_TRUE(client_->is_open_and_silent());
  ASSERT_NE(kept, nullptr);
  for (const char* const name : {"www.example", "other.example"}) {
    const bool is_same = std::string_view(name) == "www.example";
    SSL_SESSION_up_ref(kept.get());
    SessionPtr again(kept.get());
    shut();
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0);
    leaf_ = *interception_->authority().issue(name, now());
    server_ = interception_->to_client(ends_[0], name, leaf_.get());
    client_ = interception_->to_origin(ends_[1], name, {"http/1.1"}, std::move(again));
    ASSERT_TRUE(shake_hands()) << name;
    EXPECT_EQ(server_->was_resumed(), is_same) << "a ticket is good for its own name";
    EXPECT_EQ(interception_->fault(*client_, now()), certificate::Fault::kNone);
  }
}

TEST_F(TlsLayerTest, AnOriginOfAnotherNameIsRefused) {
  client_ = interception_->to_origin(ends_[1], "other.example", {}, nullptr);
  EXPECT_FALSE(shake_hands());
  EXPECT_EQ(interception_->fault(*client_, now()), certificate::Fault::kWrongHost);
  EXPECT_EQ(server_->alert(), 42U);
}

TEST_F(UntrustedTest, ARefusalOfTheCertificateSaysSo) {
  EXPECT_FALSE(shake_hands());
  EXPECT_EQ(interception_->fault(*client_, now()), certificate::Fault::kUnknownIssuer);
  ASSERT_TRUE(server_->alert().has_value());
  EXPECT_EQ(alert_name(*server_->alert()), "unknown_ca");
  EXPECT_TRUE(is_about_certificate(*server_->alert()));
  EXPECT_TRUE(server_->has_answered());
}

TEST_F(TlsLayerTest, WhatIsNoTlsFailsWithoutAnAlertOfTheOthers) {
  ASSERT_GT(write(ends_[1], "GET / HTTP/1.1\r\n\r\n", 18), 0);
  EXPECT_EQ(server_->handshake(), TlsLayer::Step::kFailed);
  EXPECT_FALSE(server_->alert());
  EXPECT_FALSE(server_->error().empty());
}

TEST(Alerts, AboutCertificatesAreTold) {
  for (const unsigned alert : {42U, 43U, 44U, 45U, 46U, 48U, 49U, 113U}) {
    EXPECT_TRUE(is_about_certificate(alert)) << alert;
  }
  for (const unsigned alert : {0U, 40U, 41U, 47U, 50U, 70U, 112U, 121U}) {
    EXPECT_FALSE(is_about_certificate(alert)) << alert;
  }
  EXPECT_EQ(alert_name(48), "unknown_ca");
  EXPECT_EQ(alert_name(200), "alert 200");
}

}  // namespace
}  // namespace mogura::proxy::detail
