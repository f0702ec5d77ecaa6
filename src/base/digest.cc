#include "base/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace mogura {
namespace {

// Looking an algorithm up costs more than digesting a short text with it, so it is done once.
class Digest {
 public:
  explicit Digest(const char* name)
      : algorithm_(EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free),
        context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    MOGURA_CHECK(algorithm_ != nullptr && context_ != nullptr);
  }

  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> operator()(ByteView bytes) {
    std::array<std::uint8_t, kSize> digest;
    unsigned size = 0;
    MOGURA_CHECK(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1);
    MOGURA_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    MOGURA_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1 && size == kSize);
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::array<std::uint8_t, 16> md5(ByteView bytes) {
  thread_local Digest digest("MD5");
  return digest.operator()<16>(bytes);
}

std::array<std::uint8_t, 20> sha1(ByteView bytes) {
  thread_local Digest digest("SHA1");
  return digest.operator()<20>(bytes);
}

std::array<std::uint8_t, 32> sha256(ByteView bytes) {
  thread_local Digest digest("SHA256");
  return digest.operator()<32>(bytes);
}

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string to_base64(ByteView bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  return text;
}

}  // namespace mogura
