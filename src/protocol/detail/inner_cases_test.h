#pragma once

// Tables for the recognisers' tests. Bytes are written as hex with 'text in quotes' between, where \r, \n and
// \0 stand for those bytes:  "03 00 00 0b 'Cookie: \r\n'".

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/inner.h"

namespace mogura::protocol::inner {

inline std::string bytes_of(std::string_view written) {
  std::string bytes;
  const auto escaped = [](char c) { return c == 'r' ? '\r' : c == 'n' ? '\n' : '\0'; };
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == ' ') continue;
    if (written[i] != '\'') {
      bytes.push_back(static_cast<char>(std::stoi(std::string(written.substr(i, 2)), nullptr, 16)));
      ++i;
      continue;
    }
    for (++i; written[i] != '\''; ++i)
      bytes.push_back(written[i] == '\\' ? escaped(written[++i]) : written[i]);
  }
  return bytes;
}

// On the heap in just its size, so that a sanitizer sees the first byte read past the end.
class ExactBytes {
 public:
  explicit ExactBytes(std::string_view text) : size_(text.size()), bytes_(new std::uint8_t[text.size()]) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  [[nodiscard]] ByteView view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

inline Recognition recognise_texts(std::string_view up, std::string_view down, bool up_is_final,
                                   bool down_is_final) {
  const ExactBytes exact_up(up);
  const ExactBytes exact_down(down);
  return recognise({exact_up.view(), exact_down.view(), up_is_final, down_is_final});
}

struct Case {
  const char* name;
  const char* up;
  const char* down;
  Inner expected;
  const char* why;
};

// All beginnings of a text, up to a limit, and the whole.
inline std::vector<ExactBytes> beginnings(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::vector<ExactBytes> all;
  for (std::size_t size = 0; size < std::min(text.size(), kMost); ++size)
    all.emplace_back(text.substr(0, size));
  all.emplace_back(text);
  return all;
}

// Every truncation of both directions: what is final stays so.
inline void expect_no_contradiction(std::string_view up, std::string_view down, Inner expected) {
  const std::vector<ExactBytes> ups = beginnings(up);
  const std::vector<ExactBytes> downs = beginnings(down);
  for (const ExactBytes& u : ups) {
    for (const ExactBytes& d : downs) {
      for (const bool up_is_final : {false, true}) {
        for (const bool down_is_final : {false, true}) {
          if ((up_is_final && &u != &ups.back()) || (down_is_final && &d != &downs.back())) continue;
          const Recognition part = recognise({u.view(), d.view(), up_is_final, down_is_final});
          if (!part.is_final) continue;
          ASSERT_EQ(part.protocol, expected) << name_of(part.protocol) << " by " << u.view().size()
                                             << " bytes up, " << d.view().size() << " down";
        }
      }
    }
  }
}

inline void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.name) + ": " + c.why);
    const std::string up = bytes_of(c.up);
    const std::string down = bytes_of(c.down);
    const Recognition whole = recognise_texts(up, down, true, true);
    EXPECT_EQ(name_of(whole.protocol), name_of(c.expected));
    EXPECT_TRUE(whole.is_final);
    expect_no_contradiction(up, down, c.expected);
  }
}

}  // namespace mogura::protocol::inner
