#pragma once

// The lines of an input, one after the other, decompressed. One thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "capture/input_bytes.h"

namespace mogura::logs::detail {

class LineReader {
 public:
  enum class Next : std::uint8_t { kLine, kTooLong, kEnd };

  // `on_read`, which may be empty, is called after each piece that was read.
  LineReader(capture::InputBytes input, std::function<void()> on_read);

  // kLine: `line` is the next one, without its end (LF or CRLF), valid until the next call; an input's last
  // line may have no end. kTooLong: one of more than kLineBytes was passed over. kEnd: no more, or error().
  Next next(std::string_view& line);

  // The beginning of the input: at least a line, or kBeginningBytes, or all. To be called before next().
  std::string_view beginning();

  [[nodiscard]] std::uint64_t line_number() const { return line_number_; }  // of the latest, from 1
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }              // handed out, decompressed
  [[nodiscard]] std::uint64_t position() const { return input_.position(); }
  [[nodiscard]] std::string_view compression() const { return input_.compression(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  // Reads more behind what is there. False at the end.
  bool fill();
  Next hand_out(std::size_t size, std::size_t end_size, std::string_view& line);
  Next pass_over();

  capture::InputBytes input_;
  std::function<void()> on_read_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;  // what has been read and not handed out
  std::size_t end_ = 0;
  std::size_t searched_ = 0;  // of it, what is known to have no line end
  std::uint64_t line_number_ = 0;
  std::uint64_t bytes_ = 0;
  bool has_ended_ = false;
  std::optional<Error> error_;
};

}  // namespace mogura::logs::detail
