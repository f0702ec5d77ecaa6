#pragma once

// What a capture format's parser is: a machine that turns a view of the capture's bytes into frames. It knows
// nothing of files; whoever drives it shows it the bytes from where it stopped, and more of them when it
// asks. So the same parser runs over mapped windows, pipes, decompressed chunks and a fuzzer's memory. One
// thread.
//
//   view:  | whole records, parsed ........ | the beginning of a record |
//          0                            consumed              view.size()    needs consumed + wanted

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "packet/frame.h"

namespace mogura::capture::detail {

// More captured bytes in one record than any program writes (tcpdump's largest snapshot length); beyond:
// damage.
inline constexpr std::uint32_t kMaxRecordBytes = 262144;
// A pcapng block longer than this is damage.
inline constexpr std::uint32_t kMaxBlockBytes = std::uint32_t{16} << 20;
// Interfaces described in one pcapng section; beyond: damage.
inline constexpr std::size_t kMaxInterfaces = 65536;
// Packet times lie between 1970 and this, in the year 2116, so that the difference of two never overflows.
// pcap cannot say more; pcapng can, and is cut to it.
inline constexpr std::int64_t kLatestNanoseconds = std::int64_t{1} << 62;

// Why a capture cannot be read any further, at the offset where the last whole record ended.
struct Damage {
  ErrorCode code;
  std::string cause;
};

struct Progress {
  std::size_t consumed = 0;  // bytes of the view that are done with
  std::size_t wanted =
      0;  // behind `consumed`, needed before anything more can be parsed; 0: there is room for no more
  std::optional<Damage> damage;
};

class Parser {
 public:
  virtual ~Parser() = default;

  // Appends frames, which point into `view`, until there are `max_frames` of them in all. `view` begins where
  // the last call stopped.
  virtual Progress parse(ByteView view, std::vector<packet::Frame>& frames, std::size_t max_frames) = 0;

  // What to say when the input ends with `rest`, which is not empty and not a whole record.
  [[nodiscard]] virtual Damage cut(ByteView rest) const = 0;
};

// What the first bytes of an input say that it is.
enum class Content { kUnknown, kPcap, kPcapng, kGzip, kZstd };

inline constexpr std::size_t kMagicBytes = 4;

// Looks at the first kMagicBytes; fewer are kUnknown.
Content recognise(ByteView first);

// `is_cold`: the views' memory has not been touched yet (a mapped file), so looking ahead pays.
std::unique_ptr<Parser> make_parser(Content content, bool is_cold);

}  // namespace mogura::capture::detail
