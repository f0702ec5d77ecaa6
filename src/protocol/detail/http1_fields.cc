#include "protocol/detail/http1_fields.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <type_traits>

#include "protocol/detail/http1_text.h"

namespace mogura::protocol::detail {

// kIgnored: nothing is done with the value. Fields whose value is secret, or not needed, are noted and then
// ignored.
enum class FieldReader::Field : std::uint8_t {
  kIgnored,
  kHost,
  kUserAgent,
  kVia,
  kXForwardedFor,
  kForwarded,
  kUpgrade,
  kServer,
  kContentType,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kProxyConnection,
  kCookie,
  kReferer,
  kAuthorization,
  kProxyAuthorization,
};

namespace {

// The bit a field sets in Http1Head::fields, by FieldReader::Field; 0 for those that have none.
constexpr std::uint32_t kFieldBits[] = {
    0,
    Http1Head::kHost,
    Http1Head::kUserAgent,
    Http1Head::kVia,
    Http1Head::kXForwardedFor,
    Http1Head::kForwarded,
    Http1Head::kUpgrade,
    Http1Head::kServer,
    Http1Head::kContentType,
    Http1Head::kContentLength,
    Http1Head::kTransferEncoding,
    Http1Head::kConnection,
    0,
    Http1Head::kCookie,
    Http1Head::kReferer,
    Http1Head::kAuthorization,
    Http1Head::kProxyAuthorization,
};

template <class Word>
bool differs(const char* name, const char* lowered) {
  Word a, b;
  std::memcpy(&a, name, sizeof a);
  std::memcpy(&b, lowered, sizeof b);
  return (a | static_cast<Word>(0x2020202020202020u)) != b;
}

// Compares by words that overlap. Bit 5 makes letters small and leaves "-" alone; the one character it would
// confuse with "-" is CR, which no name holds. `name` has the length of `lowered`.
template <std::size_t kArray>
bool is_name(std::string_view name, const char (&lowered)[kArray]) {
  constexpr std::size_t kSize = kArray - 1;
  using Word = std::conditional_t<(kSize >= 8), std::uint64_t,
                                  std::conditional_t<(kSize >= 4), std::uint32_t, std::uint16_t>>;
  for (std::size_t at = 0; at + sizeof(Word) <= kSize; at += sizeof(Word)) {
    if (differs<Word>(name.data() + at, lowered + at)) return false;
  }
  return !differs<Word>(name.data() + kSize - sizeof(Word), lowered + kSize - sizeof(Word));
}

// Digits only, and within 64 bits.
bool parse_length(std::string_view text, std::uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end;
}

}  // namespace

void PiecedText::clear() {
  view_ = {};
  owned_.clear();
  is_owned_ = false;
}

void PiecedText::add(std::string_view piece) {
  if (piece.empty()) return;
  if (!is_owned_ && view_.empty()) {
    view_ = piece.substr(0, limit_);
    return;
  }
  own();
  owned_.append(piece.substr(0, limit_ - owned_.size()));
}

void PiecedText::own() {
  if (is_owned_) return;
  owned_.assign(view_);
  is_owned_ = true;
}

const llhttp_t& FieldReader::prepared_parser() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_header_field = on_name;
    s.on_header_value = on_value;
    s.on_header_value_complete = on_value_end;
    s.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
    return s;
  }();
  static const llhttp_t prepared = [] {
    llhttp_t p;
    llhttp_init(&p, HTTP_REQUEST, &settings);
    p.lenient_flags =
        LENIENT_HEADERS | LENIENT_CHUNKED_LENGTH | LENIENT_KEEP_ALIVE | LENIENT_TRANSFER_ENCODING;
    constexpr std::string_view kLine = "GET / HTTP/1.1\r\n";
    llhttp_execute(&p, kLine.data(), kLine.size());
    return p;
  }();
  return prepared;
}

void FieldReader::restart_llhttp() {
  parser_ = prepared_parser();
  parser_.data = this;
}

void FieldReader::start(Http1Head* head) {
  head_ = head;
  framing_ = {};
  in_name_ = in_value_ = in_bad_line_ = false;
  bad_lines_ = 0;
  restart_llhttp();
}

FieldReader::Result FieldReader::read(ByteView& rest) {
  while (!rest.empty()) {
    if (in_bad_line_) {
      read_bad_line(rest);
      continue;
    }
    const std::string_view text = as_text(rest);
    const llhttp_errno_t error = llhttp_execute(&parser_, text.data(), text.size());
    const std::size_t used = error == HPE_OK
                                 ? text.size()
                                 : static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - text.data());
    rest = rest.subspan(used);
    if (error == HPE_PAUSED) return Result::kDone;
    if (error != HPE_OK && !recover(error)) return Result::kMalformed;
  }
  if (in_name_) name_.own();
  if (in_value_) value_.own();
  return Result::kMore;
}

// After a refusal the rest of the line is read by hand, or dropped if it had no name. Two refusals come
// behind a line's end: of an empty length, and of a bare CR. What follows must then be looked at by its own
// name: it may be a secret.
bool FieldReader::recover(llhttp_errno_t error) {
  if (++bad_lines_ > kMaxBadLines) return false;
  const bool was_empty_length = in_name_ && error == HPE_INVALID_CONTENT_LENGTH;
  if (was_empty_length) begin_value();
  in_name_ = false;
  in_bad_line_ = !was_empty_length && error != HPE_LF_EXPECTED;
  if (in_value_ && !in_bad_line_) end_field();
  restart_llhttp();
  return true;
}

void FieldReader::read_bad_line(ByteView& rest) {
  const std::string_view text = as_text(rest);
  const std::size_t end = text.find('\n');
  if (in_value_ && field_ != Field::kIgnored) value_.add(text.substr(0, end));
  if (end == std::string_view::npos) {
    rest = {};
    return;
  }
  rest = rest.subspan(end + 1);
  in_bad_line_ = false;
  if (in_value_) end_field();
}

int FieldReader::on_name(llhttp_t* parser, const char* at, std::size_t size) {
  auto& reader = *static_cast<FieldReader*>(parser->data);
  if (reader.head_ == nullptr) return 0;
  if (!reader.in_name_) {
    reader.in_name_ = true;
    reader.name_.clear();
    // What llhttp remembers of the fields before would make it refuse repeated ones.
    parser->flags = 0;
  }
  reader.name_.add({at, size});
  return 0;
}

int FieldReader::on_value(llhttp_t* parser, const char* at, std::size_t size) {
  auto& reader = *static_cast<FieldReader*>(parser->data);
  if (reader.head_ == nullptr) return 0;
  if (reader.in_name_) reader.begin_value();
  if (reader.field_ != Field::kIgnored) reader.value_.add({at, size});
  return 0;
}

// Comes only when the next line turned out to be no continuation. Until then the value is open; after it,
// nothing of a later line may be added.
int FieldReader::on_value_end(llhttp_t* parser) {
  auto& reader = *static_cast<FieldReader*>(parser->data);
  if (reader.in_value_) reader.end_field();
  return 0;
}

FieldReader::Field FieldReader::identify(std::string_view name) {
  const auto is = [&](const auto& lowered, Field field) {
    return is_name(name, lowered) ? field : Field::kIgnored;
  };
  const auto begins_with = [&](char letter) { return lower(name.front()) == letter; };
  switch (name.size()) {
    case 3:
      return is("via", Field::kVia);
    case 4:
      return is("host", Field::kHost);
    case 6:
      return begins_with('c') ? is("cookie", Field::kCookie) : is("server", Field::kServer);
    case 7:
      return begins_with('u') ? is("upgrade", Field::kUpgrade) : is("referer", Field::kReferer);
    case 9:
      return is("forwarded", Field::kForwarded);
    case 10:
      if (begins_with('u')) return is("user-agent", Field::kUserAgent);
      return begins_with('c') ? is("connection", Field::kConnection) : is("set-cookie", Field::kCookie);
    case 12:
      return is("content-type", Field::kContentType);
    case 13:
      return is("authorization", Field::kAuthorization);
    case 14:
      return is("content-length", Field::kContentLength);
    case 15:
      return is("x-forwarded-for", Field::kXForwardedFor);
    case 16:
      return is("proxy-connection", Field::kProxyConnection);
    case 17:
      return is("transfer-encoding", Field::kTransferEncoding);
    case 19:
      return is("proxy-authorization", Field::kProxyAuthorization);
    default:
      return Field::kIgnored;
  }
}

void FieldReader::begin_value() {
  in_name_ = false;
  in_value_ = true;
  value_.clear();
  ++head_->field_count;
  field_ = identify(trim_right(name_.text()));
  if (field_ == Field::kIgnored) return;
  const std::uint32_t bit = kFieldBits[static_cast<std::size_t>(field_)];
  const bool is_repeated = (head_->fields & bit) != 0;
  head_->fields |= bit;
  open_bit_ = is_repeated ? 0 : bit;
  if (field_ >= Field::kCookie || (is_repeated && field_ <= Field::kUserAgent)) field_ = Field::kIgnored;
}

void FieldReader::break_off() {
  if (in_value_ && field_ != Field::kIgnored) head_->fields &= ~open_bit_;
  in_name_ = in_value_ = in_bad_line_ = false;
}

void FieldReader::end_field() {
  in_value_ = false;
  if (field_ != Field::kIgnored) apply(trim(value_.text()));
}

void FieldReader::apply(std::string_view value) {
  switch (field_) {
    case Field::kHost:
      return keep(head_->host, value);
    case Field::kUserAgent:
      return keep(head_->user_agent, value);
    case Field::kVia:
      return keep(head_->via, value);
    case Field::kXForwardedFor:
      return keep(head_->x_forwarded_for, value);
    case Field::kForwarded:
      return keep(head_->forwarded, value);
    case Field::kUpgrade:
      return keep(head_->upgrade, value);
    case Field::kServer:
      return keep(head_->server, value);
    case Field::kContentType:
      return keep(head_->content_type, value);
    case Field::kContentLength:
      return apply_length(value);
    case Field::kTransferEncoding:
      return apply_coding(value);
    case Field::kConnection:
    case Field::kProxyConnection:
      return apply_connection(value);
    case Field::kIgnored:
    case Field::kCookie:
    case Field::kReferer:
    case Field::kAuthorization:
    case Field::kProxyAuthorization:
      return;
  }
}

// Joined with what an earlier field of the name said (RFC 9110 §5.3), within the limit.
void FieldReader::keep(std::string& kept, std::string_view value) const {
  if (kept.empty()) {
    kept.assign(value);
    return;
  }
  kept.append(", ").append(value);
  if (kept.size() > text_bytes_) kept.resize(text_bytes_);
}

// "5, 5" and repeated fields that agree count as one number (RFC 9112 §6.3).
void FieldReader::apply_length(std::string_view value) {
  for_each_element(value, [this](std::string_view element) {
    std::uint64_t length = 0;
    const bool agrees = parse_length(element, length) &&
                        (framing_.length == Framing::Length::kNone ||
                         (framing_.length == Framing::Length::kValid && length == head_->content_length));
    framing_.length = agrees ? Framing::Length::kValid : Framing::Length::kInvalid;
    head_->content_length = agrees ? length : 0;
  });
}

void FieldReader::apply_coding(std::string_view value) {
  for_each_element(value, [this](std::string_view element) {
    const std::string_view coding = trim_right(element.substr(0, element.find(';')));
    head_->chunked = equals_ignoring_case(coding, "chunked");
    if (!head_->chunked && !equals_ignoring_case(coding, "identity")) framing_.other_coding = true;
  });
}

void FieldReader::apply_connection(std::string_view value) {
  for_each_element(value, [this](std::string_view option) {
    if (equals_ignoring_case(option, "close")) head_->connection_close = true;
    if (equals_ignoring_case(option, "keep-alive")) framing_.keep_alive = true;
    if (equals_ignoring_case(option, "upgrade") && field_ == Field::kConnection)
      head_->connection_upgrade = true;
  });
}

}  // namespace mogura::protocol::detail
