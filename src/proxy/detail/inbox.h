#pragma once

// Bytes received and not yet dealt with, in one piece: where a head is read, and what came behind it waits.
// Grows up to a bound, starts small, since most connections are idle. Not thread-safe.

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mogura::proxy::detail {

class Inbox {
 public:
  static constexpr std::size_t kFirstBytes = 4096;

  Inbox() = default;
  ~Inbox() { release(); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  [[nodiscard]] std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  // Room behind the bytes: at least one byte, unless `most` bytes are held already. Views become invalid.
  std::span<char> room(std::size_t most) {
    if (begin_ != 0) move_to_front();
    if (end_ == capacity_ && capacity_ < most) grow(std::min(most, std::max(kFirstBytes, 2 * capacity_)));
    return {bytes_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t count) { end_ += count; }
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  // Behind what is there; only where it was consumed before.
  void append(std::string_view bytes) {
    if (begin_ != 0) move_to_front();
    if (capacity_ - end_ < bytes.size()) grow(end_ + bytes.size());
    std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  // Forgets the bytes and gives the memory back.
  void release() {
    if (capacity_ == kFirstBytes && spare().size() < kSpare) spare().push_back(std::move(bytes_));
    bytes_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  void move_to_front() {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // Buffers of the first size, to be used again by whoever needs one next on this thread.
  static constexpr std::size_t kSpare = 256;
  static std::vector<std::unique_ptr<char[]>>& spare() {
    thread_local std::vector<std::unique_ptr<char[]>> spare;
    return spare;
  }
  static std::unique_ptr<char[]> take(std::size_t capacity) {
    if (capacity != kFirstBytes || spare().empty()) return std::make_unique_for_overwrite<char[]>(capacity);
    std::unique_ptr<char[]> taken = std::move(spare().back());
    spare().pop_back();
    return taken;
  }
  void grow(std::size_t capacity) {
    std::unique_ptr<char[]> larger = take(capacity);
    if (end_ != 0) std::memcpy(larger.get(), bytes_.get(), end_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace mogura::proxy::detail
