#pragma once

// Time-outs without a timer each: whoever waits writes down until when, and once in a while all are looked
// at. So arming and disarming costs an assignment, and a time-out comes up to one interval late. One per
// loop; not thread-safe.

#include <time.h>

#include <cstdint>

namespace mogura::proxy::detail {

// Milliseconds of a clock that only goes forward, a few milliseconds coarse.
inline std::int64_t coarse_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

class Sweeper;

// Something that may be late; in the sweeper's list as long as it lives.
class Swept {
 public:
  explicit Swept(Sweeper& sweeper);
  Swept(const Swept&) = delete;
  Swept& operator=(const Swept&) = delete;

 protected:
  virtual ~Swept();

 private:
  friend class Sweeper;
  virtual void sweep(std::int64_t now_ms) = 0;

  Sweeper& sweeper_;
  Swept* previous_ = nullptr;
  Swept* next_ = nullptr;
};

class Sweeper {
 public:
  void sweep(std::int64_t now_ms) {
    for (Swept* each = first_; each != nullptr;) {
      Swept* const next = each->next_;
      each->sweep(now_ms);  // cancels what waits; nothing is destroyed in here
      each = next;
    }
  }

 private:
  friend class Swept;
  Swept* first_ = nullptr;
};

inline Swept::Swept(Sweeper& sweeper) : sweeper_(sweeper), next_(sweeper.first_) {
  if (next_ != nullptr) next_->previous_ = this;
  sweeper.first_ = this;
}

inline Swept::~Swept() {
  (previous_ != nullptr ? previous_->next_ : sweeper_.first_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

}  // namespace mogura::proxy::detail
