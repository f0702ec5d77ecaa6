#include "icap/detail/exchange_session.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "session/entropy.h"

namespace mogura::icap::detail {

using protocol::FieldId;
using protocol::Framing;

namespace {

constexpr std::uint16_t kHttp = 80, kHttps = 443;

std::uint16_t port_of(const protocol::RequestHead& head) {
  if (head.authority().port != 0) return head.authority().port;
  const bool is_secure =
      equals_ignoring_case(head.scheme(), "https") || equals_ignoring_case(head.scheme(), "wss");
  return is_secure ? kHttps : kHttp;
}

std::uint32_t size_of(std::size_t bytes) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(bytes, UINT32_MAX));
}

std::uint64_t length_of(const Framing& framing) {
  return framing.kind == Framing::Kind::kLength ? framing.length : 0;
}

session::Kind kind_of(bool is_connect, unsigned status) {
  constexpr unsigned kSwitching = 101;
  if (is_connect) return session::Kind::kConnect;
  return status == kSwitching ? session::Kind::kWebSocket : session::Kind::kGetPost;
}

}  // namespace

AskedFigures figures_of(const protocol::RequestHead& head, const Endpoint& client, Timestamp began) {
  AskedFigures asked;
  asked.began = began;
  asked.client = client;
  asked.port = port_of(head);
  asked.target_bytes = size_of(head.target().size());
  const std::string_view path = head.path_and_query();
  asked.target_entropy_bits = session::entropy_bits(path.substr(0, Limits{}.text_bytes));
  asked.head_bytes = size_of(head.start_line().size() + 2);
  for (const protocol::HeadField& field : head.fields()) asked.head_bytes += size_of(field.line.size());
  asked.body_bytes = length_of(head.framing());
  asked.has_body = asked.body_bytes != 0 || head.framing().kind == Framing::Kind::kChunked;
  asked.has_referer = head.find(FieldId::kReferer) != nullptr;
  asked.has_cookie = head.find(FieldId::kCookie) != nullptr;
  asked.has_user_agent = head.find(FieldId::kUserAgent) != nullptr;
  return asked;
}

Answered answer_of(const protocol::ResponseHead& head, std::size_t head_bytes, Timestamp time) {
  const protocol::HeadField* const type = head.find(FieldId::kContentType);
  return {.status = head.status(),
          .head_bytes = head_bytes,
          .body_bytes = length_of(head.framing()),
          .content_type = type == nullptr ? std::string_view() : type->value,
          .time = time};
}

session::Session session_of(const AskedFigures& asked, const AskedTexts& texts, const Answered& answered) {
  const Limits limits;
  const bool is_connect = texts.method == "CONNECT";
  session::Session session;
  session.start = asked.began;
  session.end = std::max(asked.began, answered.time);
  session.client = asked.client;
  session.kind = kind_of(is_connect, answered.status);
  session.destination = protocol::Authority{std::string(texts.host), asked.port}.to_string();
  session.host = session.destination;
  session.methods.emplace_back(texts.method.substr(0, limits.text_bytes), 1);
  if (answered.status != 0) session.status.push_back(static_cast<std::uint16_t>(answered.status));
  session.user_agent_seen = asked.has_user_agent;
  session.user_agent = texts.user_agent.substr(0, limits.text_bytes);
  session.urls_count = 1;
  session.bytes = {asked.head_bytes + asked.body_bytes, answered.head_bytes + answered.body_bytes};
  if (is_connect) return session;
  session::HttpShape& http = session.http;
  http.requests = 1;
  http.with_referer = asked.has_referer ? 1 : 0;
  http.with_cookie = asked.has_cookie ? 1 : 0;
  http.with_body = asked.has_body ? 1 : 0;
  http.head_bytes_max = asked.head_bytes;
  http.target_bytes_max = asked.target_bytes;
  http.target_entropy_bits = asked.target_entropy_bits;
  http.body_bytes = {asked.body_bytes, answered.body_bytes};
  http.content_type = answered.content_type.substr(0, limits.text_bytes);
  return session;
}

}  // namespace mogura::icap::detail
