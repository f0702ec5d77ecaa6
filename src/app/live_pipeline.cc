#include "app/live_pipeline.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>

#include "app/queue.h"

namespace mogura::app {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// How long a worker waits for frames before it looks whether there is something else to do.
constexpr milliseconds kWait{100};
// Finished sessions are handed over this often, or when there are so many.
constexpr milliseconds kHandOverEvery{200};
constexpr std::size_t kHandOverSessions = 1024;
// Hand-overs of one worker under way at once; a worker whose sessions are not taken waits at that point.
constexpr std::size_t kSharesPerWorker = 8;
// When stopped, this long for frames that are still in the ring: their block must be due, and busy
// interfaces never run dry.
constexpr milliseconds kDrain{500};
// Connections ended at once when the capture is over.
constexpr std::size_t kFinishedAtOnce = 8192;

void add(packet::DecodeCounters& sum, const packet::DecodeCounters& part) {
  sum.frames += part.frames;
  sum.segments += part.segments;
  sum.datagrams_reassembled += part.datagrams_reassembled;
  sum.fragments_evicted += part.fragments_evicted;
  for (std::size_t i = 0; i < sum.not_decoded.size(); ++i) sum.not_decoded[i] += part.not_decoded[i];
}

// What a worker hands over.
struct Share {
  unsigned worker = 0;
  bool is_last = false;
  bool is_interface_gone = false;
  std::optional<Timestamp> watermark;  // its packet time; nothing: there was no packet yet
  std::vector<session::FinishedPtr> finished;
  std::vector<session::FinishedPtr> used;  // the way back
  LiveCountersNow counters;
};
using SharePtr = std::unique_ptr<Share>;

// Packet time, which goes on where no packets come.
class PacketClock {
 public:
  void set(Timestamp time) {
    time_ = time;
    at_ = Clock::now();
  }
  [[nodiscard]] std::optional<Timestamp> now() const {
    if (!time_) return std::nullopt;
    return *time_ + (Clock::now() - at_);
  }

 private:
  std::optional<Timestamp> time_;
  Clock::time_point at_;
};

class Worker {
 public:
  Worker(unsigned number, std::unique_ptr<capture::LiveRing> ring, const Limits& limits,
         const PipelineOptions& options, session::ProgressObserver* observer, Queue<SharePtr>& done)
      : number_(number),
        ring_(std::move(ring)),
        stop_(*options.stop),
        decoder_(limits),
        table_(limits, options.seed),
        done_(done) {
    table_.observe(observer);
    for (std::size_t i = 0; i < kSharesPerWorker; ++i) free.push(std::make_unique<Share>());
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void join() { thread_.join(); }

  Queue<SharePtr> free;

 private:
  void run();
  void read_until(Clock::time_point end);
  void process();
  void hand_over(bool is_last);
  void finish();
  [[nodiscard]] LiveCountersNow counters() const;

  unsigned number_;
  std::unique_ptr<capture::LiveRing> ring_;
  const std::atomic<bool>& stop_;
  packet::Decoder decoder_;
  session::Table table_;
  Queue<SharePtr>& done_;
  PacketClock clock_;
  Clock::time_point handed_over_{};
  std::uint64_t sessions_handed_over_ = 0;
  std::vector<packet::Frame> frames_;
  bool is_gone_ = false;
  std::thread thread_;
};

void Worker::run() {
  while (!stop_.load(std::memory_order_relaxed) && !is_gone_) {
    is_gone_ = !ring_->read(frames_, kWait);
    process();
    const std::uint64_t finished = table_.counters().sessions - sessions_handed_over_;
    if (finished >= kHandOverSessions || Clock::now() - handed_over_ >= kHandOverEvery) hand_over(false);
  }
  const auto end = Clock::now() + kDrain;
  while (!is_gone_ && Clock::now() < end) {
    is_gone_ = !ring_->read(frames_, kWait);
    if (frames_.empty()) break;
    process();
  }
  finish();
}

// Of the last two frames the earlier time counts, as in the pipeline for files.
void Worker::process() {
  packet::TcpSegment segment;
  for (const packet::Frame& frame : frames_) {
    if (decoder_.decode(frame, segment)) table_.on_segment(segment, table_.hash(segment.key));
  }
  if (!frames_.empty()) {
    clock_.set(std::min(frames_.back().time, frames_[frames_.size() < 2 ? 0 : frames_.size() - 2].time));
  }
  if (const std::optional<Timestamp> now = clock_.now()) table_.advance(*now);
}

void Worker::hand_over(bool is_last) {
  SharePtr share = free.pop();
  table_.recycle(share->used);
  table_.take_finished(share->finished);
  share->worker = number_;
  share->is_last = is_last;
  share->is_interface_gone = is_gone_;
  share->watermark = clock_.now();
  share->counters = counters();
  sessions_handed_over_ = share->counters.pipeline.table.sessions;
  done_.push(std::move(share));
  handed_over_ = Clock::now();
}

void Worker::finish() {
  const auto slices = static_cast<unsigned>(1 + table_.connections() / kFinishedAtOnce);
  for (unsigned slice = 0; slice < slices; ++slice) {
    table_.finish(slice, slices);
    hand_over(slice + 1 == slices);
  }
}

LiveCountersNow Worker::counters() const {
  LiveCountersNow now;
  now.pipeline.decode = decoder_.counters();
  now.pipeline.tcp = table_.tcp_counters();
  now.pipeline.table = table_.counters();
  now.capture = ring_->counters();
  now.connections = table_.connections();
  return now;
}

// The calling thread's part.
class LivePipeline {
 public:
  LivePipeline(std::vector<std::unique_ptr<capture::LiveRing>> rings, const PipelineOptions& options,
               const LiveHooks& hooks)
      : options_(options), hooks_(hooks), sessions_(options.proxies, hooks.on_session) {
    Limits share = options.limits;
    share.connections = std::max<std::size_t>(1, share.connections / rings.size());
    share.out_of_order_bytes_total /= rings.size();
    for (unsigned i = 0; i < rings.size(); ++i) {
      session::ProgressObserver* observer = options.observer ? options.observer(i) : nullptr;
      workers_.push_back(std::make_unique<Worker>(i, std::move(rings[i]), share, options, observer, done_));
    }
    watermarks_.resize(workers_.size());
    counters_.resize(workers_.size());
  }

  LiveCountersNow run() {
    for (const auto& worker : workers_) worker->start();
    for (std::size_t running = workers_.size(); running > 0;) {
      SharePtr share = done_.pop();
      if (share->is_last) --running;
      take(*share);
      const unsigned worker = share->worker;
      workers_[worker]->free.push(std::move(share));
      hooks_.on_tick(sum());
    }
    sessions_.finish();
    for (const auto& worker : workers_) worker->join();
    return sum();
  }

 private:
  void take(Share& share) {
    counters_[share.worker] = share.counters;
    is_gone_ = is_gone_ || share.is_interface_gone;
    watermarks_[share.worker] = share.watermark;
    const Timestamp now = watermark();
    if (options_.on_advance) options_.on_advance(now);
    sessions_.pass_on(share.finished, now);
    sessions_.give_back(share.used, static_cast<unsigned>(workers_.size()));
  }

  // What all workers have reached. Those that have seen no packet yet do not count.
  [[nodiscard]] Timestamp watermark() const {
    std::optional<Timestamp> lowest;
    for (const std::optional<Timestamp>& mark : watermarks_) {
      if (mark) lowest = lowest ? std::min(*lowest, *mark) : *mark;
    }
    return lowest.value_or(Timestamp{});
  }

  [[nodiscard]] LiveCountersNow sum() const;

  const PipelineOptions& options_;
  const LiveHooks& hooks_;
  SessionCollector sessions_;
  Queue<SharePtr> done_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::optional<Timestamp>> watermarks_;  // by worker
  std::vector<LiveCountersNow> counters_;             // by worker
  bool is_gone_ = false;
};

LiveCountersNow LivePipeline::sum() const {
  LiveCountersNow sum;
  for (const LiveCountersNow& part : counters_) {
    add(sum.pipeline.decode, part.pipeline.decode);
    app::add(sum.pipeline.tcp, part.pipeline.tcp);
    sum.pipeline.table.add(part.pipeline.table);
    sum.capture.packets += part.capture.packets;
    sum.capture.kernel_drops += part.capture.kernel_drops;
    sum.capture.freezes += part.capture.freezes;
    sum.connections += part.connections;
  }
  sum.pipeline.paired_sessions = sessions_.paired();
  sum.is_interface_gone = is_gone_;
  return sum;
}

}  // namespace

LiveCountersNow run_live_pipeline(std::vector<std::unique_ptr<capture::LiveRing>> rings,
                                  const PipelineOptions& options, const LiveHooks& hooks) {
  return LivePipeline(std::move(rings), options, hooks).run();
}

}  // namespace mogura::app
