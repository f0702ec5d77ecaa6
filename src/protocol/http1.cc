#include "protocol/http1.h"

#include <algorithm>
#include <optional>

#include "protocol/detail/http1_chunks.h"
#include "protocol/detail/http1_fields.h"
#include "protocol/detail/http1_start_line.h"

namespace mogura::protocol {

struct Http1Parser::Impl {
  enum class Phase : std::uint8_t {
    kBetween,  // nothing of the next message was seen, but perhaps empty lines
    kStartLine,
    kFields,
    kCountedBody,  // remaining > 0 bytes to go
    kBodyToClose,
    kChunks,
    kTrailers,
    kEnd,  // the message is over; kMessageEnd is due
    kLost,
  };
  using MaybeEvent = std::optional<Event>;

  Impl(Http1Role the_role, const Limits& limits)
      : role(the_role),
        head_limit(limits.http_head_bytes),
        text_bytes(limits.text_bytes),
        start_line(text_bytes),
        fields(text_bytes),
        chunks(head_limit) {}

  MaybeEvent advance(ByteView& rest);
  MaybeEvent begin(ByteView& rest);
  MaybeEvent read_start_line(ByteView& rest);
  MaybeEvent read_fields(ByteView& rest);
  MaybeEvent read_counted_body(ByteView& rest);
  MaybeEvent read_chunks(ByteView& rest);
  MaybeEvent read_trailers(ByteView& rest);
  Event end_head();
  bool break_off_head();
  Event end_message();
  Event lose(Event event, std::string_view reason, ByteView& rest);
  Event lose_head(Event event, std::string_view reason, ByteView& rest);
  void judge_persistence();
  [[nodiscard]] Phase body_phase() const;
  [[nodiscard]] bool has_no_body_by_status() const;
  template <class Read>
  auto read_within_limit(ByteView& rest, Read read);
  [[nodiscard]] bool may_become_start_line() const;
  bool parse_start_line();
  bool parse_cut_start_line();
  [[nodiscard]] bool begins_message(ByteView bytes) const;
  void add_body(std::uint64_t count, ByteView run) {
    body += count;
    piece.count += count;
    if (piece.first_run.empty()) piece.first_run = run;
  }

  Http1Role role;
  std::size_t head_limit;
  std::size_t text_bytes;
  Phase phase = Phase::kBetween;
  Http1Head head;
  std::size_t section_bytes = 0;  // of the head or trailer section being read
  std::uint64_t remaining = 0;
  std::uint64_t body = 0;
  BodyPiece piece;
  std::string_view error;
  detail::StartLineReader start_line;
  detail::FieldReader fields;
  detail::ChunkReader chunks;
};

// One step in the current phase; nothing where there is no event yet and bytes are left.
Http1Parser::Impl::MaybeEvent Http1Parser::Impl::advance(ByteView& rest) {
  switch (phase) {
    case Phase::kBetween:
      return begin(rest);
    case Phase::kStartLine:
      return read_start_line(rest);
    case Phase::kFields:
      return read_fields(rest);
    case Phase::kCountedBody:
      return read_counted_body(rest);
    case Phase::kBodyToClose:
      add_body(rest.size(), rest);
      rest = {};
      return Event::kNeedMore;
    case Phase::kChunks:
      return read_chunks(rest);
    case Phase::kTrailers:
      return read_trailers(rest);
    case Phase::kEnd:
      return end_message();
    case Phase::kLost:
      rest = {};
      return Event::kNeedMore;
  }
  return Event::kNeedMore;
}

// Empty lines before a message are nothing (RFC 9112 §2.2).
Http1Parser::Impl::MaybeEvent Http1Parser::Impl::begin(ByteView& rest) {
  while (!rest.empty() && (rest.front() == '\r' || rest.front() == '\n')) rest = rest.subspan(1);
  if (rest.empty()) return Event::kNeedMore;
  head.clear();
  section_bytes = 0;
  body = 0;
  start_line.start();
  phase = Phase::kStartLine;
  return {};
}

// Reads with at most what the limit leaves of the section, and counts what was read.
template <class Read>
auto Http1Parser::Impl::read_within_limit(ByteView& rest, Read read) {
  ByteView allowed = rest.first(std::min(rest.size(), head_limit - section_bytes));
  const std::size_t before = allowed.size();
  const auto result = read(allowed);
  section_bytes += before - allowed.size();
  rest = rest.subspan(before - allowed.size());
  return result;
}

Http1Parser::Impl::MaybeEvent Http1Parser::Impl::read_start_line(ByteView& rest) {
  const bool complete = read_within_limit(rest, [this](ByteView& bytes) { return start_line.read(bytes); });
  if (complete) {
    if (!parse_start_line()) return lose(Event::kMalformed, "not a start line of HTTP/1", rest);
    fields.start(&head);
    if (head.major == 0 && head.minor == 9 && role == Http1Role::kRequest) return end_head();
    phase = Phase::kFields;
  } else if (!may_become_start_line()) {
    return lose(Event::kMalformed, "not a start line of HTTP/1", rest);
  }
  if (section_bytes >= head_limit) return lose_head(Event::kLimit, "head longer than the limit", rest);
  if (rest.empty()) return Event::kNeedMore;
  return {};
}

bool Http1Parser::Impl::parse_start_line() {
  return role == Http1Role::kRequest ? parse_request_line(start_line.line(), text_bytes, head)
                                     : parse_status_line(start_line.line(), head);
}

bool Http1Parser::Impl::parse_cut_start_line() {
  return role == Http1Role::kRequest ? parse_cut_request_line(start_line.line(), text_bytes, head)
                                     : parse_cut_status_line(start_line.line(), head);
}

bool Http1Parser::Impl::may_become_start_line() const {
  return role == Http1Role::kRequest ? detail::may_be_request_line(start_line.line().front)
                                     : detail::may_be_status_line(start_line.line().front);
}

Http1Parser::Impl::MaybeEvent Http1Parser::Impl::read_fields(ByteView& rest) {
  using Result = detail::FieldReader::Result;
  const Result result = read_within_limit(rest, [this](ByteView& bytes) { return fields.read(bytes); });
  if (result == Result::kDone) return end_head();
  if (result == Result::kMalformed)
    return lose_head(Event::kMalformed, "too many lines that are not fields", rest);
  if (section_bytes >= head_limit) return lose_head(Event::kLimit, "head longer than the limit", rest);
  return Event::kNeedMore;
}

Http1Parser::Event Http1Parser::Impl::end_head() {
  head.head_bytes = static_cast<std::uint32_t>(section_bytes);
  judge_persistence();
  phase = body_phase();
  if (phase == Phase::kCountedBody) remaining = head.content_length;
  if (phase == Phase::kChunks) chunks.start();
  return Event::kHead;
}

// False where too little of a head was seen, or none was open. How the message goes on is not known then:
// neither judge_persistence() nor body_phase() is asked.
bool Http1Parser::Impl::break_off_head() {
  switch (phase) {
    case Phase::kStartLine:
      if (!parse_cut_start_line()) return false;
      break;
    case Phase::kFields:
      fields.break_off();
      break;
    default:
      return false;
  }
  head.is_partial = true;
  head.head_bytes = static_cast<std::uint32_t>(section_bytes);
  return true;
}

// HTTP/1.0 closes unless both agreed to keep the connection (RFC 9112 §9.3); proxies of that age used
// Proxy-Connection.
void Http1Parser::Impl::judge_persistence() {
  const bool persists_by_version = head.major == 1 && head.minor >= 1;
  if (!persists_by_version && !fields.framing().keep_alive) head.connection_close = true;
}

bool Http1Parser::Impl::has_no_body_by_status() const {
  return head.status < 200 || head.status == 204 || head.status == 304;
}

// RFC 9112 §6.3. Where the fields contradict each other, the end cannot be known: such a body lasts until
// close.
Http1Parser::Impl::Phase Http1Parser::Impl::body_phase() const {
  using Length = detail::Framing::Length;
  const bool is_response = role == Http1Role::kResponse;
  if (!is_response && head.major == 0 && head.minor == 9) return Phase::kEnd;
  if (is_response && has_no_body_by_status()) return Phase::kEnd;
  if (head.chunked) return Phase::kChunks;
  if (fields.framing().other_coding) return Phase::kBodyToClose;
  switch (fields.framing().length) {
    case Length::kValid:
      return head.content_length > 0 ? Phase::kCountedBody : Phase::kEnd;
    case Length::kInvalid:
      return Phase::kBodyToClose;
    case Length::kNone:
      break;
  }
  return is_response ? Phase::kBodyToClose : Phase::kEnd;
}

Http1Parser::Impl::MaybeEvent Http1Parser::Impl::read_counted_body(ByteView& rest) {
  const auto count = std::min<std::uint64_t>(remaining, rest.size());
  add_body(count, rest.first(static_cast<std::size_t>(count)));
  rest = rest.subspan(static_cast<std::size_t>(count));
  remaining -= count;
  return remaining == 0 ? end_message() : Event::kNeedMore;
}

Http1Parser::Impl::MaybeEvent Http1Parser::Impl::read_chunks(ByteView& rest) {
  using Result = detail::ChunkReader::Result;
  const Result result = chunks.read(rest);
  add_body(chunks.data_bytes() - body, chunks.first_run());
  switch (result) {
    case Result::kMore:
      return Event::kNeedMore;
    case Result::kMalformed:
      return lose(Event::kMalformed, "not a chunk", rest);
    case Result::kLimit:
      return lose(Event::kLimit, "chunk extensions longer than the limit", rest);
    case Result::kLastChunk:
      break;
  }
  fields.start(nullptr);
  section_bytes = 0;
  phase = Phase::kTrailers;
  return {};
}

Http1Parser::Impl::MaybeEvent Http1Parser::Impl::read_trailers(ByteView& rest) {
  using Result = detail::FieldReader::Result;
  const Result result = read_within_limit(rest, [this](ByteView& bytes) { return fields.read(bytes); });
  if (result == Result::kDone) return end_message();
  if (result == Result::kMalformed)
    return lose(Event::kMalformed, "too many lines that are not fields", rest);
  if (section_bytes >= head_limit) return lose(Event::kLimit, "trailers longer than the limit", rest);
  return Event::kNeedMore;
}

Http1Parser::Event Http1Parser::Impl::end_message() {
  phase = Phase::kBetween;
  return Event::kMessageEnd;
}

// What is left of the view is given up with it: a message is sought at the beginning of views only.
Http1Parser::Event Http1Parser::Impl::lose(Event event, std::string_view reason, ByteView& rest) {
  phase = Phase::kLost;
  error = reason;
  rest = {};
  return event;
}

// As lose(), but what is sure of the open head counts.
Http1Parser::Event Http1Parser::Impl::lose_head(Event event, std::string_view reason, ByteView& rest) {
  (void)break_off_head();
  return lose(event, reason, rest);
}

bool Http1Parser::Impl::begins_message(ByteView bytes) const {
  const Likeness likeness =
      role == Http1Role::kRequest ? looks_like_request(bytes) : looks_like_response(bytes);
  return likeness == Likeness::kYes;
}

Http1Parser::Http1Parser(Http1Role role, const Limits& limits)
    : impl_(std::make_unique<Impl>(role, limits)) {}
Http1Parser::~Http1Parser() = default;
Http1Parser::Http1Parser(Http1Parser&&) noexcept = default;
Http1Parser& Http1Parser::operator=(Http1Parser&&) noexcept = default;

Http1Parser::Step Http1Parser::feed(ByteView bytes) {
  impl_->piece = {};
  if (is_lost() && impl_->begins_message(bytes)) {
    impl_->phase = Impl::Phase::kBetween;
    impl_->error = {};
  }
  ByteView rest = bytes;
  for (;;) {
    if (const auto event = impl_->advance(rest)) return {*event, bytes.size() - rest.size()};
  }
}

Http1Parser::Skip Http1Parser::skip(std::uint64_t count) {
  Impl& impl = *impl_;
  impl.piece = {};
  if (count == 0) return is_lost() ? Skip::kLost : Skip::kKept;
  if (impl.phase == Impl::Phase::kBodyToClose) {
    impl.add_body(count, {});
    return Skip::kKept;
  }
  if (impl.phase == Impl::Phase::kCountedBody && count <= impl.remaining) {
    impl.add_body(count, {});
    impl.remaining -= count;
    if (impl.remaining == 0) impl.phase = Impl::Phase::kEnd;
    return Skip::kKept;
  }
  if (impl.phase == Impl::Phase::kChunks && impl.chunks.skip(count)) {
    impl.add_body(count, {});
    return Skip::kKept;
  }
  if (!is_lost()) impl.error = "bytes are missing";
  const bool has_head = impl.break_off_head();
  impl.phase = Impl::Phase::kLost;
  return has_head ? Skip::kPartialHead : Skip::kLost;
}

Http1Parser::Event Http1Parser::finish() {
  const Impl::Phase phase = impl_->phase;
  switch (phase) {
    case Impl::Phase::kLost:
      return Event::kNeedMore;
    case Impl::Phase::kBetween:
      return Event::kNeedMore;
    case Impl::Phase::kBodyToClose:
    case Impl::Phase::kEnd:
      return impl_->end_message();
    case Impl::Phase::kStartLine:
    case Impl::Phase::kFields:
    case Impl::Phase::kCountedBody:
    case Impl::Phase::kChunks:
    case Impl::Phase::kTrailers:
      break;
  }
  ByteView nothing;
  return impl_->lose_head(Event::kMalformed, "cut short", nothing);
}

bool Http1Parser::lasts_until_close() const {
  return impl_->phase == Impl::Phase::kBodyToClose;
}

void Http1Parser::expect_no_body() {
  switch (impl_->phase) {
    case Impl::Phase::kCountedBody:
    case Impl::Phase::kBodyToClose:
    case Impl::Phase::kChunks:
      impl_->phase = Impl::Phase::kEnd;
      return;
    default:
      return;  // none is expected anyway
  }
}

const Http1Head& Http1Parser::head() const {
  return impl_->head;
}
bool Http1Parser::is_lost() const {
  return impl_->phase == Impl::Phase::kLost;
}
std::string_view Http1Parser::error() const {
  return impl_->error;
}
std::uint64_t Http1Parser::body_bytes() const {
  return impl_->body;
}
const Http1Parser::BodyPiece& Http1Parser::body_piece() const {
  return impl_->piece;
}
bool Http1Parser::is_in_head() const {
  return impl_->phase == Impl::Phase::kStartLine || impl_->phase == Impl::Phase::kFields;
}
bool Http1Parser::is_in_body() const {
  return impl_->phase >= Impl::Phase::kCountedBody && impl_->phase <= Impl::Phase::kTrailers;
}

void Http1Parser::reset(Http1Role role) {
  impl_->role = role;
  impl_->phase = Impl::Phase::kBetween;
  impl_->head.clear();
  impl_->body = 0;
  impl_->piece = {};
  impl_->error = {};
}

}  // namespace mogura::protocol
