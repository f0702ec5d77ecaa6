#include "logs/detail/line_reader.h"

#include <cstring>

#include "logs/log_source.h"

namespace mogura::logs::detail {
namespace {

// Room for the longest line and a piece behind it.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kBufferBytes = kLineBytes + 2 + kPieceBytes;

}  // namespace

LineReader::LineReader(capture::InputBytes input, std::function<void()> on_read)
    : input_(std::move(input)), on_read_(std::move(on_read)), buffer_(new char[kBufferBytes]) {}

bool LineReader::fill() {
  if (has_ended_) return false;
  if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t room = std::min(kPieceBytes, kBufferBytes - end_);
  const Result<std::size_t> count =
      input_.read({reinterpret_cast<std::uint8_t*>(buffer_.get()) + end_, room});
  has_ended_ = !count || *count == 0;
  if (!count) error_ = count.error();
  if (has_ended_) return false;
  end_ += *count;
  if (on_read_) on_read_();
  return true;
}

std::string_view LineReader::beginning() {
  std::string_view there;
  do {
    there = {buffer_.get() + begin_, end_ - begin_};
  } while (there.size() < kBeginningBytes && there.find('\n') == std::string_view::npos && fill());
  return {buffer_.get() + begin_, end_ - begin_};
}

LineReader::Next LineReader::next(std::string_view& line) {
  for (;;) {
    const char* const from = buffer_.get() + begin_;
    const std::size_t left = end_ - begin_;
    const void* const found = std::memchr(from + searched_, '\n', left - searched_);
    if (found != nullptr) {
      return hand_out(static_cast<std::size_t>(static_cast<const char*>(found) - from), 1, line);
    }
    searched_ = left;
    if (left > kLineBytes + 1) return pass_over();
    if (!fill()) return left == 0 ? Next::kEnd : hand_out(left, 0, line);
  }
}

LineReader::Next LineReader::hand_out(std::size_t size, std::size_t end_size, std::string_view& line) {
  line = {buffer_.get() + begin_, size};
  if (line.ends_with('\r')) line.remove_suffix(1);
  begin_ += size + end_size;
  searched_ = 0;
  bytes_ += size + end_size;
  ++line_number_;
  return line.size() > kLineBytes ? Next::kTooLong : Next::kLine;
}

LineReader::Next LineReader::pass_over() {
  ++line_number_;
  for (;;) {
    const char* const from = buffer_.get() + begin_;
    const void* const found = std::memchr(from, '\n', end_ - begin_);
    const std::size_t size = found != nullptr
                                 ? static_cast<std::size_t>(static_cast<const char*>(found) - from) + 1
                                 : end_ - begin_;
    begin_ += size;
    bytes_ += size;
    searched_ = 0;
    if (found != nullptr || !fill()) return Next::kTooLong;
  }
}

}  // namespace mogura::logs::detail
