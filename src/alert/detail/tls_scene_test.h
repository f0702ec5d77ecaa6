#pragma once

// For the tests of this room: certificates made on the spot, and the server's side of TLS.

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "alert/detail/scene_test.h"

namespace mogura::alert::testing {

struct FreeTls {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};

// A certificate that signs itself, for a name such as "DNS:localhost" or "IP:127.0.0.1", with its key, in two
// files.
struct Certificate {
  Certificate(const Folder& folder, const std::string& stem, const std::string& name, long seconds = 3600)
      : certificate_file(folder.file(stem + ".crt")), key_file(folder.file(stem + ".key")) {
    key.reset(EVP_EC_gen("P-256"));
    certificate.reset(X509_new());
    X509* x509 = certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x509), seconds);
    X509_set_pubkey(x509, key.get());
    X509_NAME* subject = X509_get_subject_name(x509);
    const std::string common = "test " + stem;
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common.data()),
                               static_cast<int>(common.size()), -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x509, key.get(), EVP_sha256());
    write();
  }
  void write() const {
    FILE* file = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
    file = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

  std::string certificate_file, key_file;
  std::unique_ptr<EVP_PKEY, FreeTls> key;
  std::unique_ptr<X509, FreeTls> certificate;
};

// The server's side of one connection. Reads what is inside.
class TlsPeer {
 public:
  // With `client`, the client has to show that certificate.
  TlsPeer(Peer peer, const Certificate& own, const Certificate* client = nullptr)
      : peer_(std::move(peer)), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_.get(), own.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), own.key.get());
    if (client != nullptr) {
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), client->certificate.get());
    }
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), peer_.descriptor());
    is_accepted = SSL_accept(tls_.get()) == 1;
  }

  std::string read_message() {
    std::string length;
    while (length.empty() || length.back() != ' ') {
      const std::string digit = read(1);
      if (digit.empty()) return "";
      length += digit;
    }
    return read(std::stoul(length));
  }
  std::string read(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t size = 0;
    while (size < count) {
      const int got = SSL_read(tls_.get(), bytes.data() + size, static_cast<int>(count - size));
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    bytes.resize(size);
    return bytes;
  }
  void write(const std::string& bytes) {
    EXPECT_GT(SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())), 0);
  }
  void close() {
    SSL_shutdown(tls_.get());
    peer_.close();
  }
  [[nodiscard]] std::string server_name() const {
    const char* name = SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

  bool is_accepted = false;

 private:
  Peer peer_;
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> tls_;
};

}  // namespace mogura::alert::testing
