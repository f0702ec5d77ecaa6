#pragma once

// Names to addresses: the system's resolver on a few threads, so that a slow answer holds up nobody else,
// with a bounded cache. One for all loops; any thread. Simultaneous questions for one name are one question.
// Addresses in text ("192.0.2.1", "[2001:db8::1]", "2001:db8::1") are answered at once.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "proxy/detail/asio.h"

namespace mogura::proxy::detail {

struct ResolverOptions {
  unsigned threads = 8;
  std::size_t entries = 10'000;  // cached; the longest unused goes
  std::chrono::seconds keep{60}, keep_failure{5};
  std::size_t waiting = 10'000;  // questions not yet begun; beyond: kLimit
  // Takes the place of getaddrinfo() in tests. Called on the resolver's threads; may block.
  Result<std::vector<Address>> (*ask)(const std::string& name) = nullptr;
};

struct ResolverCounters {
  std::uint64_t asked = 0, from_cache = 0, failed = 0, refused = 0, entries = 0;
};

class Resolver {
 public:
  explicit Resolver(const ResolverOptions& options);
  ~Resolver();  // waits for what its threads are doing, not for what waits

  // In the order the system gives (RFC 6724), without duplicates, at most 16. Errors: kIo (no such name, no
  // answer, or what cannot be a name: more than 253 bytes, blanks, controls, a port …), kLimit (too many
  // wait, no descriptors), kTruncated (`patience` is over; the question goes on for others). What is in the
  // cache comes at once; else it resumes on the caller's executor, which must be one thread's. Once begun,
  // the coroutine may outlive the resolver.
  Awaitable<Result<std::vector<Address>>> resolve(std::string name, std::chrono::milliseconds patience);
  [[nodiscard]] ResolverCounters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mogura::proxy::detail
