#include "capture/detail/window.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

#include "base/check.h"

namespace mogura::capture::detail {
namespace {

struct Slot {
  std::atomic<std::uintptr_t> start{0};  // 0: free
  std::atomic<std::uintptr_t> end{0};
};

// A signal handler has nothing but globals to look at. Written under the mutex, read by the handler without
// it: a window is in its slot before anybody touches its memory, and until after the last touch.
struct Guard {
  std::mutex mutex;
  std::array<Slot, kGuardedWindows> slots;
  std::atomic<std::size_t> used{0};  // slots from here on have never been used
  struct sigaction previous = {};
  bool is_installed = false;
};

Guard& guard() {
  static Guard instance;
  return instance;
}

// Puts zero pages from the fault to the end of the window: what lies behind a lost page is lost too.
bool replace_lost_pages(std::uintptr_t fault) {
  const std::uintptr_t page = fault & ~(static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE)) - 1);
  Guard& all = guard();
  const std::size_t used = all.used.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < used; ++i) {
    const std::uintptr_t start = all.slots[i].start.load(std::memory_order_acquire);
    const std::uintptr_t end = all.slots[i].end.load(std::memory_order_acquire);
    if (start == 0 || fault < start || fault >= end) continue;
    void* const where = reinterpret_cast<void*>(page);
    constexpr int kFlags = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS;
    return mmap(where, end - page, PROT_READ, kFlags, -1, 0) != MAP_FAILED;
  }
  return false;
}

void on_bus_error(int, siginfo_t* info, void*) {
  const int kept = errno;
  // Not ours: the former handler meets the fault when the instruction is tried again.
  if (!replace_lost_pages(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
    sigaction(SIGBUS, &guard().previous, nullptr);
  }
  errno = kept;
}

void install(Guard& all) {
  if (all.is_installed) return;
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  all.is_installed = sigaction(SIGBUS, &action, &all.previous) == 0;
}

std::size_t take_slot(const void* start, std::size_t bytes) {
  Guard& all = guard();
  const std::lock_guard lock(all.mutex);
  install(all);
  const auto free =
      std::find_if(all.slots.begin(), all.slots.end(), [](const Slot& slot) { return slot.start == 0; });
  if (free == all.slots.end()) return kGuardedWindows;
  const auto number = static_cast<std::size_t>(free - all.slots.begin());
  const auto from = reinterpret_cast<std::uintptr_t>(start);
  free->end.store(from + bytes, std::memory_order_release);
  free->start.store(from, std::memory_order_release);
  if (number >= all.used) all.used.store(number + 1, std::memory_order_release);
  return number;
}

void free_slot(std::size_t number) {
  if (number == kGuardedWindows) return;
  const std::lock_guard lock(guard().mutex);
  guard().slots[number].start.store(0, std::memory_order_release);
}

}  // namespace

Window::Window(int file, std::uint64_t offset, std::size_t bytes) : bytes_(bytes) {
  void* const start = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, static_cast<off_t>(offset));
  if (start == MAP_FAILED) {
    error_ = errno;
    bytes_ = 0;
    return;
  }
  start_ = start;
  slot_ = take_slot(start_, bytes_);
}

Window::~Window() {
  if (start_ == nullptr) return;
  free_slot(slot_);
  MOGURA_CHECK(munmap(start_, bytes_) == 0);
}

}  // namespace mogura::capture::detail
