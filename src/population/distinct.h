#pragma once

// Counts distinct members of a set that is met one member at a time: exactly up to a limit, estimated beyond.
// Members come as 64-bit hashes (population/stable_hash.h). Merging two counts gives what counting all
// members in one gives, in any order. Small on purpose, since most groups have one member: 16 bytes, and
// nothing on the heap for the first.
//
//   none, one ──► list of up to 8 ──► hash table ──► registers (HyperLogLog), when there are more than
//   `exact_limit` 16 bytes      + 16…64 bytes       + 128 bytes…   + 4096 bytes, and never more
//
// Error: exact counts are exact but for two members with the same hash (one chance in 10^13 at 1,024
// members). Estimates have a standard error of 1.04/√4096 = 1.6 %: two in three lie within 1.6 %, 95 in 100
// within 3.3 %. Estimator: Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
// algorithm 6; it needs no correction tables. Not thread-safe.

#include <cstddef>
#include <cstdint>

namespace mogura::population {

class Distinct {
 public:
  Distinct() = default;
  ~Distinct() { release(); }
  Distinct(Distinct&& other) noexcept { take(other); }
  Distinct& operator=(Distinct&& other) noexcept;
  Distinct(const Distinct&) = delete;
  Distinct& operator=(const Distinct&) = delete;

  // Use the same `exact_limit` (Limits::distinct_exact) in every call for one count.
  // False: it was counted before. True: it is new, or that is not known any more (estimated counts).
  bool add(std::uint64_t hash, std::size_t exact_limit);
  void merge(const Distinct& other, std::size_t exact_limit);

  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] bool is_exact() const { return form_ != Form::kRegisters; }
  // Bytes on the heap.
  [[nodiscard]] std::size_t heap_bytes() const;

 private:
  enum class Form : std::uint8_t { kInline, kWords, kRegisters };
  static constexpr unsigned kPrecision = 12;
  static constexpr std::size_t kRegisterCount = std::size_t{1} << kPrecision;
  static constexpr std::size_t kListCapacity = 8;  // up to here members are searched one by one

  [[nodiscard]] std::size_t capacity() const { return std::size_t{1} << capacity_log2_; }
  [[nodiscard]] bool contains(std::uint64_t member) const;
  void insert(std::uint64_t member);
  void grow();
  void place(std::uint64_t member);
  void to_registers();
  void raise(std::uint64_t member);
  [[nodiscard]] std::uint64_t estimate() const;
  template <class Visit>
  void for_each(Visit&& visit) const;
  void take(Distinct& other) noexcept;
  void release();

  // kWords: a list of size_ members, or an open-addressing table with 0 for a free place.
  [[nodiscard]] std::uint64_t* words() const { return reinterpret_cast<std::uint64_t*>(address()); }
  // kRegisters: kRegisterCount of them.
  [[nodiscard]] std::uint8_t* registers() const { return reinterpret_cast<std::uint8_t*>(address()); }
  [[nodiscard]] std::uintptr_t address() const { return static_cast<std::uintptr_t>(word_); }
  template <class T>
  void own(T* block, Form form) {
    word_ = reinterpret_cast<std::uintptr_t>(block);
    form_ = form;
  }

  std::uint64_t word_ =
      0;  // kInline: the member, if size_ is 1; else the address of the block that this owns
  std::uint32_t size_ = 0;
  std::uint8_t capacity_log2_ = 0;
  Form form_ = Form::kInline;
};

static_assert(sizeof(Distinct) == 16);

}  // namespace mogura::population
