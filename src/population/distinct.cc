#include "population/distinct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace mogura::population {
namespace {

// σ and τ of Ertl's algorithm 6: the share of registers still at zero, and of those that are full.
double sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double y = 1.0;
  double z = x;
  for (double before = -1.0; z != before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0;
  double z = 1.0 - x;
  for (double before = -1.0; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  }
  return z / 3.0;
}

// Zero marks a free place in the table.
std::uint64_t member_of(std::uint64_t hash) {
  return hash == 0 ? 1 : hash;
}

}  // namespace

Distinct& Distinct::operator=(Distinct&& other) noexcept {
  if (this != &other) {
    release();
    take(other);
  }
  return *this;
}

void Distinct::take(Distinct& other) noexcept {
  word_ = std::exchange(other.word_, 0);
  size_ = std::exchange(other.size_, 0);
  capacity_log2_ = std::exchange(other.capacity_log2_, std::uint8_t{0});
  form_ = std::exchange(other.form_, Form::kInline);
}

void Distinct::release() {
  if (form_ == Form::kWords) delete[] words();
  if (form_ == Form::kRegisters) delete[] registers();
}

template <class Visit>
void Distinct::for_each(Visit&& visit) const {
  if (form_ == Form::kInline) {
    if (size_ == 1) visit(word_);
    return;
  }
  const std::size_t places = capacity() <= kListCapacity ? size_ : capacity();
  for (std::size_t i = 0; i < places; ++i) {
    if (words()[i] != 0) visit(words()[i]);
  }
}

bool Distinct::contains(std::uint64_t member) const {
  if (form_ == Form::kInline) return size_ == 1 && word_ == member;
  if (capacity() <= kListCapacity) return std::find(words(), words() + size_, member) != words() + size_;
  const std::size_t mask = capacity() - 1;
  for (std::size_t i = member & mask; words()[i] != 0; i = (i + 1) & mask) {
    if (words()[i] == member) return true;
  }
  return false;
}

void Distinct::place(std::uint64_t member) {
  if (capacity() <= kListCapacity) {
    words()[size_++] = member;
    return;
  }
  const std::size_t mask = capacity() - 1;
  std::size_t i = member & mask;
  while (words()[i] != 0) i = (i + 1) & mask;
  words()[i] = member;
  ++size_;
}

void Distinct::grow() {
  Distinct larger;
  larger.capacity_log2_ = static_cast<std::uint8_t>(capacity_log2_ + 1);
  larger.own(new std::uint64_t[larger.capacity()](), Form::kWords);
  for_each([&larger](std::uint64_t member) { larger.place(member); });
  *this = std::move(larger);
}

void Distinct::insert(std::uint64_t member) {
  if (form_ == Form::kInline && size_ == 0) {
    word_ = member;
    size_ = 1;
    return;
  }
  const bool is_list = capacity() <= kListCapacity;
  if (is_list ? size_ == capacity() : size_ + size_ / 3 >= capacity()) grow();
  place(member);
}

bool Distinct::add(std::uint64_t hash, std::size_t exact_limit) {
  const std::uint64_t member = member_of(hash);
  if (form_ != Form::kRegisters) {
    if (contains(member)) return false;
    if (size_ < exact_limit) {
      insert(member);
      return true;
    }
    to_registers();
  }
  raise(member);
  return true;
}

void Distinct::merge(const Distinct& other, std::size_t exact_limit) {
  if (other.form_ != Form::kRegisters) {
    other.for_each([this, exact_limit](std::uint64_t member) { add(member, exact_limit); });
    return;
  }
  if (form_ != Form::kRegisters) to_registers();
  std::transform(registers(), registers() + kRegisterCount, other.registers(), registers(),
                 [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
}

void Distinct::to_registers() {
  Distinct registers;
  registers.own(new std::uint8_t[kRegisterCount](), Form::kRegisters);
  for_each([&registers](std::uint64_t member) { registers.raise(member); });
  *this = std::move(registers);
}

// The first bits name a register, which keeps the longest run of zeros met in front of the rest.
void Distinct::raise(std::uint64_t member) {
  const std::size_t index = member >> (64 - kPrecision);
  const std::uint64_t rest = member << kPrecision | (std::uint64_t{1} << (kPrecision - 1));
  const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
  std::uint8_t& longest = registers()[index];
  longest = std::max(longest, rank);
}

std::uint64_t Distinct::estimate() const {
  constexpr std::size_t kRanks = 64 - kPrecision;
  constexpr double kRegisters = kRegisterCount;
  std::array<std::uint32_t, kRanks + 2> histogram{};
  for (std::size_t i = 0; i < kRegisterCount; ++i) ++histogram[registers()[i]];
  double z = kRegisters * tau(1.0 - histogram[kRanks + 1] / kRegisters);
  for (std::size_t rank = kRanks; rank >= 1; --rank) z = 0.5 * (z + histogram[rank]);
  z += kRegisters * sigma(histogram[0] / kRegisters);
  return static_cast<std::uint64_t>(std::llround(kRegisters * kRegisters / (2.0 * std::log(2.0) * z)));
}

std::uint64_t Distinct::count() const {
  return form_ == Form::kRegisters ? estimate() : size_;
}

std::size_t Distinct::heap_bytes() const {
  if (form_ == Form::kWords) return capacity() * sizeof(std::uint64_t);
  return form_ == Form::kRegisters ? kRegisterCount : 0;
}

}  // namespace mogura::population
