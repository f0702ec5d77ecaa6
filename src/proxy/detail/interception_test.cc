#include "proxy/detail/interception.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "proxy/testing/tls_pair_test.h"

namespace mogura::proxy::detail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Relayable, IsWhatTheProxySpeaksOfWhatIsOffered) {
  EXPECT_THAT(*relayable({}), IsEmpty());
  EXPECT_THAT(*relayable({"http/1.1"}), ElementsAre("http/1.1"));
  EXPECT_THAT(*relayable({"h3", "http/1.1", "x"}), ElementsAre("http/1.1"));
  EXPECT_THAT(*relayable({"http/1.1", "h2"}), ElementsAre("h2", "http/1.1"));
  EXPECT_THAT(*relayable({"http/1.0"}), IsEmpty());
  EXPECT_FALSE(relayable({"acme-tls/1"}));
  EXPECT_FALSE(relayable({""}));
}

TEST(Interception, IsMadeFromItsFiles) {
  const TlsFiles files;
  const auto made = Interception::make(files.options(), kTestTime);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ((*made)->authority().facts().subject, "CN=Own");
  EXPECT_TRUE(check_interception_files(files.options(), kTestTime));
}

TEST(Interception, WhatIsWrongWithAFileIsSaidWithItsName) {
  const TlsFiles files;
  files.write("open.key", std::string(files.own.key_pem().view()), 0640);
  files.write("nothing", "");
  files.write("bad.toml", "[[bypass]]\nhost = \"x.example\"\n");
  struct Row {
    void (*change)(const TlsFiles&, Intercept&);
    ErrorCode code;
    const char* words;
  };
  const Row rows[] = {
      {[](const TlsFiles& f, Intercept& o) { o.key_file = f.path("none"); }, ErrorCode::kIo,
       "/none: No such"},
      {[](const TlsFiles& f, Intercept& o) { o.key_file = f.path("open.key"); }, ErrorCode::kUsage,
       "chmod 600"},
      {[](const TlsFiles& f, Intercept& o) { o.key_file = f.path("."); }, ErrorCode::kUsage,
       "must be a file"},
      {[](const TlsFiles& f, Intercept& o) { o.certificate_file = f.path("nothing"); }, ErrorCode::kFormat,
       "/nothing: holds no certificate"},
      {[](const TlsFiles& f, Intercept& o) { o.certificate_file = f.path("roots.pem"); }, ErrorCode::kUsage,
       "is not the key of"},
      {[](const TlsFiles& f, Intercept& o) { o.trust_files = {f.path("nothing")}; }, ErrorCode::kFormat,
       "/nothing: holds no certificates"},
      {[](const TlsFiles& f, Intercept& o) { o.trust_files = {f.path("none")}; }, ErrorCode::kIo, "/none"},
      {[](const TlsFiles& f, Intercept& o) { o.bypass_files = {f.path("bad.toml")}; }, ErrorCode::kFormat,
       "bad.toml line 1: an entry needs a comment"},
  };
  for (const Row& row : rows) {
    Intercept options = files.options();
    row.change(files, options);
    const auto made = Interception::make(options, kTestTime);
    ASSERT_FALSE(made) << row.words;
    EXPECT_EQ(made.error().code, row.code) << row.words;
    EXPECT_THAT(made.error().message(), HasSubstr(row.words));
    EXPECT_FALSE(check_interception_files(options, kTestTime));
    options.enabled = false;
    EXPECT_TRUE(check_interception_files(options, kTestTime)) << "what is off is not looked at";
  }
}

TEST(Interception, TheNameOfTheConnectDecidesAboutABypassUnlessItIsAnAddress) {
  const TlsFiles files;
  files.write("own.toml", "[[bypass]]\nsuffix = \"own.example\"\ncomment = \"c\"\n");
  Intercept options = files.options();
  options.bypass_files = {files.path("own.toml")};
  const auto made = *Interception::make(options, kTestTime);
  struct Row {
    const char *host, *name;
    bool is_bypassed;
  };
  const Row rows[] = {{"a.own.example", "", true},
                      {"a.own.example", "b.example", true},
                      {"b.example", "a.own.example", false},
                      {"b.example", "", false},
                      {"192.0.2.1", "a.own.example", true},
                      {"[2001:db8::1]", "a.own.example", true},
                      {"192.0.2.1", "", false},
                      {"www.example.bank", "", true}};
  for (const Row& row : rows) {
    EXPECT_EQ(made->bypass(row.host, row.name, kTestTime) != nullptr, row.is_bypassed)
        << row.host << row.name;
  }
  options.built_in_bypass = false;
  EXPECT_EQ((*Interception::make(options, kTestTime))->bypass("www.example.bank", "", kTestTime), nullptr);
}

SessionPtr a_session() {
  return SessionPtr(SSL_SESSION_new());
}

TEST(OriginSessions, AreUsedOnceAndForAnHourAndTheOldestMakesRoom) {
  OriginSessions sessions(2);
  const Timestamp now = kTestTime;
  sessions.put("a", a_session(), now);
  EXPECT_NE(sessions.take("a", now), nullptr);
  EXPECT_EQ(sessions.take("a", now), nullptr);
  sessions.put("a", a_session(), now);
  EXPECT_EQ(sessions.take("a", now + std::chrono::hours(1)), nullptr);
  EXPECT_EQ(sessions.size(), 0U);
  for (const char* const key : {"a", "b", "a", "c"}) sessions.put(key, a_session(), now);
  EXPECT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions.take("b", now), nullptr);
  EXPECT_NE(sessions.take("a", now), nullptr);
}

}  // namespace
}  // namespace mogura::proxy::detail
