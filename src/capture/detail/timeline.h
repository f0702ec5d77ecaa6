#pragma once

// Several inputs as one timeline. An input is opened when the timeline reaches its first packet and closed at
// its end, so inputs that follow each other are never open together, and their batches go through as they
// are. Within an input the order of the capture is kept; between inputs the earlier packet goes first, and of
// equals that of the input named first. One thread; waits for a pipe whenever the order depends on it.

#include <compare>
#include <cstddef>
#include <memory>
#include <vector>

#include "capture/detail/capture_file.h"
#include "capture/detail/inputs.h"
#include "capture/source.h"

namespace mogura::capture::detail {

class Timeline final : public Source {
 public:
  Timeline(const std::vector<std::string>& paths, const Options& options);
  ~Timeline() override;

  bool read(Batch& batch, std::size_t max_frames) override;
  [[nodiscard]] const std::vector<InputReport>& reports() const override { return reports_; }
  [[nodiscard]] std::uint64_t position() const override;
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

 private:
  // A packet's place in the timeline.
  struct Place {
    Timestamp time;
    std::size_t input = 0;
    auto operator<=>(const Place&) const = default;
  };
  // An open input with the batch that was last read from it.
  struct Track;

  // Finds out when each file begins, unless there is but one. Pipes are due at once.
  void begin();
  // Opens what begins before anything that is open.
  void open_due();
  // Reads on in a track that has nothing left, puts it back in its place, or closes it at its end.
  void refill(std::unique_ptr<Track> track, std::size_t max_frames);
  void put_back(std::unique_ptr<Track> track);
  std::unique_ptr<Track> take_earliest();
  // Where the frames of another input come in.
  [[nodiscard]] Place next_other() const;
  [[nodiscard]] Options options_now() const;

  Options options_;
  std::vector<InputReport> reports_;
  std::vector<bool> is_file_;  // by input: a regular file, which can be read twice
  std::optional<std::uint64_t> size_;
  std::uint64_t closed_bytes_ = 0;  // position of the inputs that have been closed
  std::vector<Place> waiting_;      // inputs not opened yet, by when they begin, the first at the back
  std::vector<std::unique_ptr<Track>> empty_;  // open, and to be read before anything else is decided
  std::vector<std::unique_ptr<Track>> heap_;   // open, the one with the earliest packet at the front
  bool has_begun_ = false;
};

}  // namespace mogura::capture::detail
