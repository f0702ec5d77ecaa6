#include "capture/detail/timeline.h"

#include <algorithm>
#include <functional>

namespace mogura::capture::detail {
namespace {

// A probe reads no more of a file than it takes to come to the first packet.
constexpr std::size_t kProbeBytes = std::size_t{64} << 10;
// Inputs open at once with windows and chunks of full size; beyond, they share that memory, down to the
// least.
constexpr std::size_t kFullSizeTracks = 8;
constexpr std::size_t kLeastWindowBytes = std::size_t{256} << 10;
constexpr std::size_t kLeastChunkBytes = std::size_t{64} << 10;

// When the first packet of a file was captured. One without packets is due at once, to be reported.
Timestamp first_time(const std::string& path) {
  InputReport report;
  report.path = path;
  CaptureFile file(report,
                   Options{.window_bytes = kProbeBytes, .chunk_bytes = kProbeBytes, .look_ahead = false});
  Batch batch;
  return file.read(batch, 1) ? file.batch_first() : Timestamp::min();
}

}  // namespace

struct Timeline::Track {
  std::size_t input;
  CaptureFile file;
  Batch batch;
  std::size_t next = 0;  // frames of the batch that are gone

  [[nodiscard]] bool is_empty() const { return next == batch.frames.size(); }
  [[nodiscard]] Place place() const { return {batch.frames[next].time, input}; }
  [[nodiscard]] bool has_all_before(Place other) const {
    return next == 0 && Place{file.batch_last(), input} < other;
  }

  // Appends to `out` what comes before `other`.
  void move_run(Place other, Batch& out, std::size_t max_frames) {
    const std::size_t before = next;
    while (!is_empty() && place() < other && out.frames.size() < max_frames)
      out.frames.push_back(batch.frames[next++]);
    const auto& memory = batch.memory.back();
    const bool is_known = std::find(out.memory.begin(), out.memory.end(), memory) != out.memory.end();
    if (next != before && !is_known) out.memory.push_back(memory);
  }
};

Timeline::Timeline(const std::vector<std::string>& paths, const Options& options)
    : options_(options), size_(0) {
  for (Input& input : find_inputs(paths)) {
    if (input.is_readable()) {
      waiting_.push_back({Timestamp::min(), reports_.size()});
      size_ = size_ && input.bytes ? std::optional(*size_ + *input.bytes) : std::nullopt;
    }
    is_file_.push_back(input.bytes.has_value());
    reports_.push_back(std::move(input.report));
  }
  std::reverse(waiting_.begin(), waiting_.end());
}

Timeline::~Timeline() = default;

void Timeline::begin() {
  has_begun_ = true;
  if (waiting_.size() < 2) return;
  for (Place& place : waiting_) {
    if (is_file_[place.input]) place.time = first_time(reports_[place.input].path);
  }
  std::sort(waiting_.begin(), waiting_.end(), std::greater<>());
}

bool Timeline::read(Batch& batch, std::size_t max_frames) {
  if (!has_begun_) begin();
  batch.clear();
  for (;;) {
    open_due();
    if (!empty_.empty()) {
      // Reading on may mean waiting for a pipe: what there is goes out first.
      if (!batch.frames.empty()) return true;
      std::unique_ptr<Track> track = std::move(empty_.back());
      empty_.pop_back();
      refill(std::move(track), max_frames);
      continue;
    }
    if (heap_.empty() || batch.frames.size() >= max_frames) return !batch.frames.empty();
    std::unique_ptr<Track> track = take_earliest();
    if (batch.frames.empty() && track->has_all_before(next_other()) &&
        track->batch.frames.size() <= max_frames) {
      std::swap(batch, track->batch);
      track->batch.clear();
      empty_.push_back(std::move(track));
      return true;
    }
    track->move_run(next_other(), batch, max_frames);
    put_back(std::move(track));
  }
}

void Timeline::open_due() {
  while (!waiting_.empty() && empty_.empty() && (heap_.empty() || waiting_.back() < heap_.front()->place())) {
    const std::size_t input = waiting_.back().input;
    waiting_.pop_back();
    empty_.push_back(std::unique_ptr<Track>(new Track{input, {reports_[input], options_now()}, {}}));
  }
}

void Timeline::refill(std::unique_ptr<Track> track, std::size_t max_frames) {
  track->next = 0;
  if (track->file.read(track->batch, max_frames)) {
    put_back(std::move(track));
  } else {
    closed_bytes_ += track->file.position();
  }
}

void Timeline::put_back(std::unique_ptr<Track> track) {
  if (track->is_empty()) return empty_.push_back(std::move(track));
  heap_.push_back(std::move(track));
  std::push_heap(heap_.begin(), heap_.end(),
                 [](const auto& a, const auto& b) { return b->place() < a->place(); });
}

std::unique_ptr<Timeline::Track> Timeline::take_earliest() {
  std::pop_heap(heap_.begin(), heap_.end(),
                [](const auto& a, const auto& b) { return b->place() < a->place(); });
  std::unique_ptr<Track> track = std::move(heap_.back());
  heap_.pop_back();
  return track;
}

Timeline::Place Timeline::next_other() const {
  Place place{Timestamp::max(), reports_.size()};
  if (!heap_.empty()) place = std::min(place, heap_.front()->place());
  if (!waiting_.empty()) place = std::min(place, waiting_.back());
  return place;
}

Options Timeline::options_now() const {
  Options options = options_;
  const std::size_t share = (heap_.size() + empty_.size()) / kFullSizeTracks + 1;
  if (share == 1) return options;
  options.window_bytes =
      std::min(options.window_bytes, std::max(options.window_bytes / share, kLeastWindowBytes));
  options.chunk_bytes =
      std::min(options.chunk_bytes, std::max(options.chunk_bytes / share, kLeastChunkBytes));
  return options;
}

std::uint64_t Timeline::position() const {
  std::uint64_t sum = closed_bytes_;
  for (const auto& track : heap_) sum += track->file.position();
  for (const auto& track : empty_) sum += track->file.position();
  return sum;
}

}  // namespace mogura::capture::detail
