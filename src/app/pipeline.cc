#include "app/pipeline.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <thread>

#include "app/queue.h"
#include "app/segment_queue.h"
#include "base/check.h"
#include "session/table.h"

namespace mogura::app {
namespace {

// Frames handed over at once: large enough that queues cost nothing, small enough to stay in a core's cache.
constexpr std::size_t kBatchFrames = 2048;
// Batches under way at once.
constexpr std::size_t kBatchesAhead = 6;
// Connections ended at once when the capture is over.
constexpr std::size_t kFinishedAtOnce = 8192;
// Segments ahead for which the flow table's memory and the payload's first bytes are fetched.
constexpr std::size_t kPrefetch = 6;

// One batch's share of one worker, and what came of it.
struct Work {
  std::uint64_t batch = 0;
  Timestamp watermark{};  // the latest packet time
  bool is_last = false;
  unsigned finish_slice = 0;   // with finish_slices: which part of the table to end
  unsigned finish_slices = 0;  // 0: the capture goes on
  SegmentQueue segments;
  std::vector<std::shared_ptr<const void>> memory;  // what the payloads point into
  std::vector<session::FinishedPtr> finished;
  std::vector<session::FinishedPtr> used;  // records that have been passed on, for the worker to use again
};
using WorkPtr = std::unique_ptr<Work>;

class Worker {
 public:
  Worker(const Limits& limits, std::uint64_t seed, session::ProgressObserver* observer)
      : table_(limits, seed) {
    table_.observe(observer);
  }

  void process(Work& work) {
    table_.recycle(work.used);
    const std::size_t count = work.segments.size();
    packet::TcpSegment segment;
    for (std::size_t i = 0; i < count; ++i) {
      if (i + kPrefetch < count) {
        table_.prefetch(work.segments.hash(i + kPrefetch));
        __builtin_prefetch(work.segments.payload(i + kPrefetch));
      }
      work.segments.unpack(i, segment);
      table_.on_segment(segment, work.segments.hash(i));
    }
    work.segments.clear();
    work.memory.clear();
    if (work.finish_slices != 0) {
      table_.finish(work.finish_slice, work.finish_slices);
    } else {
      table_.advance(work.watermark);
    }
    table_.take_finished(work.finished);
  }

  void start(Queue<WorkPtr>& done) {
    thread_ = std::thread([this, &done] {
      for (bool last = false; !last;) {
        WorkPtr work = queue.pop();
        process(*work);
        last = work->is_last;
        done.push(std::move(work));
      }
    });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] const session::Table& table() const { return table_; }

  Queue<WorkPtr> queue;

 private:
  session::Table table_;
  std::thread thread_;
};

// Puts the workers' shares together to batches again.
class Collector {
 public:
  Collector(unsigned workers, const PipelineOptions& options, const SessionConsumer& on_session)
      : workers_(workers), options_(options), sessions_(options.proxies, on_session) {}

  // Takes a share's sessions; batches are passed on in order, each when all its shares are in.
  void collect(Work& work) {
    while (batches_.size() <= work.batch - first_batch_) batches_.emplace_back();
    Batch& batch = batches_[work.batch - first_batch_];
    ++batch.shares;
    batch.watermark = work.watermark;
    batch.is_last = work.is_last;
    std::move(work.finished.begin(), work.finished.end(), std::back_inserter(batch.finished));
    work.finished.clear();
    while (!batches_.empty() && batches_.front().shares == workers_) {
      pass_on(batches_.front());
      batches_.pop_front();
      ++first_batch_;
    }
  }
  void give_back(std::vector<session::FinishedPtr>& used) { sessions_.give_back(used, workers_); }
  [[nodiscard]] bool is_done() const { return is_done_; }
  [[nodiscard]] std::uint64_t paired() const { return sessions_.paired(); }

 private:
  struct Batch {
    unsigned shares = 0;
    Timestamp watermark{};
    bool is_last = false;
    std::vector<session::FinishedPtr> finished;
  };

  void pass_on(Batch& batch) {
    if (options_.on_advance) options_.on_advance(batch.watermark);
    sessions_.pass_on(batch.finished, batch.watermark);
    if (batch.is_last) sessions_.finish();
    is_done_ = batch.is_last;
  }

  unsigned workers_;
  const PipelineOptions& options_;
  SessionCollector sessions_;
  std::deque<Batch> batches_;
  std::uint64_t first_batch_ = 0;
  bool is_done_ = false;
};

class Pipeline {
 public:
  Pipeline(capture::Source& source, const PipelineOptions& options, const SessionConsumer& on_session)
      : source_(source),
        options_(options),
        decoder_(options.limits),
        collector_(worker_count(options), options, on_session) {
    const unsigned count = worker_count(options);
    Limits share = options.limits;
    share.connections = std::max<std::size_t>(1, share.connections / count);
    share.out_of_order_bytes_total /= count;
    for (unsigned i = 0; i < count; ++i) {
      workers_.push_back(
          std::make_unique<Worker>(share, options.seed, options.observer ? options.observer(i) : nullptr));
    }
    works_ = count * kBatchesAhead;
    for (std::size_t i = 0; i < works_; ++i) free_.push_back(std::make_unique<Work>());
    if (is_threaded()) {
      for (const auto& worker : workers_) worker->start(done_);
    }
  }

  PipelineCounters run(const ProgressConsumer& on_progress) {
    capture::Batch batch;
    while (!is_stopped() && source_.read(batch, kBatchFrames)) {
      split(batch);
      dispatch(false);
      on_progress();
    }
    finish();
    for (const auto& worker : workers_) worker->join();
    return counters();
  }

 private:
  // Ends what is still open, some thousand connections at a time.
  void finish() {
    while (free_.size() < works_) reclaim();
    std::size_t open = 0;
    for (const auto& worker : workers_) open += worker->table().connections();
    const auto slices = static_cast<unsigned>(1 + open / kFinishedAtOnce);
    for (unsigned slice = 0; slice < slices; ++slice) {
      split(capture::Batch{});
      for (const WorkPtr& share : shares_) {
        share->finish_slice = slice;
        share->finish_slices = slices;
      }
      dispatch(slice + 1 == slices);
    }
    while (!collector_.is_done()) reclaim();
  }

  [[nodiscard]] bool is_threaded() const { return options_.threads > 1; }
  // The calling thread reads; with one thread it does everything.
  static unsigned worker_count(const PipelineOptions& options) { return std::max(2u, options.threads) - 1; }
  [[nodiscard]] bool is_stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  void split(const capture::Batch& batch) {
    for (std::size_t i = 0; i < workers_.size(); ++i) shares_.push_back(take_free());
    set_watermark(batch.frames);
    const session::Table& hasher = workers_.front()->table();
    packet::TcpSegment segment;
    for (const packet::Frame& frame : batch.frames) {
      if (!decoder_.decode(frame, segment)) continue;
      const std::uint64_t hash = hasher.hash(segment.key);
      Work& share = *shares_[worker_of(hash)];
      if (decoder_.is_reassembled()) [[unlikely]]
        keep_copy(segment, share);
      share.segments.push(segment, hash);
    }
    for (const WorkPtr& share : shares_) {
      if (!share->segments.empty())
        share->memory.insert(share->memory.end(), batch.memory.begin(), batch.memory.end());
    }
  }

  // The latest time rather than the highest, and of the last two frames the earlier one: one frame with a
  // wrong time must not end all connections, and a capture's clock may be set back.
  void set_watermark(const std::vector<packet::Frame>& frames) {
    if (frames.empty()) return;
    watermark_ = std::min(frames.back().time, frames[frames.size() < 2 ? 0 : frames.size() - 2].time);
  }

  // The high half of the hash, as the tables use the low one.
  [[nodiscard]] std::size_t worker_of(std::uint64_t hash) const {
    return static_cast<std::size_t>(((hash >> 32) * workers_.size()) >> 32);
  }

  // A reassembled datagram lives in the decoder only until its next call.
  static void keep_copy(packet::TcpSegment& segment, Work& share) {
    auto copy = std::make_shared<std::vector<std::uint8_t>>(segment.payload.begin(), segment.payload.end());
    segment.payload = *copy;
    share.memory.push_back(std::move(copy));
  }

  void dispatch(bool is_last) {
    for (unsigned i = 0; i < shares_.size(); ++i) {
      Work& share = *shares_[i];
      share.batch = next_batch_;
      share.watermark = watermark_;
      share.is_last = is_last;
      collector_.give_back(share.used);
      if (is_threaded()) {
        workers_[i]->queue.push(std::move(shares_[i]));
      } else {
        workers_[i]->process(share);
        collector_.collect(share);
        free_.push_back(std::move(shares_[i]));
      }
    }
    shares_.clear();
    ++next_batch_;
  }

  WorkPtr take_free() {
    while (free_.empty()) reclaim();
    WorkPtr work = std::move(free_.back());
    free_.pop_back();
    return work;
  }

  // Waits for a share to come back and passes on what it finished.
  void reclaim() {
    MOGURA_CHECK(is_threaded());
    WorkPtr work = done_.pop();
    collector_.collect(*work);
    free_.push_back(std::move(work));
  }

  [[nodiscard]] PipelineCounters counters() const {
    PipelineCounters sum;
    sum.decode = decoder_.counters();
    sum.paired_sessions = collector_.paired();
    for (const auto& worker : workers_) {
      add(sum.tcp, worker->table().tcp_counters());
      sum.table.add(worker->table().counters());
    }
    return sum;
  }

  capture::Source& source_;
  const PipelineOptions& options_;
  packet::Decoder decoder_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Queue<WorkPtr> done_;
  std::size_t works_ = 0;
  std::vector<WorkPtr> free_;
  std::vector<WorkPtr> shares_;  // of the batch being split
  std::uint64_t next_batch_ = 0;
  Timestamp watermark_{};
  Collector collector_;
};

}  // namespace

void add(packet::TcpCounters& sum, const packet::TcpCounters& part) {
  sum.gaps_bytes += part.gaps_bytes;
  sum.cut_bytes += part.cut_bytes;
  sum.retransmitted_bytes += part.retransmitted_bytes;
  sum.overlap_conflicts += part.overlap_conflicts;
  sum.out_of_order_segments += part.out_of_order_segments;
  sum.holes_given_up_by_limit += part.holes_given_up_by_limit;
  sum.out_of_window_segments += part.out_of_window_segments;
}

PipelineCounters run_pipeline(capture::Source& source, const PipelineOptions& options,
                              const SessionConsumer& on_session, const ProgressConsumer& on_progress) {
  return Pipeline(source, options, on_session).run(on_progress);
}

}  // namespace mogura::app
