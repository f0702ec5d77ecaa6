#pragma once

// Assertions about ourselves, never about input. MOGURA_ASSERT: debug builds only. MOGURA_CHECK: always,
// where going on would be unsafe.

#include <cstdio>
#include <cstdlib>

namespace mogura::detail {

[[noreturn]] inline void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "mogura: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace mogura::detail

#define MOGURA_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::mogura::detail::check_failed(__FILE__, __LINE__, #condition))

#ifdef NDEBUG
#define MOGURA_ASSERT(condition) static_cast<void>(0)
#else
#define MOGURA_ASSERT(condition) MOGURA_CHECK(condition)
#endif
