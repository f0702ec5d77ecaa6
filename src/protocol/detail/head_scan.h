#pragma once

// Reads a strict head line by line, from where it stopped before. The first byte that cannot stand where it
// does decides what the refusal is, so that any cutting gives the same one. What the fields say together is
// noted as they come; see detail/head_facts.h. Any thread.

#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::protocol::detail {

class HeadScan {
 public:
  // `bytes`: at most HeadLimits::head_bytes.
  HeadScan(std::string_view bytes, const HeadLimits& limits, bool is_request, HeadProgress& progress)
      : bytes_(bytes), limits_(limits), is_request_(is_request), progress_(progress) {}

  // Until the head is over (kDone, `at` behind it), refused (kRefused), or more is needed.
  void run();

 private:
  using Place = HeadProgress::Place;
  // These answer whether to go on: at the new place.
  bool step();
  bool skip_empty_lines();
  bool read_method();
  bool read_target();
  bool read_version();
  bool read_status();
  bool read_name();
  bool read_value();
  bool read_end();

  bool begin_fields();
  bool end_field();
  bool take_version(bool& is_whole);
  HeadRefusal misplaced_in_version(std::size_t index, char c) const;
  bool refuse(HeadRefusal refusal);
  // The byte at `at` cannot stand there; `otherwise` is why, where the byte itself does not say it.
  bool refuse_byte(HeadRefusal otherwise);
  [[nodiscard]] bool is_at_end() const { return progress_.at == bytes_.size(); }
  [[nodiscard]] std::string_view from(std::uint32_t begin, std::uint32_t end) const {
    return bytes_.substr(begin, end - begin);
  }

  std::string_view bytes_;
  const HeadLimits& limits_;
  bool is_request_;
  HeadProgress& progress_;
};

}  // namespace mogura::protocol::detail
