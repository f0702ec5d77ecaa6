#include "certificate/detail/leaf.h"

#include <gtest/gtest.h>

namespace mogura::certificate::detail {
namespace {

const Timestamp kNow = Timestamp(std::chrono::seconds(1'790'000'000));

TEST(Leaf, TheRootMaySignServersButNoAuthorities) {
  const KeyPtr key = make_key();
  const X509Ptr root = make_root("Example CA", key.get(), std::chrono::days(10), kNow);
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(X509_check_ca(root.get()), 1);
  EXPECT_EQ(X509_get_pathlen(root.get()), 0);
  EXPECT_EQ(X509_get_key_usage(root.get()), static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  EXPECT_EQ(X509_verify(root.get(), key.get()), 1);
}

TEST(Leaf, AnAuthorityWithoutAKeyIdentifierIsGoodEnough) {
  const KeyPtr key = make_key();
  const X509Ptr root = make_root("Example CA", key.get(), std::chrono::days(10), kNow);
  const int at = X509_get_ext_by_NID(root.get(), NID_subject_key_identifier, -1);
  X509_EXTENSION_free(X509_delete_ext(root.get(), at));
  X509_sign(root.get(), key.get(), EVP_sha256());
  // Read anew: what OpenSSL remembers of the extensions is gone.
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(root.get(), &bytes);
  const unsigned char* cursor = bytes;
  const X509Ptr plain(d2i_X509(nullptr, &cursor, size));
  OPENSSL_free(bytes);
  const X509Ptr leaf = make_leaf("www.example.com", key.get(), plain.get(), key.get(), kNow);
  EXPECT_EQ(X509_verify(leaf.get(), key.get()), 1);
  EXPECT_EQ(X509_get_ext_by_NID(leaf.get(), NID_authority_key_identifier, -1), -1);
}

TEST(Leaf, ANameTooLongForASubjectStandsInACriticalExtension) {
  const KeyPtr key = make_key();
  const X509Ptr root = make_root("Example CA", key.get(), std::chrono::days(10), kNow);
  for (const std::size_t size : {63U, 64U, 65U}) {
    const std::string name = std::string(31, 'a') + "." + std::string(size - 32, 'b');
    const X509Ptr leaf = make_leaf(name, key.get(), root.get(), key.get(), kNow);
    X509_EXTENSION* const names =
        X509_get_ext(leaf.get(), X509_get_ext_by_NID(leaf.get(), NID_subject_alt_name, -1));
    EXPECT_EQ(X509_EXTENSION_get_critical(names), size > 64 ? 1 : 0) << size;
    EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(leaf.get())), size > 64 ? 0 : 1) << size;
  }
}

TEST(TimeOf, ReadsWhatNanosecondsReach) {
  ASN1_TIME* const time = ASN1_TIME_new();
  ASSERT_EQ(ASN1_TIME_set_string(time, "20261122103000Z"), 1);
  EXPECT_EQ(time_of(time), Timestamp(std::chrono::seconds(1'795'343'400)));
  ASSERT_EQ(ASN1_TIME_set_string(time, "99991231235959Z"), 1);
  EXPECT_EQ(time_of(time), Timestamp(std::chrono::seconds(9'000'000'000)));
  ASN1_TIME_free(time);
  EXPECT_EQ(time_of(nullptr), Timestamp{});
}

}  // namespace
}  // namespace mogura::certificate::detail
