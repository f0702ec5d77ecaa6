#include "packet/detail/tcp_waiting.h"

#include <algorithm>

#include "base/check.h"

namespace mogura::packet::detail {

void WaitingRunsDelete::operator()(WaitingRuns* runs) const {
  delete runs;
}

TcpRun TcpRun::head(std::uint32_t count) const {
  TcpRun part = *this;
  part.length = count;
  part.bytes = bytes.first(std::min<std::size_t>(count, bytes.size()));
  return part;
}

void TcpRun::drop_head(std::uint32_t count) {
  offset += count;
  length -= count;
  bytes = bytes.subspan(std::min<std::size_t>(count, bytes.size()));
}

WaitingRuns::~WaitingRuns() {
  MOGURA_ASSERT(empty());
}

TcpRun WaitingRuns::view_of(const Held& held) {
  TcpRun run;
  run.offset = held.offset;
  run.length = held.length;
  if (held.bytes != nullptr) run.bytes = {held.bytes.get(), held.length};
  run.time = held.time;
  run.acknowledgment = held.acknowledgment;
  run.has_acknowledgment = held.has_acknowledgment;
  return run;
}

std::size_t WaitingRuns::find(std::uint64_t offset) const {
  const auto ends_before = [offset](const Held& held) { return held.offset + held.length <= offset; };
  if (empty() || ends_before(runs_.back())) return size();  // the usual case: one more at the end
  const auto begin = runs_.begin() + static_cast<std::ptrdiff_t>(first_);
  return static_cast<std::size_t>(std::partition_point(begin, runs_.end(), ends_before) - begin);
}

bool WaitingRuns::insert(std::size_t index, const TcpRun& run, SegmentPool& pool) {
  MOGURA_ASSERT(run.length > 0 && (run.is_cut() || run.bytes.size() == run.length));
  if (!pool.reserve(kRunCost + run.bytes.size())) return false;
  Held held{run.offset, run.time, nullptr, run.length, run.acknowledgment, run.has_acknowledgment};
  if (!run.is_cut()) {
    held.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(run.bytes.size());
    std::copy(run.bytes.begin(), run.bytes.end(), held.bytes.get());
    bytes_ += run.bytes.size();
  }
  runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(first_ + index), std::move(held));
  return true;
}

bool WaitingRuns::carve(std::size_t index, std::uint64_t offset, std::uint32_t count, SegmentPool& pool) {
  const TcpRun whole = (*this)[index];
  MOGURA_ASSERT(whole.is_cut() && whole.offset <= offset && offset + count <= whole.end());
  TcpRun right = whole;
  right.drop_head(static_cast<std::uint32_t>(offset + count - whole.offset));
  const auto left_length = static_cast<std::uint32_t>(offset - whole.offset);
  Held& held = runs_[first_ + index];
  if (left_length > 0 && right.length > 0) {
    if (!insert(index + 1, right, pool)) return false;
    runs_[first_ + index].length = left_length;
  } else if (left_length > 0) {
    held.length = left_length;
  } else if (right.length > 0) {
    held.offset = right.offset;
    held.length = right.length;
  } else {
    release(held, pool);
    runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(first_ + index));
  }
  return true;
}

WaitingRuns::Held WaitingRuns::take_front(SegmentPool& pool) {
  Held held = std::move(runs_[first_++]);
  release(held, pool);
  // What was taken is cleared away once it is the larger part, so that taking stays constant on average.
  if (first_ * 2 > runs_.size()) {
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return held;
}

void WaitingRuns::release(const Held& held, SegmentPool& pool) {
  const std::size_t captured = held.bytes != nullptr ? held.length : 0;
  bytes_ -= captured;
  pool.release(kRunCost + captured);
}

std::size_t WaitingRuns::truncate(std::uint64_t offset, SegmentPool& pool) {
  std::size_t changed = 0;
  for (; !empty() && runs_.back().offset >= offset; ++changed) {
    release(runs_.back(), pool);
    runs_.pop_back();
  }
  if (empty() || runs_.back().offset + runs_.back().length <= offset) return changed;
  Held& last = runs_.back();
  const auto kept = static_cast<std::uint32_t>(offset - last.offset);
  if (last.bytes != nullptr) {
    bytes_ -= last.length - kept;
    pool.release(last.length - kept);
  }
  last.length = kept;
  return changed + 1;
}

std::size_t WaitingRuns::shift(std::int64_t by, SegmentPool& pool) {
  std::size_t removed = 0;
  for (; !empty() && static_cast<std::int64_t>(front().offset) + by < 0; ++removed) take_front(pool);
  for (std::size_t i = first_; i < runs_.size(); ++i) runs_[i].offset += static_cast<std::uint64_t>(by);
  return removed;
}

}  // namespace mogura::packet::detail
