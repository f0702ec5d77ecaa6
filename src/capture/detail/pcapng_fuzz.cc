// A pcapng file from memory: whatever the bytes, reading them in small pieces gives what reading them at once
// gives, and times stay in their range. The first byte chooses the size of the pieces.

#include "base/check.h"
#include "capture/detail/test_support.h"

using namespace mogura::capture::detail::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0];
  const mogura::ByteView capture(data + 1, size - 1);
  const Outcome whole = read_whole(capture);
  MOGURA_CHECK(whole.report.errors.size() <= 1);
  MOGURA_CHECK(whole.frames.size() == whole.report.packets);
  for (const Copy& frame : whole.frames) {
    MOGURA_CHECK(frame.original_length >= frame.bytes.size());
    MOGURA_CHECK(frame.nanoseconds >= 0 && frame.nanoseconds <= mogura::capture::detail::kLatestNanoseconds);
  }
  check_same(whole, read_pieces(capture, 64, piece + 1, [piece] { return piece; }));
  return 0;
}
