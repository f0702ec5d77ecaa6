#include "base/digest.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

// Vectors of RFC 1321 §A.5, RFC 3174 §7.3 and FIPS 180-4.
TEST(Digest, AgreesWithPublishedVectors) {
  EXPECT_EQ(to_hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(md5(as_bytes(""))), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, StartsAnewEachTime) {
  EXPECT_EQ(md5(as_bytes("abc")), md5(as_bytes("abc")));
}

// RFC 4648 §10.
TEST(Base64, AgreesWithPublishedVectors) {
  EXPECT_EQ(to_base64({}), "");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
}

}  // namespace
}  // namespace mogura
