#include "protocol/detail/http1_chunks.h"

#include <algorithm>
#include <string_view>

namespace mogura::protocol::detail {
namespace {

// Spaces behind a size, as old servers pad it, or a bare LF.
bool is_padding(llhttp_errno_t error, char refused) {
  return error == HPE_INVALID_CHUNK_SIZE && (refused == ' ' || refused == '\t' || refused == '\n');
}

}  // namespace

// An llhttp that waits for the first size. Copies of it read one line each.
const llhttp_t& ChunkReader::prepared_parser() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_chunk_header = [](llhttp_t*) -> int { return HPE_PAUSED; };
    return s;
  }();
  static const llhttp_t prepared = [] {
    llhttp_t p;
    llhttp_init(&p, HTTP_RESPONSE, &settings);
    constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    llhttp_execute(&p, kHead.data(), kHead.size());
    return p;
  }();
  return prepared;
}

void ChunkReader::start() {
  data_bytes_ = 0;
  expect_size();
}

void ChunkReader::expect_size() {
  parser_ = prepared_parser();
  phase_ = Phase::kSize;
  line_bytes_ = 0;
}

ChunkReader::Result ChunkReader::read(ByteView& rest) {
  Result result = Result::kMore;
  first_run_ = {};
  while (!rest.empty() && result == Result::kMore) {
    switch (phase_) {
      case Phase::kSize:
        result = read_size(rest);
        break;
      case Phase::kRestOfLine:
        result = read_rest_of_line(rest);
        break;
      case Phase::kEnd:
        result = read_end(rest);
        break;
      case Phase::kData: {
        const auto count = std::min<std::uint64_t>(remaining_, rest.size());
        if (first_run_.empty()) first_run_ = rest.first(static_cast<std::size_t>(count));
        rest = rest.subspan(static_cast<std::size_t>(count));
        step(count);
        break;
      }
    }
  }
  return result;
}

// llhttp gets the size without extensions, which it takes in some forms only.
ChunkReader::Result ChunkReader::read_size(ByteView& rest) {
  std::string_view text = as_text(rest.first(std::min(rest.size(), line_limit_ - line_bytes_)));
  const std::size_t line_end = text.find('\n');
  if (line_end != std::string_view::npos) text = text.substr(0, line_end + 1);
  const std::size_t semicolon = text.find(';');
  const std::string_view size = text.substr(0, semicolon);
  const llhttp_errno_t error = llhttp_execute(&parser_, size.data(), size.size());
  const std::size_t used =
      error == HPE_OK ? size.size() : static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - size.data());
  line_bytes_ += used;
  rest = rest.subspan(used);
  if (error == HPE_PAUSED) return end_line();
  const bool is_followed = error == HPE_OK ? semicolon != std::string_view::npos
                                           : used < size.size() && is_padding(error, size[used]);
  if (is_followed && line_bytes_ > 0) {
    phase_ = Phase::kRestOfLine;
    return Result::kMore;
  }
  if (error != HPE_OK || is_followed) return Result::kMalformed;
  return line_bytes_ == line_limit_ ? Result::kLimit : Result::kMore;
}

ChunkReader::Result ChunkReader::read_rest_of_line(ByteView& rest) {
  const std::string_view text = as_text(rest.first(std::min(rest.size(), line_limit_ - line_bytes_)));
  const std::size_t end = text.find('\n');
  const std::size_t used = end == std::string_view::npos ? text.size() : end + 1;
  line_bytes_ += used;
  rest = rest.subspan(used);
  if (end != std::string_view::npos) return end_line();
  return line_bytes_ == line_limit_ ? Result::kLimit : Result::kMore;
}

ChunkReader::Result ChunkReader::end_line() {
  remaining_ = parser_.content_length;
  if (remaining_ > kMaxChunkBytes) return Result::kMalformed;
  if (remaining_ == 0) return Result::kLastChunk;
  phase_ = Phase::kData;
  return Result::kMore;
}

void ChunkReader::step(std::uint64_t count) {
  data_bytes_ += count;
  remaining_ -= count;
  if (remaining_ > 0) return;
  phase_ = Phase::kEnd;
  seen_cr_ = false;
}

ChunkReader::Result ChunkReader::read_end(ByteView& rest) {
  const std::uint8_t byte = rest.front();
  if (byte != '\n' && (byte != '\r' || seen_cr_)) return Result::kMalformed;
  rest = rest.subspan(1);
  seen_cr_ = true;
  if (byte == '\n') expect_size();
  return Result::kMore;
}

bool ChunkReader::skip(std::uint64_t count) {
  if (phase_ != Phase::kData || count > remaining_) return false;
  step(count);
  return true;
}

}  // namespace mogura::protocol::detail
