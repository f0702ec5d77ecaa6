#pragma once

// Bytes of an input one after the other: from a descriptor, or decompressed from another reader. One thread.
// Errors carry no place; whoever reads the capture knows it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "capture/detail/parser.h"

namespace mogura::capture::detail {

// Owns an open file; standard input is used without being owned.
class Descriptor {
 public:
  static Result<Descriptor> open(const std::string& path);
  static Descriptor standard_input();

  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)), owned_(other.owned_) {}
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }

 private:
  Descriptor(int number, bool owned) : number_(number), owned_(owned) {}

  int number_;
  bool owned_;
};

// The system's words for errno, as an error without a place.
Error system_error(int number);

class Reader {
 public:
  virtual ~Reader() = default;

  // Fills the front of `into`, which is not empty, with what there is, and waits only while there is nothing.
  // 0: the end. After an error nothing more is asked.
  virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;

  // Bytes of the input file read so far.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
};

class DescriptorReader final : public Reader {
 public:
  explicit DescriptorReader(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  // What the input begins with; those bytes are still read afterwards. Waits until that is known.
  Result<Content> recognise();

  Result<std::size_t> read(std::span<std::uint8_t> into) override;
  [[nodiscard]] std::uint64_t position() const override { return position_; }

 private:
  Descriptor descriptor_;
  std::uint64_t position_ = 0;
  std::vector<std::uint8_t> ahead_;  // looked at by recognise() and not yet read
};

}  // namespace mogura::capture::detail
