#pragma once

// Finds the bytes of many conditions in a session's kept messages with one Hyperscan database in block mode.
// Conditions that differ only in direction or message share an expression. Immutable; each thread scans with
// a Scratch of its own.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pattern/pattern.h"
#include "session/session.h"

struct hs_database;
struct hs_scratch;

namespace mogura::pattern::detail {

// Which messages are worth a scan, by direction: bit n for the message of that number, the last bit for all
// from there on.
struct WantedMessages {
  std::array<std::uint64_t, 2> bits{};

  void add(const BytesCondition& condition);
  void add(const WantedMessages& other);
  [[nodiscard]] bool has(session::Direction direction, std::uint32_t number) const;
  [[nodiscard]] bool empty() const { return (bits[0] | bits[1]) == 0; }
};

class ByteScan {
 public:
  class Scratch {
   public:
    // In the scan before.
    [[nodiscard]] bool found(std::uint32_t condition) const { return stamps_[condition] == now_; }

   private:
    friend class ByteScan;
    struct Free {
      void operator()(hs_scratch* scratch) const;
    };
    std::unique_ptr<hs_scratch, Free> scratch_;
    std::vector<std::uint32_t> stamps_;  // by condition: the number of the scan that found it last
    std::uint32_t now_ = 0;
    // Where the scan is.
    const ByteScan* scan_ = nullptr;
    session::Direction direction_ = session::Direction::kUp;
    std::uint32_t message_ = 0;
  };

  // The conditions are copied; they are known by their place in the list. Errors: kUnsupported (the processor
  // cannot run Hyperscan), kFormat, kLimit (memory).
  static Result<ByteScan> make(const std::vector<const BytesCondition*>& conditions);

  // To be used with this object only.
  [[nodiscard]] Scratch scratch() const;
  void scan(const session::Session& session, const WantedMessages& wanted, Scratch& scratch) const;

 private:
  // A condition as seen from its expression.
  struct Place {
    std::uint32_t condition = 0;
    session::Direction direction = session::Direction::kUp;
    std::optional<std::uint32_t> message;
  };
  struct FreeDatabase {
    void operator()(hs_database* database) const;
  };

  static int on_match(unsigned expression, unsigned long long from, unsigned long long to, unsigned flags,
                      void* context);
  Result<void> compile(const std::vector<std::string>& expressions);
  void start(Scratch& scratch) const;

  std::unique_ptr<hs_database, FreeDatabase> database_;  // nullptr: no conditions
  std::unique_ptr<hs_scratch, Scratch::Free> prototype_;
  std::vector<std::vector<Place>> places_;  // by expression
  std::size_t conditions_ = 0;
};

}  // namespace mogura::pattern::detail
