#include "logs/zeek.h"

#include <algorithm>
#include <span>

#include "logs/detail/json_line.h"
#include "logs/log_source.h"

namespace mogura::logs {
namespace {

using Name = detail::ColumnName<ZeekColumn>;

constexpr Name kNames[] = {
    {"ts", ZeekColumn::kTs},
    {"uid", ZeekColumn::kUid},
    {"id.orig_h", ZeekColumn::kOrigHost},
    {"id.orig_p", ZeekColumn::kOrigPort},
    {"id.resp_h", ZeekColumn::kRespHost},
    {"id.resp_p", ZeekColumn::kRespPort},
    {"proto", ZeekColumn::kProto},
    {"service", ZeekColumn::kService},
    {"duration", ZeekColumn::kDuration},
    {"orig_bytes", ZeekColumn::kOrigBytes},
    {"resp_bytes", ZeekColumn::kRespBytes},
    {"conn_state", ZeekColumn::kConnState},
    {"missed_bytes", ZeekColumn::kMissedBytes},
    {"history", ZeekColumn::kHistory},
    {"orig_pkts", ZeekColumn::kOrigPackets},
    {"orig_ip_bytes", ZeekColumn::kOrigIpBytes},
    {"resp_pkts", ZeekColumn::kRespPackets},
    {"resp_ip_bytes", ZeekColumn::kRespIpBytes},
    {"trans_depth", ZeekColumn::kTransDepth},
    {"method", ZeekColumn::kMethod},
    {"host", ZeekColumn::kHost},
    {"uri", ZeekColumn::kUri},
    {"referrer", ZeekColumn::kReferrer},
    {"user_agent", ZeekColumn::kUserAgent},
    {"request_body_len", ZeekColumn::kRequestBody},
    {"response_body_len", ZeekColumn::kResponseBody},
    {"status_code", ZeekColumn::kStatus},
    {"proxied", ZeekColumn::kProxied},
    {"resp_mime_types", ZeekColumn::kRespMimeTypes},
    {"version", ZeekColumn::kVersion},
    {"cipher", ZeekColumn::kCipher},
    {"server_name", ZeekColumn::kServerName},
    {"next_protocol", ZeekColumn::kNextProtocol},
    {"established", ZeekColumn::kEstablished},
    {"subject", ZeekColumn::kSubject},
    {"issuer", ZeekColumn::kIssuer},
    {"ja3", ZeekColumn::kJa3},
    {"ja3s", ZeekColumn::kJa3s},
    {"ja4", ZeekColumn::kJa4},
    {"ja4_r", ZeekColumn::kJa4Raw},
    {"client_ciphers", ZeekColumn::kClientCiphers},
    {"ssl_client_ciphers", ZeekColumn::kClientCiphers},
    {"_path", ZeekColumn::kPath},
};

ZeekLog log_named(std::string_view path) {
  if (path == "http") return ZeekLog::kHttp;
  if (path == "ssl") return ZeekLog::kSsl;
  return path == "conn" ? ZeekLog::kConn : ZeekLog::kOther;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// \x09 becomes the byte that it stands for. Everything else stays.
void assign_unescaped(std::string& out, std::string_view text) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' &&
                           hex_digit(text[i + 2]) >= 0 && hex_digit(text[i + 3]) >= 0;
    if (is_escape) {
      out += static_cast<char>(hex_digit(text[i + 2]) * 16 + hex_digit(text[i + 3]));
      i += 3;
    } else {
      out += text[i];
    }
  }
}

// Takes the part before the separator off the front of `rest`. False: there was none left.
bool take_part(std::string_view& rest, bool& has_more, char separator, std::string_view& part) {
  if (!has_more) return false;
  const std::size_t size = rest.find(separator);
  has_more = size != std::string_view::npos;
  part = rest.substr(0, std::min(size, rest.size()));
  rest.remove_prefix(has_more ? size + 1 : rest.size());
  return true;
}

}  // namespace

std::string_view name_of(ZeekLog log) {
  switch (log) {
    case ZeekLog::kHttp:
      return "zeek-http";
    case ZeekLog::kSsl:
      return "zeek-ssl";
    case ZeekLog::kConn:
      return "zeek-conn";
    case ZeekLog::kOther:
      return "zeek-other";
  }
  return "zeek-other";
}

ZeekLog log_of(const ZeekRow& row) {
  if (row.has(ZeekColumn::kPath)) return log_named(row.at(ZeekColumn::kPath));
  if (row.has(ZeekColumn::kConnState)) return ZeekLog::kConn;
  if (row.has(ZeekColumn::kTransDepth)) return ZeekLog::kHttp;
  return row.has(ZeekColumn::kEstablished) ? ZeekLog::kSsl : ZeekLog::kOther;
}

ZeekTsv::ZeekTsv() = default;

void ZeekTsv::read_names(std::string_view names) {
  detail::ColumnFinder<ZeekColumn> finder{std::span(kNames)};
  columns_.clear();
  std::string_view name;
  for (bool has_more = true; columns_.size() < kColumns && take_part(names, has_more, separator_, name);) {
    columns_.push_back(finder.find(name));
  }
}

void ZeekTsv::read_header(std::string_view line) {
  constexpr std::string_view kSeparator = "#separator ";
  if (line.starts_with(kSeparator)) {
    std::string separator;
    assign_unescaped(separator, line.substr(kSeparator.size()));
    if (separator.size() == 1) separator_ = separator.front();
    return;
  }
  const std::size_t size = std::min(line.find(separator_), line.size());
  const std::string_view name = line.substr(0, size);
  const std::string_view value = line.substr(std::min(size + 1, line.size()));
  if (name == "#unset_field") unset_ = value;
  if (name == "#empty_field") empty_ = value;
  if (name == "#path") log_ = log_named(value);
  if (name == "#fields") read_names(value);
}

Result<ZeekTsv::Line> ZeekTsv::read(std::string_view line, ZeekRow& row) {
  if (line.starts_with('#')) return read_header(line), Line::kHeader;
  row.clear();
  if (columns_.empty()) return fail(ErrorCode::kFormat, {}, "a row before the line with #fields");
  std::size_t index = 0;
  std::string_view part;
  for (bool has_more = true; take_part(line, has_more, separator_, part); ++index) {
    if (index >= columns_.size()) return fail(ErrorCode::kFormat, {}, "more columns than #fields names");
    if (!columns_[index] || part == unset_) continue;
    if (part == empty_) part = {};
    assign_unescaped(row.set(*columns_[index]), part);
  }
  if (index != columns_.size()) return fail(ErrorCode::kFormat, {}, "fewer columns than #fields names");
  return Line::kRow;
}

struct ZeekJson::Impl {
  detail::JsonLine json;
  detail::ColumnFinder<ZeekColumn> finder{std::span(kNames)};
};

ZeekJson::ZeekJson() : impl_(std::make_unique<Impl>()) {}
ZeekJson::~ZeekJson() = default;
ZeekJson::ZeekJson(ZeekJson&&) noexcept = default;
ZeekJson& ZeekJson::operator=(ZeekJson&&) noexcept = default;

Result<void> ZeekJson::read(std::string_view line, ZeekRow& row) {
  row.clear();
  const bool is_object = impl_->json.read(line, [&](std::string_view name, detail::ondemand::value value) {
    const std::optional<ZeekColumn> column = impl_->finder.find(name);
    if (column && !detail::read_as_text(value, row.set(*column))) row.unset(*column);
    return true;
  });
  if (!is_object) return fail(ErrorCode::kFormat, {}, "not one JSON object");
  return {};
}

}  // namespace mogura::logs
