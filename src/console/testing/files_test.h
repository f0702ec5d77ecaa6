#pragma once

// For tests: a folder of files that goes away by itself, and certificates for them.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace mogura::console::testing {

class Folder {
 public:
  Folder() {
    std::string pattern = ::testing::TempDir() + "console-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  // Replaced as editors and tools do it: in one piece.
  std::string write(const std::string& name, const std::string& text, unsigned mode = 0600) const {
    const std::string beside = path(name + ".new");
    std::ofstream(beside, std::ios::binary) << text;
    std::filesystem::permissions(beside, static_cast<std::filesystem::perms>(mode));
    std::filesystem::rename(beside, path(name));
    return path(name);
  }

 private:
  std::string path_;
};

struct Certificate {
  std::string chain, key;  // PEM
};

// Of its own, on a new key of P-256.
inline Certificate make_certificate(const std::string& name = "localhost") {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* const subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_sign(made.get(), key.get(), EVP_sha256());
  const auto text = [](auto write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return std::string(bytes, static_cast<std::size_t>(size));
  };
  return {text([&](BIO* bio) { PEM_write_bio_X509(bio, made.get()); }), text([&](BIO* bio) {
            PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

// Lines of password files.
inline constexpr const char* kAnna =  // "correct horse", bcrypt of the least cost
    "anna:$2y$04$W8OAilu29NV5A3iGFKpXveUCb1iWGFlCSi1HU5Y/fsgvqYt48Qk4q\n";
inline constexpr const char* kAnnaLater =  // "other horse"
    "anna:$2y$04$kZHGknlVlAIkXvZyVsKe1OwXVzfabGaO67pZ6Dp7lftM80U88ayxG\n";
inline constexpr const char* kBert =  // "tr0ub4dor", SHA-512 crypt
    "bert:$6$sujB9.4HTqrmaYXG$zmvqLXqa0Y7GrXTBncza1r.9DGv0ct4okotwSk/HNWkbESULFXmmn/"
    "TocUqbWTuty/QCPfRMBGdYRbmqWp5ep.\n";
inline constexpr const char* kApr1 = "apr:$apr1$ux9ILK13$HQzSA.LI5nyJ2QZXSUiRL.\n";
inline constexpr const char* kSha1 = "sha:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n";

}  // namespace mogura::console::testing
