// What the session record keeps of the requests' heads.

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "session/detail/http_layer.h"

namespace mogura::session::detail {
namespace {

using protocol::Http1Head;

constexpr std::size_t kMethodBytes = 32;
constexpr std::uint16_t kDefaultHttpPort = 80;
// What proxies assume where a CONNECT names no port.
constexpr std::uint16_t kDefaultConnectPort = 443;

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

std::string connect_destination(std::string_view target) {
  protocol::Authority authority = protocol::parse_authority(target);
  if (authority.port == 0) authority.port = kDefaultConnectPort;
  return authority.to_string();
}

}  // namespace

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
    record_.session.flag(ConnectAnomaly::kRequestBody);
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

void HttpLayer::record_shape(const Http1Head& head) {
  if (shape_) shape_->on_request(head, path_of(head.target));
  constexpr std::string_view kForms[] = {"application/x-www-form-urlencoded", "multipart/form-data"};
  is_form_ = std::any_of(std::begin(kForms), std::end(kForms), [&](std::string_view form) {
    return equals_ignoring_case(std::string_view(head.content_type).substr(0, form.size()), form);
  });
}

// Bodies of CONNECTs and of their answers belong to no request that is told of.
void HttpLayer::open_body(Direction direction, const protocol::Http1Parser& parser, bool is_of_connect) {
  if (shape_ && !is_of_connect && parser.is_in_body()) shape_->begin_body(direction, now_);
}

void HttpLayer::note_body(Direction direction, const protocol::Http1Parser& parser) {
  if (!shape_) return;
  const protocol::Http1Parser::BodyPiece& found = parser.body_piece();
  if (found.count != 0) {
    piece_.length +=
        static_cast<std::uint32_t>(std::min<std::uint64_t>(found.count, UINT32_MAX - piece_.length));
    const bool is_hidden = is_form_ && direction == Direction::kUp;
    if (piece_.bytes.empty() && !is_hidden) piece_.bytes = found.first_run;
    shape_->add_body(direction, found.count, now_);
  }
}

// The parser tells the end of a body that ends with a gap only when more comes.
void HttpLayer::note_skipped(Direction direction, const protocol::Http1Parser& parser) {
  note_body(direction, parser);
  if (shape_ && !parser.is_in_body()) shape_->end_body(direction, now_);
}

void HttpLayer::note_loss(Direction direction) {
  if (direction == Direction::kUp) {
    in_request_head_ = in_request_body_ = false;
  } else {
    in_response_ = false;
  }
  if (shape_) shape_->lose_body(direction);
}

void HttpLayer::write_shape(Timestamp end, bool is_over) const {
  if (shape_) shape_->write(end, is_over);
}

bool HttpLayer::is_settled() const {
  const bool asks_for_more = answered_ < pending_.size() && pending_.back().ask == Ask::kUpgrade;
  return is_after_request_ && !waiting_ && !asks_for_more && !parsers_->request.is_in_head() &&
         !parsers_->response.is_in_head();
}

}  // namespace mogura::session::detail
