#include "protocol/detail/http1_start_line.h"

#include <algorithm>
#include <cstring>

#include "protocol/detail/http1_text.h"

namespace mogura::protocol::detail {
namespace {

constexpr std::string_view kIcy = "ICY ";  // SHOUTcast servers

// Reads "HTTP/1.1" off `text`, in any case.
bool take_version(std::string_view& text, char max_major, Http1Head& head) {
  if (text.size() < 8 || !starts_with_ignoring_case(text, "http/")) return false;
  const char major = text[5];
  const char minor = text[7];
  if (!is_digit(major) || major > max_major || text[6] != '.' || !is_digit(minor)) return false;
  head.major = static_cast<std::uint8_t>(major - '0');
  head.minor = static_cast<std::uint8_t>(minor - '0');
  text.remove_prefix(8);
  return true;
}

// The last word of the line must be the version and begin behind the target.
bool read_trailing_version(const StartLine& line, std::size_t target_end, Http1Head& head) {
  std::string_view back = trim_right(line.back);
  std::size_t begin = back.size();
  while (begin > 0 && !is_space(back[begin - 1])) --begin;
  if (begin == 0 || line.size - line.back.size() + begin <= target_end) return false;
  std::string_view word = back.substr(begin);
  return take_version(word, is_known_method(head.method) ? '9' : '1', head) && word.empty();
}

bool is_simple_request(const StartLine& line, std::string_view target, std::string_view behind_target,
                       const Http1Head& head) {
  if (line.size > line.front.size() || !trim_left(behind_target).empty()) return false;
  return head.method == "GET" && (target.front() == '/' || target.find("://") != std::string_view::npos);
}

// Whether a target that begins like this names where it leads, whatever follows: a path leads to the server.
bool shows_authority(std::string_view method, std::string_view begin) {
  if (equals_ignoring_case(method, "connect")) return false;
  if (begin.front() == '/') return true;
  const std::size_t scheme = begin.find("://");
  return scheme != std::string_view::npos && begin.find_first_of("/?#", scheme + 3) != std::string_view::npos;
}

}  // namespace

void StartLineReader::start() {
  front_.clear();
  back_.clear();
  size_ = 0;
  line_ = {};
}

bool StartLineReader::read(ByteView& rest) {
  if (rest.empty()) return false;
  const std::string_view text = as_text(rest);
  const std::size_t found = text.find('\n');
  const bool complete = found != std::string_view::npos;
  const std::string_view piece = text.substr(0, found);
  rest = rest.subspan(piece.size() + (complete ? 1 : 0));
  if (complete && size_ == 0) {
    line_ = {piece.substr(0, front_bytes_),
             piece.substr(piece.size() - std::min(piece.size(), kLineBackBytes)), piece.size()};
    return true;
  }
  append(piece);
  line_ = {front_, back_, size_};
  return complete;
}

void StartLineReader::append(std::string_view piece) {
  size_ += piece.size();
  front_.append(piece.substr(0, front_bytes_ - front_.size()));
  back_.append(piece.substr(piece.size() - std::min(piece.size(), kLineBackBytes)));
  if (back_.size() > kLineBackBytes) back_.erase(0, back_.size() - kLineBackBytes);
}

bool may_be_request_line(std::string_view front) {
  std::size_t size = 0;
  while (size < front.size() && is_token_character(front[size])) ++size;
  if (size > kMaxMethodBytes) return false;
  if (size == front.size()) return true;
  return size > 0 && is_space(front[size]);
}

bool may_be_status_line(std::string_view front) {
  constexpr std::string_view kProtocol = "http/";
  return equals_ignoring_case(front.substr(0, kProtocol.size()), kProtocol.substr(0, front.size())) ||
         front.substr(0, kIcy.size()) == kIcy.substr(0, front.size());
}

bool parse_request_line(const StartLine& line, std::size_t text_bytes, Http1Head& head) {
  if (line.front.empty() || !may_be_request_line(line.front)) return false;
  std::string_view text = line.front;
  head.method = take_word(text);
  text = trim_left(text);
  const std::string_view target = take_word(text);
  if (target.empty()) return false;
  head.target = target.substr(0, text_bytes);
  const auto target_end = static_cast<std::size_t>(text.data() - line.front.data());
  if (read_trailing_version(line, target_end, head)) return true;
  if (equals_ignoring_case(head.method, "connect")) {
    head.minor = 0;
    return true;
  }
  if (!is_simple_request(line, target, text, head)) return false;
  head.major = 0;
  head.minor = 9;
  return true;
}

bool parse_cut_request_line(const StartLine& line, std::size_t text_bytes, Http1Head& head) {
  if (looks_like_request(as_bytes(line.front)) != Likeness::kYes) return false;
  std::string_view text = line.front;
  const std::string_view method = take_word(text);
  text = trim_left(text);
  const std::string_view target = take_word(text);
  const bool is_cut = text.empty();
  head.method = method;
  if (!is_cut || shows_authority(method, target)) head.target = target.substr(0, text_bytes);
  head.is_target_cut = is_cut;
  return true;
}

bool parse_status_line(const StartLine& line, Http1Head& head) {
  std::string_view text = line.front;
  if (text.starts_with(kIcy)) {
    text.remove_prefix(kIcy.size() - 1);
    head.major = 1;
    head.minor = 0;
  } else if (!take_version(text, '1', head)) {
    return false;
  }
  if (text.empty() || !is_space(text.front())) return false;
  text = trim_left(text);
  const auto digit = [&](std::size_t i) { return i < text.size() && is_digit(text[i]); };
  if (!digit(0) || !digit(1) || !digit(2) || digit(3) || text[0] == '0') return false;
  head.status = static_cast<std::uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
  return true;
}

bool parse_cut_status_line(const StartLine& line, Http1Head& head) {
  if (line.front.empty()) return false;
  StartLine without_last = line;
  without_last.front.remove_suffix(1);
  return parse_status_line(without_last, head) && parse_status_line(line, head);
}

}  // namespace mogura::protocol::detail
