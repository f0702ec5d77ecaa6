#include "logs/squid.h"

#include <algorithm>
#include <array>
#include <string>

#include "logs/detail/text_value.h"
#include "protocol/authority.h"
#include "session/entropy.h"

namespace mogura::logs {
namespace {

using detail::parse_count;
using session::Session;

// What a line says, whatever its format.
struct Request {
  SquidFormat format = SquidFormat::kNative;
  Timestamp end;
  Duration elapsed{};
  std::string_view client;
  std::string_view result;  // TCP_MISS
  std::uint16_t status = 0;
  std::uint64_t bytes = 0;
  std::string_view method;
  std::string_view url;
  std::string_view peer;  // HIER_DIRECT/192.0.2.1
  std::string_view content_type;
  std::string_view referer, user_agent;
  bool has_user_agent = false;
};

// Takes words apart at spaces, quoted texts at their quotes.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  // Up to the next space; empty at the end.
  std::string_view word() {
    skip_spaces();
    const std::size_t size = std::min(rest_.find(' '), rest_.size());
    return take(size);
  }
  // "…", where \" does not end it. Nothing: there is none.
  std::optional<std::string_view> quoted() { return between('"', '"'); }
  std::optional<std::string_view> bracketed() { return between('[', ']'); }
  [[nodiscard]] bool is_done() {
    skip_spaces();
    return rest_.empty();
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::optional<std::string_view> between(char open, char close) {
    skip_spaces();
    if (rest_.empty() || rest_.front() != open) return std::nullopt;
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != close) end += rest_[end] == '\\' ? 2u : 1u;
    if (end >= rest_.size()) return std::nullopt;
    return take(end + 1).substr(1, end - 1);
  }

  std::string_view rest_;
};

// time elapsed client code/status bytes method URL ident hierarchy/peer type
bool read_native(std::string_view line, Request& request) {
  Words words(line);
  const auto end = detail::parse_epoch(words.word());
  const std::string_view elapsed = words.word();
  // Squid writes a negative time where the clock was set back.
  const auto milliseconds = parse_count<std::uint32_t>(elapsed.substr(elapsed.starts_with('-') ? 1 : 0));
  request.client = words.word();
  const std::string_view code = words.word();
  const std::size_t slash = code.find('/');
  const auto bytes = parse_count<std::uint64_t>(words.word());
  if (!end || !milliseconds || slash == std::string_view::npos || !bytes) return false;
  const auto status = parse_count<std::uint16_t>(code.substr(slash + 1));
  request.result = code.substr(0, slash);
  request.method = words.word();
  request.url = words.word();
  words.word();  // the user's name
  request.peer = words.word();
  request.content_type = words.word();
  if (!status || request.url.empty()) return false;
  request.end = *end;
  if (!elapsed.starts_with('-')) request.elapsed = std::chrono::milliseconds(*milliseconds);
  request.status = *status;
  request.bytes = *bytes;
  return true;
}

// client ident user [time] "method URL version" status bytes ["referer" "agent"] [code:hierarchy]
bool read_common(std::string_view line, Request& request) {
  Words words(line);
  request.client = words.word();
  words.word();
  words.word();
  const auto time = words.bracketed();
  const auto first_line = words.quoted();
  const auto status = parse_count<std::uint16_t>(words.word());
  const std::string_view size = words.word();
  const auto bytes = size == "-" ? std::optional<std::uint64_t>(0) : parse_count<std::uint64_t>(size);
  if (!time || !first_line || !status || !bytes) return false;
  const auto end = detail::parse_common_log_time(*time);
  Words parts(*first_line);
  request.method = parts.word();
  request.url = parts.word();
  if (!end || request.url.empty()) return false;
  request.format = SquidFormat::kCommon;
  request.end = *end;
  request.status = *status;
  request.bytes = *bytes;
  if (const auto referer = words.quoted()) {
    const auto agent = words.quoted();
    if (!agent) return false;
    request.format = SquidFormat::kCombined;
    request.referer = *referer;
    request.user_agent = *agent;
    request.has_user_agent = *agent != "-";
  }
  const std::string_view code = words.word();
  request.result = code.substr(0, std::min(code.find(':'), code.size()));
  return words.is_done();
}

bool is_request(const Request& request) {
  constexpr std::string_view kErrorUrl = "error:";
  const bool is_token = std::all_of(request.method.begin(), request.method.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  return is_token && request.method != "NONE" && !request.method.starts_with("ICP_") &&
         !request.method.starts_with("HTCP_") && !request.url.starts_with(kErrorUrl);
}

// Squid escapes what could break a line as %XX or \xXX; a quote as \".
void assign_unquoted(std::string& text, std::string_view quoted, std::size_t most) {
  for (std::size_t i = 0; i < quoted.size() && text.size() < most; ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size() && (quoted[i + 1] == '"' || quoted[i + 1] == '\\')) ++i;
    text += quoted[i];
  }
}

std::optional<Address> peer_address(std::string_view peer) {
  const std::size_t slash = peer.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return Address::parse(peer.substr(slash + 1));
}

protocol::Authority authority_of(const Request& request) {
  if (request.method == "CONNECT") return protocol::parse_authority(request.url);
  return protocol::parse_absolute_target(request.url);
}

// The path and query of an absolute URL.
std::string_view path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string_view::npos ? 0 : url.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view{} : url.substr(path);
}

void fill_http(const Request& request, const Limits& limits, Session& session) {
  const auto is_given = [](std::string_view text) { return !text.empty() && text != "-"; };
  session::HttpShape& http = session.http;
  // Where the format has no Referer, nobody can say that the request had none: it is not counted.
  http.requests = request.referer.empty() ? 0 : 1;
  http.with_referer = is_given(request.referer) ? 1 : 0;
  http.target_bytes_max = static_cast<std::uint32_t>(request.url.size());
  http.target_entropy_bits = session::entropy_bits(path_of(request.url).substr(0, limits.text_bytes));
  http.body_bytes[1] = request.bytes;
  if (is_given(request.content_type)) http.content_type = request.content_type.substr(0, limits.text_bytes);
}

void fill(const Request& request, const protocol::Authority& authority, const Limits& limits,
          Session& session) {
  const bool is_connect = request.method == "CONNECT";
  session.start = std::max(request.end - request.elapsed, Timestamp{});
  session.end = request.end;
  if (const auto address = peer_address(request.peer)) session.server = {*address, authority.port};
  session.kind = is_connect ? session::Kind::kConnect : session::Kind::kGetPost;
  session.destination = authority.to_string();
  session.host = session.destination;
  session.methods.emplace_back(request.method.substr(0, limits.text_bytes), 1);
  if (request.status != 0) session.status.push_back(request.status);
  session.user_agent_seen = request.has_user_agent;
  if (request.has_user_agent) assign_unquoted(session.user_agent, request.user_agent, limits.text_bytes);
  session.urls_count = 1;
  session.bytes[1] = request.bytes;
  if (!is_connect) fill_http(request, limits, session);
}

}  // namespace

std::string_view name_of(SquidFormat format) {
  switch (format) {
    case SquidFormat::kNative:
      return "squid";
    case SquidFormat::kCommon:
      return "squid-common";
    case SquidFormat::kCombined:
      return "squid-combined";
  }
  return "squid";
}

Result<SquidOutcome> parse_squid_line(std::string_view line, const Limits& limits, Session& session) {
  session.clear();
  Request request;
  if (!read_native(line, request)) {
    request = {};
    if (!read_common(line, request)) {
      return fail(ErrorCode::kFormat, {}, "not a line of Squid's log (squid, common or combined)");
    }
  }
  if (!is_request(request)) return SquidOutcome{SquidLine::kNoRequest, request.format};
  const auto client = Address::parse(request.client);
  if (!client) return fail(ErrorCode::kFormat, {}, "the client is not an IP address");
  const protocol::Authority authority = authority_of(request);
  if (authority.host.empty()) {
    // What Squid could not make sense of, it logs as it came.
    if (request.status == 400) return SquidOutcome{SquidLine::kNoRequest, request.format};
    return fail(ErrorCode::kFormat, {}, "the URL names no host");
  }
  session.client.address = *client;
  fill(request, authority, limits, session);
  return SquidOutcome{SquidLine::kSession, request.format};
}

}  // namespace mogura::logs
