#include "console/detail/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "console/testing/files_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

TEST(Tls, TakesACertificateAndItsKey) {
  const Folder folder;
  const Certificate made = make_certificate();
  const auto context = open_tls(folder.write("c", made.chain), folder.write("k", made.key));
  ASSERT_TRUE(context) << context.error().message();
  EXPECT_EQ(SSL_CTX_get_min_proto_version((*context)->native_handle()), TLS1_2_VERSION);
  // In one file, as some tools write it.
  const std::string both = folder.write("both", made.key + made.chain);
  EXPECT_TRUE(open_tls(both, both));
}

std::string encrypted_key() {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
  const unsigned char phrase[] = {'p', 'a', 's', 's'};
  PEM_write_bio_PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), phrase, 4, nullptr, nullptr);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

TEST(Tls, RefusesWhatDoesNotFit) {
  const Folder folder;
  const Certificate made = make_certificate();
  const Certificate other = make_certificate();
  const std::string chain = folder.write("c", made.chain);
  const std::string key = folder.write("k", made.key);
  struct Case {
    std::string certificate, key;
    ErrorCode code;
    const char* why;
  };
  const Case cases[] = {
      {folder.path("none"), key, ErrorCode::kIo, "no such certificate"},
      {chain, folder.path("none"), ErrorCode::kIo, "no such key"},
      {folder.write("empty", ""), key, ErrorCode::kFormat, "an empty file"},
      {folder.write("text", "hello"), key, ErrorCode::kFormat, "no PEM"},
      {key, chain, ErrorCode::kFormat, "the wrong way round"},
      {chain, folder.write("o", other.key), ErrorCode::kFormat, "the key of another"},
      {chain, folder.write("e", encrypted_key()), ErrorCode::kFormat,
       "a pass phrase; nobody is asked for it"},
      {folder.write("cut", made.chain.substr(0, 200)), key, ErrorCode::kFormat, "cut off"},
  };
  for (const Case& each : cases) {
    const auto context = open_tls(each.certificate, each.key);
    ASSERT_FALSE(context) << each.why;
    EXPECT_EQ(context.error().code, each.code) << each.why << ": " << context.error().message();
    EXPECT_EQ(context.error().message().find("PRIVATE"), std::string::npos) << each.why;
  }
}

}  // namespace
}  // namespace mogura::console::detail
