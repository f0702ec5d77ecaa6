// Input: how many bytes are the client's (two bytes), flags, where both directions are cut (two bytes each),
// then the bytes of both directions one after the other.
#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "protocol/inner.h"

namespace {

using mogura::ByteView;
using mogura::protocol::Inner;
using mogura::protocol::Recognition;

// In blocks of just their size, so that no read past the end goes unnoticed.
Recognition recognise(ByteView up, ByteView down, bool up_is_final, bool down_is_final) {
  const std::unique_ptr<std::uint8_t[]> exact_up(new std::uint8_t[up.size()]);
  const std::unique_ptr<std::uint8_t[]> exact_down(new std::uint8_t[down.size()]);
  std::copy(up.begin(), up.end(), exact_up.get());
  std::copy(down.begin(), down.end(), exact_down.get());
  return mogura::protocol::recognise(
      {{exact_up.get(), up.size()}, {exact_down.get(), down.size()}, up_is_final, down_is_final});
}

// What was final for a part stays so for the whole.
void check(const Recognition& part, const Recognition& whole) {
  if (part.is_final) MOGURA_CHECK(whole.is_final && whole.protocol == part.protocol);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeader = 7;
  if (size < kHeader) return 0;
  const ByteView bytes = ByteView(data, size).subspan(kHeader);
  const std::size_t boundary = mogura::load_be16(data) % (bytes.size() + 1);
  const ByteView up = bytes.first(boundary);
  const ByteView down = bytes.subspan(boundary);
  const ByteView less_up = up.first(mogura::load_be16(data + 3) % (up.size() + 1));
  const ByteView less_down = down.first(mogura::load_be16(data + 5) % (down.size() + 1));
  const bool up_ends = (data[2] & 1) != 0;
  const bool down_ends = (data[2] & 2) != 0;

  const Recognition over = recognise(up, down, true, true);
  MOGURA_CHECK(over.is_final);
  MOGURA_CHECK((over.protocol == Inner::kNone) == bytes.empty());
  const Recognition whole = recognise(up, down, up_ends, down_ends);
  const Recognition open = recognise(up, down, false, false);
  check(whole, over);
  check(open, whole);
  check(recognise(less_up, down, false, down_ends), whole);
  check(recognise(up, less_down, up_ends, false), whole);
  check(recognise(less_up, less_down, false, false), open);
  return 0;
}
