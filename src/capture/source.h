#pragma once

// Where frames come from: capture files of any kind, folders of them, a pipe. A source hands out batches of
// frames in time order, with views into memory that the batch keeps alive; memory-mapped files are mapped
// window by window, so that memory does not grow with the file. One thread reads a source; batches may be
// used and dropped on another.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "packet/frame.h"

namespace mogura::capture {

struct Batch {
  std::vector<packet::Frame> frames;                // in the order of the capture
  std::vector<std::shared_ptr<const void>> memory;  // what the frames point into

  void clear() {
    frames.clear();
    memory.clear();
  }
};

// What became of one input file, for the analysis document's `inputs`.
struct InputReport {
  std::string path;    // "-" for stdin
  std::string format;  // "pcap", "pcapng", with "+gzip" or "+zstd" behind where compressed
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;         // captured bytes of those packets
  std::optional<Timestamp> first;  // lowest and highest packet time
  std::optional<Timestamp> last;
  std::vector<Error>
      errors;  // place: "PATH at offset N" (of the uncompressed data); all before it was delivered
};

class Source {
 public:
  virtual ~Source() = default;

  // Clears `batch` and fills it with at most `max_frames` frames. False at the end of input, or of what could
  // be read. From a pipe it returns what has arrived as soon as there is at least one frame.
  virtual bool read(Batch& batch, std::size_t max_frames) = 0;

  // One per file, complete after read() has returned false.
  [[nodiscard]] virtual const std::vector<InputReport>& reports() const = 0;

  // Bytes of input consumed so far, and in all where that is known: for progress.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
};

// Opens the inputs as one timeline: several files are merged by packet time; a folder stands for the capture
// files in it (not its sub-folders), in name order; "-" is stdin. A path that cannot be opened or is no
// capture at all becomes an error in that input's report and the others are still read.
std::unique_ptr<Source> open(const std::vector<std::string>& paths);

}  // namespace mogura::capture
