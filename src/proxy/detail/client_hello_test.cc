#include "proxy/detail/client_hello.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>

namespace mogura::proxy::detail {
namespace {

// As OpenSSL writes one.
std::string a_hello() {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL* const ssl = SSL_new(context);
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
  std::string name = "www.example";
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  SSL_connect(ssl);
  std::string bytes(BIO_ctrl_pending(out), '\0');
  BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  SSL_free(ssl);
  SSL_CTX_free(context);
  return bytes;
}

TEST(LookAt, AHelloIsOneWhenItIsWholeAndNotBefore) {
  const std::string bytes = a_hello();
  protocol::ClientHello hello;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(look_at(bytes.substr(0, size), hello), FirstBytes::kNeedMore) << size;
  }
  EXPECT_EQ(look_at(bytes, hello), FirstBytes::kHello);
  EXPECT_EQ(hello.server_name, "www.example");
  EXPECT_EQ(look_at(bytes + "more", hello), FirstBytes::kHello);
}

TEST(LookAt, AnythingElseIsNoneAtItsFirstBytes) {
  protocol::ClientHello hello;
  for (const char* const bytes : {"SSH-2.0-OpenSSH\r\n", "GET / HTTP/1.1\r\n", "\x05\x01\x00 is SOCKS"}) {
    EXPECT_EQ(look_at(bytes, hello), FirstBytes::kNotTls) << bytes;
  }
  std::string other = a_hello();
  other[5] = 2;  // a ServerHello
  EXPECT_EQ(look_at(other, hello), FirstBytes::kNotTls);
  other = a_hello();
  other[9] = '\x7f';  // no version, but whole all the same
  EXPECT_NE(look_at(other, hello), FirstBytes::kNeedMore);
}

TEST(LookAt, AHelloWithoutEndIsNone) {
  // Records of 16 KB of one handshake message of 16 MB.
  std::string bytes;
  while (bytes.size() < (std::size_t{80} << 10)) {
    bytes += std::string("\x16\x03\x01\x40\x00", 5);
    std::string record(0x4000, '\0');
    if (bytes.size() == 5) record[0] = 1, record[1] = '\x7f';
    bytes += record;
  }
  protocol::ClientHello hello;
  EXPECT_EQ(look_at(bytes, hello), FirstBytes::kNotTls);
}

}  // namespace
}  // namespace mogura::proxy::detail
