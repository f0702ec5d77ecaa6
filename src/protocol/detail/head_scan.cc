#include "protocol/detail/head_scan.h"

#include <algorithm>

#include "protocol/detail/head_bytes.h"
#include "protocol/detail/head_facts.h"
#include "protocol/detail/http1_methods.h"
#include "protocol/detail/http1_text.h"
#include "protocol/detail/request_target.h"

namespace mogura::protocol::detail {
namespace {

constexpr unsigned kEmptyLines = 2;  // in front of a request (RFC 9112 §2.2)
constexpr std::string_view kVersion = "HTTP/1.1";

// Who takes these for HEAD or CONNECT finds another end of the answer than we do.
bool is_misspelt(std::string_view method) {
  return (method != "HEAD" && equals_ignoring_case(method, "head")) ||
         (method != "CONNECT" && equals_ignoring_case(method, "connect"));
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

void HeadScan::run() {
  while (step()) {
  }
}

bool HeadScan::step() {
  switch (progress_.place) {
    case Place::kEmptyLines:
      return skip_empty_lines();
    case Place::kMethod:
      return read_method();
    case Place::kTarget:
      return read_target();
    case Place::kVersion:
      return read_version();
    case Place::kStatus:
      return read_status();
    case Place::kName:
      return read_name();
    case Place::kValue:
      return read_value();
    case Place::kEnd:
      return read_end();
    case Place::kDone:
    case Place::kRefused:
      return false;
  }
  return false;
}

bool HeadScan::refuse(HeadRefusal refusal) {
  progress_.place = Place::kRefused;
  progress_.refusal = refusal;
  return false;
}

bool HeadScan::refuse_byte(HeadRefusal otherwise) {
  const char c = bytes_[progress_.at];
  if (c == '\r') {
    if (progress_.at + 1 == bytes_.size()) return false;
    return refuse(bytes_[progress_.at + 1] == '\n' ? otherwise : HeadRefusal::kBareCr);
  }
  if (c == '\n') return refuse(HeadRefusal::kBareLf);
  if (c == '\0') return refuse(HeadRefusal::kNul);
  return refuse(is_control(c) ? HeadRefusal::kControlByte : otherwise);
}

bool HeadScan::skip_empty_lines() {
  while (!is_at_end() && bytes_[progress_.at] == '\r') {
    if (progress_.at + 1 == bytes_.size()) return false;
    if (bytes_[progress_.at + 1] != '\n') return refuse(HeadRefusal::kBareCr);
    if (!is_request_ || ++progress_.empty_lines > kEmptyLines) return refuse(HeadRefusal::kStartLine);
    progress_.at += 2;
  }
  if (is_at_end()) return false;
  progress_.begin = progress_.at;
  progress_.place = is_request_ ? Place::kMethod : Place::kVersion;
  return true;
}

bool HeadScan::read_method() {
  const std::size_t limit = std::min(bytes_.size(), progress_.begin + kMaxMethodBytes + 1);
  while (progress_.at < limit && is_token_character(bytes_[progress_.at])) ++progress_.at;
  if (progress_.at - progress_.begin > kMaxMethodBytes) return refuse(HeadRefusal::kMethod);
  if (is_at_end()) return false;
  const char c = bytes_[progress_.at];
  const bool is_empty = progress_.at == progress_.begin;
  if (c != ' ') return refuse_byte(c == '\r' ? HeadRefusal::kStartLine : HeadRefusal::kMethod);
  if (is_empty) return refuse(HeadRefusal::kStartLine);
  if (is_misspelt(from(progress_.begin, progress_.at))) return refuse(HeadRefusal::kMethod);
  progress_.method_end = progress_.at++;
  progress_.target = progress_.at;
  progress_.place = Place::kTarget;
  return true;
}

bool HeadScan::read_target() {
  const std::size_t limit = std::min(bytes_.size(), progress_.target + limits_.target_bytes + 1);
  progress_.at = static_cast<std::uint32_t>(find_target_end(bytes_.substr(0, limit), progress_.at));
  if (progress_.at - progress_.target > limits_.target_bytes) return refuse(HeadRefusal::kTargetTooLong);
  if (is_at_end()) return false;
  const char c = bytes_[progress_.at];
  if (c != ' ') return refuse_byte(c == '\r' ? HeadRefusal::kStartLine : HeadRefusal::kTarget);
  if (progress_.at == progress_.target) return refuse(HeadRefusal::kStartLine);
  progress_.target_end = progress_.at++;
  const auto marks =
      split_target(from(progress_.begin, progress_.method_end), from(progress_.target, progress_.target_end));
  if (!marks) return refuse(HeadRefusal::kTarget);
  progress_.target_marks = *marks;
  progress_.place = Place::kVersion;
  return true;
}

// What stands where the version should: another version of HTTP, or something else altogether.
HeadRefusal HeadScan::misplaced_in_version(std::size_t index, char c) const {
  if (index >= 5) return is_blank(c) || c == '\r' ? HeadRefusal::kStartLine : HeadRefusal::kVersion;
  return lower(c) == lower(kVersion[index]) ? HeadRefusal::kVersion : HeadRefusal::kStartLine;
}

// Takes the eight bytes of a version. False: refused, or `is_whole` says that it is not all there.
bool HeadScan::take_version(bool& is_whole) {
  const std::uint32_t begin = is_request_ ? progress_.target_end + 1 : progress_.begin;
  const std::string_view there = bytes_.substr(begin, kVersion.size());
  is_whole = there.size() == kVersion.size();
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (there[i] == kVersion[i] || (i == 7 && there[i] == '0')) continue;
    progress_.at = begin + static_cast<std::uint32_t>(i);
    return refuse_byte(misplaced_in_version(i, there[i]));
  }
  if (!is_whole) return false;
  progress_.minor = there[7] == '0' ? 0 : 1;
  progress_.at = begin + static_cast<std::uint32_t>(kVersion.size());
  return true;
}

bool HeadScan::read_version() {
  bool is_whole = false;
  if (!take_version(is_whole) || is_at_end()) return false;
  const char c = bytes_[progress_.at];
  if (!is_request_ && c == ' ') {
    progress_.line = ++progress_.at;
    progress_.place = Place::kStatus;
    return true;
  }
  if (!is_request_) return refuse_byte(is_digit(c) ? HeadRefusal::kVersion : HeadRefusal::kStartLine);
  return c == '\r' ? begin_fields()
                   : refuse_byte(is_digit(c) || c == '.' ? HeadRefusal::kVersion : HeadRefusal::kStartLine);
}

// "200 OK", "200 " or "200", until the end of the line; `line` is where the code begins.
bool HeadScan::read_status() {
  constexpr std::uint32_t kDigits = 3;
  while (progress_.at < progress_.line + kDigits) {
    if (is_at_end()) return false;
    const char c = bytes_[progress_.at];
    if (!is_digit(c)) return refuse_byte(HeadRefusal::kStatus);
    progress_.status = progress_.status * 10 + static_cast<unsigned>(c - '0');
    ++progress_.at;
  }
  if (progress_.status < 100) return refuse(HeadRefusal::kStatus);
  if (is_at_end()) return false;
  const char behind = bytes_[progress_.line + kDigits];
  if (behind != ' ' && behind != '\r') return refuse_byte(HeadRefusal::kStatus);
  progress_.at = static_cast<std::uint32_t>(find_value_end(bytes_, progress_.at));
  if (is_at_end()) return false;
  return bytes_[progress_.at] == '\r' ? begin_fields() : refuse_byte(HeadRefusal::kControlByte);
}

// At the CR of the start line.
bool HeadScan::begin_fields() {
  if (progress_.at + 1 == bytes_.size()) return false;
  if (bytes_[progress_.at + 1] != '\n') return refuse(HeadRefusal::kBareCr);
  progress_.at += 2;
  progress_.fields = progress_.line = progress_.at;
  progress_.place = Place::kName;
  return true;
}

bool HeadScan::read_name() {
  std::size_t at = progress_.at;
  while (at < bytes_.size() && is_token_character(bytes_[at])) ++at;
  progress_.at = static_cast<std::uint32_t>(at);
  if (is_at_end()) return false;
  const char c = bytes_[at];
  const bool is_line_start = progress_.at == progress_.line;
  if (c == ':' && !is_line_start) {
    progress_.name_end = progress_.at++;
    progress_.place = Place::kValue;
    return true;
  }
  if (c == '\r' && is_line_start) {
    progress_.place = Place::kEnd;
    return true;
  }
  if (is_blank(c)) return refuse(is_line_start ? HeadRefusal::kFoldedLine : HeadRefusal::kSpaceBeforeColon);
  return refuse_byte(HeadRefusal::kFieldName);
}

bool HeadScan::read_value() {
  progress_.at = static_cast<std::uint32_t>(find_value_end(bytes_, progress_.at));
  if (is_at_end()) return false;
  if (bytes_[progress_.at] != '\r') return refuse_byte(HeadRefusal::kControlByte);
  if (progress_.at + 1 == bytes_.size()) return false;
  if (bytes_[progress_.at + 1] != '\n') return refuse(HeadRefusal::kBareCr);
  return end_field();
}

bool HeadScan::end_field() {
  if (progress_.marks.size() >= limits_.fields) return refuse(HeadRefusal::kTooManyFields);
  std::uint32_t begin = progress_.name_end + 1, end = progress_.at;
  while (begin < end && is_blank(bytes_[begin])) ++begin;
  while (end > begin && is_blank(bytes_[end - 1])) --end;
  progress_.at += 2;
  const FieldId id = field_id(from(progress_.line, progress_.name_end));
  progress_.marks.push_back({id, progress_.line, progress_.name_end, begin, end, progress_.at});
  const HeadRefusal refusal = note_field(bytes_, is_request_, progress_);
  if (refusal != HeadRefusal::kNone) return refuse(refusal);
  progress_.line = progress_.at;
  progress_.place = Place::kName;
  return true;
}

// At the CR of the empty line.
bool HeadScan::read_end() {
  if (progress_.at + 1 >= bytes_.size()) return false;
  if (bytes_[progress_.at + 1] != '\n') return refuse(HeadRefusal::kBareCr);
  progress_.at += 2;
  progress_.place = Place::kDone;
  return false;
}

}  // namespace mogura::protocol::detail
