#include "session/detail/http_layer.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"

namespace mogura::session::detail {
namespace {

using protocol::Http1Head;
using protocol::Http1Parser;
using protocol::Likeness;

constexpr std::size_t kKeyBytes = 512;
constexpr std::size_t kKeyBytesNeeded = 64;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// Whether field lines may hold these bytes (RFC 9110 §5.5).
bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || c == '\r' || c == '\n' || (static_cast<std::uint8_t>(c) >= ' ' && c != '\x7f');
  });
}

// Where the head ends that is open at `begin`.
std::size_t end_of_head(ByteView bytes, std::size_t begin) {
  const std::size_t end = as_text(bytes).find(kHeadEnd, begin);
  return end == std::string_view::npos ? bytes.size() : end + kHeadEnd.size();
}

bool unknown(std::uint64_t acknowledged) {
  return acknowledged == UINT64_MAX;
}

}  // namespace

HttpLayer::HttpLayer(Shared& shared, Finished& record, const Place& place)
    : shared_(shared),
      record_(record),
      depth_(place.depth),
      parsers_(shared.take_parsers()),
      missed_user_agent_(place.missed_user_agent) {
  if (place.depth == 0 && !place.is_inside_upgrade) shape_.emplace(record.session.http, parsers_->targets);
}

HttpLayer::~HttpLayer() {
  shared_.give_back(std::move(parsers_));
}

HttpLayer::Step HttpLayer::feed_up(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery) {
  if (depth_ <= 1 && !saw_up_) key_first_bytes(bytes);
  up_saw_ = delivery.acknowledged;
  now_ = delivery.time;
  piece_ = {};
  std::size_t consumed = is_in_partial_head() ? read_rest_of_partial_head(bytes, delivery) : 0;
  while (true) {
    if (waiting_) return {Event::kBlocked, consumed};
    const bool lost_before = parsers_->request.is_lost();
    const std::size_t begin = consumed;
    const Http1Parser::Step step = parsers_->request.feed(bytes.subspan(begin));
    consumed += step.consumed;
    note_body(Direction::kUp, parsers_->request);
    switch (step.event) {
      case Http1Parser::Event::kNeedMore:
        if (step.consumed != 0) in_request_head_ = !in_request_body_ && !parsers_->request.is_lost();
        return {Event::kNone, bytes.size()};
      case Http1Parser::Event::kHead:
        in_request_head_ = false;
        in_request_body_ = true;
        on_request(parsers_->request.head(), offset + consumed);
        break;
      case Http1Parser::Event::kMessageEnd:
        in_request_body_ = false;
        if (shape_) shape_->end_body(Direction::kUp, now_);
        // An Upgrade's body, if any, is still HTTP; what follows it waits.
        waiting_ = !pending_.empty() && answered_ < pending_.size() && pending_.back().ask == Ask::kUpgrade;
        break;
      case Http1Parser::Event::kMalformed:
      case Http1Parser::Event::kLimit:
        return lose_up(step.event, bytes, begin, offset, !lost_before);
    }
  }
}

HttpLayer::Step HttpLayer::feed_down(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery,
                                     std::uint64_t up_seen, bool force) {
  std::size_t consumed = 0;
  now_ = delivery.time;
  piece_ = {};
  while (consumed < bytes.size()) {
    const std::size_t begin = consumed;
    const ByteView rest = bytes.subspan(begin);
    const bool request_may_come =
        unknown(delivery.acknowledged) || delivery.acknowledged > up_seen || in_request_head_;
    if (begin == 0 && in_response_ && must_wait_in_body(rest, request_may_come && !force))
      return {Event::kBlocked, 0};
    if (!in_response_) {
      const bool begins_message = protocol::looks_like_response(rest) == Likeness::kYes;
      // Somewhere inside an answer whose end nobody knows.
      if (parsers_->response.is_lost() && !begins_message && !lost_answer_)
        return {Event::kNone, bytes.size()};
      if (answered_ >= pending_.size() && request_may_come && !force) return {Event::kBlocked, consumed};
      if (lost_answer_ && !begins_message) {
        lost_answer_ = false;
        return {give_up_waiting(), consumed};
      }
      if (!lost_answer_) answer_offset_ = offset + consumed;
      answer_delivery_ = delivery;
      in_response_ = true;
    }
    const bool lost_before = parsers_->response.is_lost();
    const Http1Parser::Step step = parsers_->response.feed(rest);
    consumed += step.consumed;
    note_body(Direction::kDown, parsers_->response);
    switch (step.event) {
      case Http1Parser::Event::kNeedMore:
        return {Event::kNone, bytes.size()};
      case Http1Parser::Event::kHead: {
        const Event event = on_response(parsers_->response.head());
        if (event != Event::kNone) return {event, consumed};
        break;
      }
      case Http1Parser::Event::kMessageEnd:
        in_response_ = false;
        if (shape_) shape_->end_body(Direction::kDown, now_);
        break;
      case Http1Parser::Event::kMalformed:
      case Http1Parser::Event::kLimit:
        return lose_down(step.event, bytes, begin, !lost_before);
    }
  }
  return {Event::kNone, bytes.size()};
}

// An answer of which nothing says where it ends lasts until close (RFC 9112 §6.3), but clients that are told
// to authenticate ask again on the same connection, and are answered. True if only the way up can tell.
bool HttpLayer::must_wait_in_body(ByteView bytes, bool request_may_come) {
  if (!parsers_->response.lasts_until_close()) return false;
  if (protocol::looks_like_response(bytes) != Likeness::kYes) return false;
  if (answered_ >= pending_.size()) return request_may_come;
  (void)parsers_->response.finish();
  if (shape_) shape_->lose_body(Direction::kDown);
  in_response_ = false;
  return false;
}

// The parser gave up the view; `begin`: of its last step. Behind a partial head there may be what waits.
HttpLayer::Step HttpLayer::lose_up(Http1Parser::Event event, ByteView bytes, std::size_t begin,
                                   std::uint64_t offset, bool is_counted) {
  note_loss(Direction::kUp);
  const Http1Head& head = parsers_->request.head();
  const std::size_t end = head.is_partial ? end_of_head(bytes, begin) : bytes.size();
  if (head.is_partial) on_request(head, offset + end);
  if (is_counted && count_failure(event) == Event::kNotHttp) return {Event::kNotHttp, 0};
  if (!waiting_ || end == bytes.size()) return {Event::kNone, bytes.size()};
  partial_head_saw_ = kNoOffset;
  return {Event::kBlocked, end};
}

HttpLayer::Step HttpLayer::lose_down(Http1Parser::Event event, ByteView bytes, std::size_t begin,
                                     bool is_counted) {
  note_loss(Direction::kDown);
  const Http1Head& head = parsers_->response.head();
  const Event answered = head.is_partial ? on_response(head) : Event::kNone;
  if (is_counted && count_failure(event) == Event::kNotHttp) return {Event::kNotHttp, 0};
  if (answered != Event::kNone) return {answered, end_of_head(bytes, begin)};
  // An answer that is none: whatever the server says after a CONNECT is the tunnel's.
  if (waiting_ && is_counted && !head.is_partial) return {give_up_waiting(), begin};
  return {Event::kNone, bytes.size()};
}

// HTTP inside a CONNECT leaves the proxy as plain HTTP, without Via: its first bytes tell the two halves as
// one.
void HttpLayer::key_first_bytes(ByteView bytes) {
  saw_up_ = true;
  record_.keys.early =
      bytes.size() < kKeyBytesNeeded ? 0 : hash_bytes(bytes.first(std::min(bytes.size(), kKeyBytes))) | 1;
}

HttpLayer::Event HttpLayer::count_failure(Http1Parser::Event event) {
  if (!any_head_) return Event::kNotHttp;
  ++(event == Http1Parser::Event::kLimit ? shared_.counters.http_limit : shared_.counters.http_malformed);
  return Event::kNone;
}

void HttpLayer::skip_up(std::uint64_t length, std::uint64_t offset) {
  piece_ = {};
  const Http1Parser::Skip skipped = parsers_->request.skip(length);
  if (skipped == Http1Parser::Skip::kKept) return note_skipped(Direction::kUp, parsers_->request);
  note_loss(Direction::kUp);
  if (skipped == Http1Parser::Skip::kPartialHead) on_request(parsers_->request.head(), offset);
}

HttpLayer::Event HttpLayer::skip_down(std::uint64_t length) {
  piece_ = {};
  const Http1Parser::Skip skipped = parsers_->response.skip(length);
  if (skipped == Http1Parser::Skip::kKept) {
    note_skipped(Direction::kDown, parsers_->response);
    return Event::kNone;
  }
  note_loss(Direction::kDown);
  if (skipped == Http1Parser::Skip::kPartialHead) return on_response(parsers_->response.head());
  if (answered_ < pending_.size() && pending_[answered_].ask == Ask::kConnect) lost_answer_ = true;
  return Event::kNone;
}

void HttpLayer::finish_up(std::uint64_t offset, std::optional<Timestamp> closed) {
  in_request_head_ = in_request_body_ = false;
  const Http1Parser::Event end = parsers_->request.finish();
  if (end == Http1Parser::Event::kMessageEnd && closed && shape_) shape_->end_body(Direction::kUp, *closed);
  const bool is_cut = end == Http1Parser::Event::kMalformed;
  if (is_cut && parsers_->request.head().is_partial) on_request(parsers_->request.head(), offset);
}

HttpLayer::Event HttpLayer::finish_down(std::optional<Timestamp> closed) {
  in_response_ = false;
  const Http1Parser::Event end = parsers_->response.finish();
  if (end == Http1Parser::Event::kMessageEnd && closed && shape_) shape_->end_body(Direction::kDown, *closed);
  const bool is_cut = end == Http1Parser::Event::kMalformed;
  return is_cut && parsers_->response.head().is_partial ? on_response(parsers_->response.head())
                                                        : Event::kNone;
}

// How much of `bytes` is the rest of the head that waits. A client that sends tunnel bytes at once, without
// waiting for the answer, is told from one whose head is long by bytes that no field holds.
std::size_t HttpLayer::read_rest_of_partial_head(ByteView bytes, const packet::Delivery& delivery) {
  const std::string_view text = as_text(bytes);
  const std::size_t end = text.find(kHeadEnd);
  const bool has_end = end != std::string_view::npos;
  const std::size_t size = has_end ? end + kHeadEnd.size() : text.size();
  const bool is_rest = delivery.acknowledged == partial_head_saw_ && is_field_text(text.substr(0, size)) &&
                       protocol::looks_like_request(bytes) != Likeness::kYes;
  if (!is_rest || has_end) partial_head_saw_ = kNoOffset;
  return is_rest ? size : 0;
}

HttpLayer::Event HttpLayer::give_up_waiting() {
  if (!waiting_) return Event::kNone;
  waiting_ = false;
  const bool is_connect = pending_.back().ask == Ask::kConnect;
  answered_ = pending_.size();
  return is_connect ? Event::kTunnel : Event::kUnblocked;
}

void HttpLayer::on_request(const Http1Head& head, std::uint64_t end_offset) {
  any_head_ = is_after_request_ = true;
  ++shared_.counters.http_messages;
  const bool is_connect = equals_ignoring_case(head.method, "connect");
  record_first(head);
  record_method(is_connect ? std::string_view("CONNECT") : std::string_view(head.method));
  record_target(head, is_connect);
  if (is_connect)
    record_connect(head);
  else
    record_shape(head);
  open_body(Direction::kUp, parsers_->request, is_connect);

  Ask ask = Ask::kPlain;
  if (is_connect)
    ask = Ask::kConnect;
  else if (head.method == "HEAD")
    ask = Ask::kHead;
  else if (head.has(Http1Head::kUpgrade) && head.connection_upgrade)
    ask = Ask::kUpgrade;
  if (ask == Ask::kUpgrade) request_upgrade_ = head.upgrade;
  if (answered_ == pending_.size()) {
    pending_.clear();
    answered_ = 0;
  }
  if (pending_.size() < shared_.limits.pending_requests)
    pending_.push_back({ask, end_offset});
  else
    pending_.back() = {ask, end_offset};
  // What follows a CONNECT may be the tunnel's or the next request; only the answer tells. An Upgrade waits
  // from the end of its message on, which of a partial one is not seen.
  waiting_ = is_connect || (ask == Ask::kUpgrade && head.is_partial);
  partial_head_saw_ = head.is_partial ? up_saw_ : kNoOffset;
}

HttpLayer::Event HttpLayer::on_response(const Http1Head& head) {
  any_head_ = true;
  lost_answer_ = false;
  ++shared_.counters.http_messages;
  Session& session = record_.session;
  if (session.status.size() < shared_.limits.status_codes) session.status.push_back(head.status);
  if (session.via.empty() && !head.is_partial) session.via = head.via;
  if (answered_ >= pending_.size()) {
    ++shared_.counters.unpaired_responses;
    if (head.status == 101) return on_upgraded(head);
    open_body(Direction::kDown, parsers_->response, false);
    return Event::kNone;
  }
  const Ask ask = pending_[answered_].ask;
  if (head.status == 101 && ask != Ask::kConnect) return on_upgraded(head);
  if (ask == Ask::kConnect) return on_connect_answer(head);
  if (shape_ && !head.is_partial) shape_->on_answer(head);
  if (head.status < 200) return Event::kNone;
  ++answered_;
  if (ask == Ask::kHead) parsers_->response.expect_no_body();
  open_body(Direction::kDown, parsers_->response, false);
  if (ask != Ask::kUpgrade || !waiting_) return Event::kNone;
  waiting_ = false;
  return Event::kUnblocked;
}

HttpLayer::Event HttpLayer::on_connect_answer(const Http1Head& head) {
  const Pending connect = pending_[answered_];
  if (!unknown(answer_delivery_.acknowledged) && answer_delivery_.acknowledged < connect.end_offset) {
    record_.session.flag(ConnectAnomaly::kResponseBeforeRequest);
  }
  if (head.status < 200) {
    record_.session.flag(ConnectAnomaly::kInterimResponse);
    return Event::kNone;
  }
  ++answered_;
  waiting_ = false;
  if (head.status >= 300) return Event::kUnblocked;
  if (head.has(Http1Head::kContentLength)) record_.session.flag(ConnectAnomaly::kContentLengthOnSuccess);
  if (head.has(Http1Head::kTransferEncoding))
    record_.session.flag(ConnectAnomaly::kTransferEncodingOnSuccess);
  return Event::kTunnel;
}

HttpLayer::Event HttpLayer::on_upgraded(const Http1Head& head) {
  waiting_ = false;
  answered_ = pending_.size();
  upgrade_token_ = head.has(Http1Head::kUpgrade) ? head.upgrade : request_upgrade_;
  return Event::kUpgraded;
}

}  // namespace mogura::session::detail
