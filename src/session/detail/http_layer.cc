#include "session/detail/http_layer.h"

#include <algorithm>

#include "base/hash.h"

namespace mogura::session::detail {
namespace {

using protocol::Http1Head;
using protocol::Http1Parser;
using protocol::Likeness;

constexpr std::size_t kMethodBytes = 32;
constexpr std::size_t kKeyBytes = 512;
constexpr std::size_t kKeyBytesNeeded = 64;
constexpr std::uint16_t kDefaultHttpPort = 80;
// What proxies assume where a CONNECT names no port.
constexpr std::uint16_t kDefaultConnectPort = 443;

bool equals_ignoring_case(std::string_view a, std::string_view upper) {
  return std::equal(a.begin(), a.end(), upper.begin(), upper.end(), [](char x, char y) {
    return (x >= 'a' && x <= 'z' ? static_cast<char>(x - 'a' + 'A') : x) == y;
  });
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// The part of a target behind the authority.
std::string_view path_of(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const std::size_t path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

// Whether field lines may hold these bytes (RFC 9110 §5.5).
bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || c == '\r' || c == '\n' || (static_cast<std::uint8_t>(c) >= ' ' && c != '\x7f');
  });
}

std::string connect_destination(std::string_view target) {
  protocol::Authority authority = protocol::parse_authority(target);
  if (authority.port == 0) authority.port = kDefaultConnectPort;
  return authority.to_string();
}

bool unknown(std::uint64_t acknowledged) {
  return acknowledged == UINT64_MAX;
}

}  // namespace

HttpLayer::HttpLayer(Shared& shared, Finished& record, unsigned depth, bool missed_user_agent)
    : shared_(shared),
      record_(record),
      depth_(depth),
      parsers_(shared.take_parsers()),
      missed_user_agent_(missed_user_agent) {}

HttpLayer::~HttpLayer() {
  shared_.give_back(std::move(parsers_));
}

HttpLayer::Step HttpLayer::feed_up(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery) {
  if (depth_ <= 1 && !saw_up_) key_first_bytes(bytes);
  up_saw_ = delivery.acknowledged;
  std::size_t consumed = is_in_partial_head() ? read_rest_of_partial_head(bytes, delivery) : 0;
  while (true) {
    if (waiting_) return {Event::kBlocked, consumed};
    const bool lost_before = parsers_->request.is_lost();
    const Http1Parser::Step step = parsers_->request.feed(bytes.subspan(consumed));
    consumed += step.consumed;
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
        // An Upgrade's body, if any, is still HTTP; what follows it waits.
        waiting_ = !pending_.empty() && answered_ < pending_.size() && pending_.back().ask == Ask::kUpgrade;
        break;
      case Http1Parser::Event::kMalformed:
      case Http1Parser::Event::kLimit:
        in_request_head_ = in_request_body_ = false;
        if (!lost_before && count_failure(step.event) == Event::kNotHttp) return {Event::kNotHttp, 0};
        if (consumed >= bytes.size()) return {Event::kNone, bytes.size()};
        break;
    }
  }
}

HttpLayer::Step HttpLayer::feed_down(ByteView bytes, std::uint64_t offset, const packet::Delivery& delivery,
                                     std::uint64_t up_seen, bool force) {
  std::size_t consumed = 0;
  while (consumed < bytes.size()) {
    const ByteView rest = bytes.subspan(consumed);
    if (!in_response_) {
      const bool begins_message = protocol::looks_like_response(rest) == Likeness::kYes;
      // Somewhere inside an answer whose end nobody knows.
      if (parsers_->response.is_lost() && !begins_message && !lost_answer_)
        return {Event::kNone, bytes.size()};
      const bool request_may_come =
          unknown(delivery.acknowledged) || delivery.acknowledged > up_seen || in_request_head_;
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
        break;
      case Http1Parser::Event::kMalformed:
      case Http1Parser::Event::kLimit:
        in_response_ = false;
        if (!lost_before && count_failure(step.event) == Event::kNotHttp) return {Event::kNotHttp, 0};
        // An answer that is none: whatever the server says after a CONNECT is the tunnel's.
        if (waiting_ && !lost_before) return {give_up_waiting(), 0};
        break;
    }
    if (step.consumed == 0 && step.event != Http1Parser::Event::kHead &&
        step.event != Http1Parser::Event::kMessageEnd) {
      return {Event::kNone, bytes.size()};
    }
  }
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
  const Http1Parser::Skip skipped = parsers_->request.skip(length);
  if (skipped == Http1Parser::Skip::kKept) return;
  in_request_head_ = in_request_body_ = false;
  if (skipped == Http1Parser::Skip::kPartialHead) on_request(parsers_->request.head(), offset);
}

HttpLayer::Event HttpLayer::skip_down(std::uint64_t length) {
  const Http1Parser::Skip skipped = parsers_->response.skip(length);
  if (skipped == Http1Parser::Skip::kKept) return Event::kNone;
  in_response_ = false;
  if (skipped == Http1Parser::Skip::kPartialHead) return on_response(parsers_->response.head());
  if (answered_ < pending_.size() && pending_[answered_].ask == Ask::kConnect) lost_answer_ = true;
  return Event::kNone;
}

// How much of `bytes` is the rest of the head that waits. A client that sends tunnel bytes at once, without
// waiting for the answer, is told from one whose head is long by bytes that no field holds.
std::size_t HttpLayer::read_rest_of_partial_head(ByteView bytes, const packet::Delivery& delivery) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
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
  any_head_ = true;
  ++shared_.counters.http_messages;
  const bool is_connect = equals_ignoring_case(head.method, "CONNECT");
  record_first(head);
  record_method(is_connect ? std::string_view("CONNECT") : std::string_view(head.method));
  record_target(head, is_connect);
  if (is_connect) record_connect(head);

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

void HttpLayer::record_first(const Http1Head& head) {
  Session& session = record_.session;
  if (!session.user_agent_seen && !missed_user_agent_) {
    session.user_agent = head.user_agent;
    session.user_agent_seen = head.has(Http1Head::kUserAgent);
    missed_user_agent_ = head.is_partial && !session.user_agent_seen;
  }
  if (session.via.empty() && !head.is_partial) session.via = head.via;
  if (session.methods.empty() && head.has(Http1Head::kHost)) {
    session.host = head.host.substr(head.host.rfind('@') + 1);  // a password before it stays inside
  }
  if (session.client_forwarded.empty() &&
      (head.fields & (Http1Head::kXForwardedFor | Http1Head::kForwarded)) != 0) {
    // Forwarded counts where X-Forwarded-For is absent, which is not known of a partial head.
    const std::string_view forwarded = head.is_partial ? std::string_view() : head.forwarded;
    session.client_forwarded = protocol::forwarded_client(head.x_forwarded_for, forwarded);
  }
  constexpr std::uint32_t kProxyFields = Http1Head::kVia | Http1Head::kXForwardedFor | Http1Head::kForwarded;
  if ((head.fields & kProxyFields) != 0 && depth_ == 0) record_.keys.from_proxy = true;
}

void HttpLayer::record_method(std::string_view method) {
  auto& methods = record_.session.methods;
  if (method.size() > kMethodBytes || !is_token(method)) method = "other";
  const auto known =
      std::find_if(methods.begin(), methods.end(), [&](const auto& m) { return m.first == method; });
  if (known != methods.end()) {
    ++known->second;
  } else if (methods.size() < shared_.limits.methods) {
    methods.emplace_back(method, 1);
  } else if (methods.back().first == "other") {
    ++methods.back().second;
  } else {
    methods.back() = {"other", methods.back().second + 1};
  }
}

void HttpLayer::record_target(const Http1Head& head, bool is_connect) {
  protocol::Authority authority = protocol::parse_absolute_target(head.target);
  // Of a path that was cut the beginning is there: nothing means a URL cut within its authority.
  const bool is_cut_url = head.target.empty();
  const bool is_absolute = !authority.host.empty() || is_cut_url;
  // The target of a CONNECT says all by itself.
  if (!is_absolute && !is_connect && head.has(Http1Head::kHost)) {
    authority = protocol::parse_authority(head.host);
    if (authority.port == 0) authority.port = kDefaultHttpPort;
  }
  if (is_absolute && depth_ == 0) record_.keys.to_proxy = true;
  record_destination(authority, is_cut_url);

  const std::uint64_t place =
      hash_bytes(as_bytes(path_of(head.target)), hash_bytes(as_bytes(authority.host), authority.port));
  if (head.is_partial) {
    // Only a URL known to its end can be told from others, and no key is made of a User-Agent not seen.
    if (head.is_target_cut || (authority.host.empty() && !is_connect)) return;
  } else if (record_.keys.requests.size() < PairingKeys::kRequests && depth_ == 0) {
    record_.keys.requests.push_back(
        hash_bytes(as_bytes(head.user_agent), hash_bytes(as_bytes(head.method), place)));
  }
  record_url(place);
}

// Of the first request of all; where that is not known, no later one's stands for it, nor what is inside a
// tunnel.
void HttpLayer::record_destination(const protocol::Authority& authority, bool is_cut) {
  Session& session = record_.session;
  if (depth_ > 0 || !session.destination.empty()) return;
  missed_destination_ = missed_destination_ || is_cut;
  if (!missed_destination_ && !authority.host.empty()) session.destination = authority.to_string();
}

void HttpLayer::record_url(std::uint64_t url) {
  const auto position = std::lower_bound(urls_.begin(), urls_.end(), url);
  if (urls_.size() >= shared_.limits.urls || (position != urls_.end() && *position == url)) return;
  urls_.insert(position, url);
  ++record_.session.urls_count;
}

void HttpLayer::record_connect(const Http1Head& head) {
  Session& session = record_.session;
  if (head.has(Http1Head::kTransferEncoding) ||
      (head.has(Http1Head::kContentLength) && head.content_length != 0)) {
    flag(ConnectAnomaly::kRequestBody);
  }
  if (depth_ > 0) return;
  record_.keys.to_proxy = true;
  // The latest CONNECT decides, even if its target was cut: an earlier one was declined, or this one would be
  // tunnel bytes.
  session.destination = head.target.empty() ? std::string() : connect_destination(head.target);
  if (!head.has(Http1Head::kUserAgent)) return;
  session.user_agent = head.user_agent;
  session.user_agent_seen = true;
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
    return head.status == 101 ? on_upgraded(head) : Event::kNone;
  }
  const Ask ask = pending_[answered_].ask;
  if (head.status == 101 && ask != Ask::kConnect) return on_upgraded(head);
  if (ask == Ask::kConnect) return on_connect_answer(head);
  if (head.status < 200) return Event::kNone;
  ++answered_;
  if (ask == Ask::kHead) parsers_->response.expect_no_body();
  if (ask != Ask::kUpgrade || !waiting_) return Event::kNone;
  waiting_ = false;
  return Event::kUnblocked;
}

HttpLayer::Event HttpLayer::on_connect_answer(const Http1Head& head) {
  const Pending connect = pending_[answered_];
  if (!unknown(answer_delivery_.acknowledged) && answer_delivery_.acknowledged < connect.end_offset) {
    flag(ConnectAnomaly::kResponseBeforeRequest);
  }
  if (head.status < 200) {
    flag(ConnectAnomaly::kInterimResponse);
    return Event::kNone;
  }
  ++answered_;
  waiting_ = false;
  if (head.status >= 300) return Event::kUnblocked;
  if (head.has(Http1Head::kContentLength)) flag(ConnectAnomaly::kContentLengthOnSuccess);
  if (head.has(Http1Head::kTransferEncoding)) flag(ConnectAnomaly::kTransferEncodingOnSuccess);
  return Event::kTunnel;
}

HttpLayer::Event HttpLayer::on_upgraded(const Http1Head& head) {
  waiting_ = false;
  answered_ = pending_.size();
  upgrade_token_ = head.has(Http1Head::kUpgrade) ? head.upgrade : request_upgrade_;
  return Event::kUpgraded;
}

void HttpLayer::flag(ConnectAnomaly anomaly) {
  record_.session.connect_anomalies =
      static_cast<std::uint8_t>(record_.session.connect_anomalies | 1u << static_cast<unsigned>(anomaly));
}

}  // namespace mogura::session::detail
