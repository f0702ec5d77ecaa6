#include "logs/detail/zeek_records.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "logs/detail/fingerprints.h"
#include "logs/detail/text_value.h"

namespace mogura::logs::detail {
namespace {

using Column = ZeekColumn;

// Zeek's JSON has times as seconds, as ISO 8601, or as milliseconds.
std::optional<Timestamp> parse_time(std::string_view text) {
  if (text.find('T') != std::string_view::npos) return parse_rfc3339(text);
  if (const auto time = parse_epoch(text)) return time;
  const auto milliseconds = parse_count<std::uint64_t>(text);
  if (!milliseconds || *milliseconds / 1000 >= static_cast<std::uint64_t>(kLatestSecond)) return std::nullopt;
  return Timestamp(std::chrono::milliseconds(*milliseconds));
}

// Reads numbers from columns; remembers whether one that was there could not be read.
class Numbers {
 public:
  explicit Numbers(const ZeekRow& row) : row_(row) {}

  // 0 where the column is absent.
  template <class Number = std::uint64_t>
  Number count(Column column) {
    if (!row_.has(column)) return 0;
    const auto number = parse_count<Number>(row_.at(column));
    ok_ = ok_ && number.has_value();
    return number.value_or(0);
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  const ZeekRow& row_;
  bool ok_ = true;
};

std::optional<Endpoint> endpoint_of(const ZeekRow& row, Column host, Column port) {
  const auto address = Address::parse(row.at(host));
  const auto number = parse_count<std::uint16_t>(row.at(port));
  if (!address || !number) return std::nullopt;
  return Endpoint{*address, *number};
}

// Of "VIA -> 1.1 proxy,X-FORWARDED-FOR -> 10.0.0.1", the value of one field.
std::string_view proxied_field(std::string_view proxied, std::string_view name) {
  const std::size_t at = proxied.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view value = proxied.substr(at + name.size());
  // The next field's name ends in an arrow; the comma before it ends this value.
  const std::size_t arrow = value.find(" -> ");
  return arrow == std::string_view::npos ? value : value.substr(0, value.rfind(',', arrow));
}

std::string_view first_of_list(std::string_view list) {
  return list.substr(0, list.find(','));
}

bool read_http(const ZeekRow& row, HttpRecord& record) {
  Numbers numbers(row);
  record.method = row.at(Column::kMethod);
  record.host = row.at(Column::kHost);
  record.target = row.at(Column::kUri);
  if (row.has(Column::kUserAgent)) record.user_agent = row.at(Column::kUserAgent);
  record.has_referer = row.has(Column::kReferrer);
  record.x_forwarded_for = proxied_field(row.at(Column::kProxied), "X-FORWARDED-FOR -> ");
  record.via = proxied_field(row.at(Column::kProxied), "VIA -> ");
  record.content_type = first_of_list(row.at(Column::kRespMimeTypes));
  record.status = numbers.count<std::uint16_t>(Column::kStatus);
  record.body_bytes = {numbers.count(Column::kRequestBody), numbers.count(Column::kResponseBody)};
  return numbers.ok();
}

TlsRecord tls_of(const ZeekRow& row, std::string& cipher_suites) {
  TlsRecord record;
  record.version = tls_version_of(row.at(Column::kVersion));
  record.sni = row.at(Column::kServerName);
  record.alpn = row.at(Column::kNextProtocol);
  cipher_suites = cipher_list_of(row.at(Column::kClientCiphers));
  record.cipher_suites = cipher_suites;
  record.ja3 = row.at(Column::kJa3);
  record.ja3s = row.at(Column::kJa3s);
  record.ja4 = row.at(Column::kJa4);
  record.ja4_r = row.at(Column::kJa4Raw);
  record.subject = row.at(Column::kSubject);
  record.issuer = row.at(Column::kIssuer);
  return record;
}

bool read_connection(const ZeekRow& row, Timestamp start, ConnectionRecord& record) {
  Numbers numbers(row);
  record.payload_bytes = {numbers.count(Column::kOrigBytes), numbers.count(Column::kRespBytes)};
  record.bytes = record.payload_bytes;
  if (row.has(Column::kOrigIpBytes)) record.bytes[0] = numbers.count(Column::kOrigIpBytes);
  if (row.has(Column::kRespIpBytes)) record.bytes[1] = numbers.count(Column::kRespIpBytes);
  record.packets = {numbers.count(Column::kOrigPackets), numbers.count(Column::kRespPackets)};
  record.gaps_bytes = numbers.count(Column::kMissedBytes);
  record.has_payload = record.payload_bytes[0] != 0 || record.payload_bytes[1] != 0;
  const std::string_view history = row.at(Column::kHistory);
  // A connection whose SYN Zeek has not seen began before it looked.
  record.began_before = !history.empty() && history.find_first_of("Ss") == std::string_view::npos;
  record.protocols = row.at(Column::kService);
  if (!row.has(Column::kDuration)) return numbers.ok();
  const auto duration = parse_interval(row.at(Column::kDuration));
  if (duration) record.end = start + *duration;
  return numbers.ok() && duration;
}

Result<RecordHead> head_of(const ZeekRow& row) {
  const auto time = parse_time(row.at(Column::kTs));
  if (!time) return fail(ErrorCode::kFormat, {}, "no ts, or not a time");
  const auto client = endpoint_of(row, Column::kOrigHost, Column::kOrigPort);
  const auto server = endpoint_of(row, Column::kRespHost, Column::kRespPort);
  if (!client || !server) return fail(ErrorCode::kFormat, {}, "no endpoints in id.orig_h to id.resp_p");
  if (row.at(Column::kUid).empty()) return fail(ErrorCode::kFormat, {}, "no uid");
  return RecordHead{row.at(Column::kUid), *time, *client, *server};
}

}  // namespace

std::optional<Timestamp> written_at(const ZeekRow& row, ZeekLog log) {
  const auto time = parse_time(row.at(Column::kTs));
  if (!time || log != ZeekLog::kConn) return time;
  return *time + parse_interval(row.at(Column::kDuration)).value_or(Duration{});
}

Result<ZeekUse> add_zeek_row(const ZeekRow& row, ZeekLog log, OpenSessions& sessions) {
  if (log == ZeekLog::kOther) return ZeekUse::kOtherLog;
  if (log == ZeekLog::kConn && row.at(Column::kProto) != "tcp") return ZeekUse::kNotTcp;
  const Result<RecordHead> head = head_of(row);
  if (!head) return tl::unexpected(head.error());
  const Error out_of_range{ErrorCode::kFormat, {}, "a number is none, or is out of range"};
  if (log == ZeekLog::kHttp) {
    HttpRecord record;
    if (!read_http(row, record)) return tl::unexpected(out_of_range);
    sessions.add(*head, record);
  } else if (log == ZeekLog::kConn) {
    ConnectionRecord record;
    if (!read_connection(row, head->time, record)) return tl::unexpected(out_of_range);
    sessions.add(*head, record);
  } else {
    std::string cipher_suites;
    sessions.add(*head, tls_of(row, cipher_suites));
  }
  return ZeekUse::kUsed;
}

}  // namespace mogura::logs::detail
