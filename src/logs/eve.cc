#include "logs/eve.h"

#include <algorithm>
#include <span>

#include "logs/detail/fingerprints.h"
#include "logs/detail/json_line.h"
#include "logs/detail/open_sessions.h"
#include "logs/detail/text_value.h"

namespace mogura::logs {
namespace {

using Column = EveColumn;
using Name = detail::ColumnName<Column>;
using detail::ondemand::value;

// Objects inside an event are looked into as far as this: event, its part ("tls"), a part of that ("ja3").
constexpr int kDepth = 3;

// A dot stands between an object's name and the names in it.
constexpr Name kNames[] = {
    {"timestamp", Column::kTime},
    {"flow_id", Column::kFlow},
    {"event_type", Column::kEvent},
    {"src_ip", Column::kSourceAddress},
    {"src_port", Column::kSourcePort},
    {"dest_ip", Column::kDestinationAddress},
    {"dest_port", Column::kDestinationPort},
    {"proto", Column::kProtocol},
    {"http.hostname", Column::kHost},
    {"http.url", Column::kUrl},
    {"http.http_user_agent", Column::kUserAgent},
    {"http.xff", Column::kForwarded},
    {"http.http_content_type", Column::kContentType},
    {"http.http_refer", Column::kReferer},
    {"http.http_method", Column::kMethod},
    {"http.status", Column::kStatus},
    {"http.length", Column::kLength},
    {"tls.subject", Column::kSubject},
    {"tls.issuerdn", Column::kIssuer},
    {"tls.sni", Column::kServerName},
    {"tls.version", Column::kVersion},
    {"tls.ja3.hash", Column::kJa3},
    {"tls.ja3.string", Column::kJa3Text},
    {"tls.ja3s.hash", Column::kJa3s},
    {"tls.ja4", Column::kJa4},
    {"tls.client_alpns", Column::kClientAlpns},
    {"tls.server_alpns", Column::kServerAlpns},
    {"app_proto", Column::kAppProtocol},
    {"flow.pkts_toserver", Column::kPacketsUp},
    {"flow.pkts_toclient", Column::kPacketsDown},
    {"flow.bytes_toserver", Column::kBytesUp},
    {"flow.bytes_toclient", Column::kBytesDown},
    {"flow.start", Column::kStart},
    {"flow.end", Column::kEnd},
};

// Events that tell no more than that a protocol was spoken, by its name.
constexpr std::string_view kProtocolEvents[] = {"ssh",  "smtp", "ftp",   "rdp",   "rfb",  "smb",
                                                "imap", "pop3", "pgsql", "http2", "mysql"};

Result<detail::RecordHead> head_of(const EveRow& row) {
  const auto time = detail::parse_rfc3339(row.at(Column::kTime));
  if (!time) return fail(ErrorCode::kFormat, {}, "no timestamp, or not a time");
  const auto source = Address::parse(row.at(Column::kSourceAddress));
  const auto destination = Address::parse(row.at(Column::kDestinationAddress));
  const auto source_port = detail::parse_count<std::uint16_t>(row.at(Column::kSourcePort));
  const auto destination_port = detail::parse_count<std::uint16_t>(row.at(Column::kDestinationPort));
  if (!source || !destination || !source_port || !destination_port) {
    return fail(ErrorCode::kFormat, {}, "no endpoints in src_ip to dest_port");
  }
  if (row.at(Column::kFlow).empty()) return fail(ErrorCode::kFormat, {}, "no flow_id");
  return detail::RecordHead{
      row.at(Column::kFlow), *time, {*source, *source_port}, {*destination, *destination_port}};
}

// 0 where the column is absent.
template <class Number>
bool read_count(const EveRow& row, Column column, Number& number) {
  if (!row.has(column)) return true;
  const auto parsed = detail::parse_count<Number>(row.at(column));
  number = parsed.value_or(0);
  return parsed.has_value();
}

bool add_http(const detail::RecordHead& head, const EveRow& row, detail::OpenSessions& sessions) {
  detail::HttpRecord record;
  record.method = row.at(Column::kMethod);
  record.host = row.at(Column::kHost);
  record.target = row.at(Column::kUrl);
  if (row.has(Column::kUserAgent)) record.user_agent = row.at(Column::kUserAgent);
  record.has_referer = row.has(Column::kReferer);
  record.x_forwarded_for = row.at(Column::kForwarded);
  record.content_type = row.at(Column::kContentType);
  const bool ok = read_count(row, Column::kStatus, record.status) &&
                  read_count(row, Column::kLength, record.body_bytes[1]);
  if (ok) sessions.add(head, record);
  return ok;
}

void add_tls(const detail::RecordHead& head, const EveRow& row, detail::OpenSessions& sessions) {
  detail::TlsRecord record;
  const std::string cipher_suites = detail::ja3_cipher_list(row.at(Column::kJa3Text));
  record.version = detail::tls_version_of(row.at(Column::kVersion));
  record.sni = row.at(Column::kServerName);
  record.alpn = row.has(Column::kClientAlpns) ? row.at(Column::kClientAlpns) : row.at(Column::kServerAlpns);
  if (record.alpn.empty() && detail::ja3_has_alpn(row.at(Column::kJa3Text))) record.alpn = "?";
  record.cipher_suites = cipher_suites;
  record.ja3 = row.at(Column::kJa3);
  record.ja3s = row.at(Column::kJa3s);
  record.ja4 = row.at(Column::kJa4);
  record.subject = row.at(Column::kSubject);
  record.issuer = row.at(Column::kIssuer);
  sessions.add(head, record);
}

bool add_flow(detail::RecordHead head, const EveRow& row, detail::OpenSessions& sessions) {
  detail::ConnectionRecord record;
  const auto start = detail::parse_rfc3339(row.at(Column::kStart));
  if (!start) return false;
  head.time = *start;
  record.end = detail::parse_rfc3339(row.at(Column::kEnd));
  const bool ok = read_count(row, Column::kBytesUp, record.bytes[0]) &&
                  read_count(row, Column::kBytesDown, record.bytes[1]) &&
                  read_count(row, Column::kPacketsUp, record.packets[0]) &&
                  read_count(row, Column::kPacketsDown, record.packets[1]);
  if (!ok) return false;
  // Headers of Ethernet, IP and TCP with options, as far as one can tell.
  constexpr std::uint64_t kHeaderBytes = 66;
  for (const std::size_t way : {0u, 1u}) {
    const std::uint64_t headers = std::min(record.packets[way], record.bytes[way]) * kHeaderBytes;
    record.payload_bytes[way] = record.bytes[way] - std::min(headers, record.bytes[way]);
  }
  record.protocols = row.at(Column::kAppProtocol);
  // "failed": there were bytes, and Suricata knew no protocol that begins so.
  record.has_payload = !record.protocols.empty();
  sessions.add(head, record);
  return true;
}

bool is_protocol_event(std::string_view event) {
  return std::find(std::begin(kProtocolEvents), std::end(kProtocolEvents), event) !=
         std::end(kProtocolEvents);
}

}  // namespace

struct EveReader::Impl {
  // Reads the fields of an object into the row, those of objects in it under its name and a dot.
  bool read_field(std::string_view name, value& field, EveRow& row, int depth) {
    const std::size_t before = path.size();
    if (!path.empty()) path += '.';
    path += name;
    const bool ok = read_value(field, row, depth);
    path.resize(before);
    return ok;
  }

  bool read_value(value& field, EveRow& row, int depth) {
    detail::ondemand::json_type type{};
    if (field.type().get(type) != simdjson::SUCCESS) return false;
    if (type == detail::ondemand::json_type::object) {
      detail::ondemand::object object;
      if (depth == kDepth || !is_wanted()) return true;
      return field.get_object().get(object) == simdjson::SUCCESS &&
             detail::walk(object, [&](std::string_view name, value inside) {
               return read_field(name, inside, row, depth + 1);
             });
    }
    const std::optional<Column> column = finder.find(path);
    if (column && !detail::read_as_text(field, row.set(*column))) row.unset(*column);
    return true;
  }

  [[nodiscard]] bool is_wanted() const {
    return path.starts_with("http") || path.starts_with("tls") || path == "flow";
  }

  detail::JsonLine json;
  detail::ColumnFinder<Column> finder{std::span(kNames)};
  std::string path;
};

EveReader::EveReader() : impl_(std::make_unique<Impl>()) {}
EveReader::~EveReader() = default;
EveReader::EveReader(EveReader&&) noexcept = default;
EveReader& EveReader::operator=(EveReader&&) noexcept = default;

Result<void> EveReader::read(std::string_view line, EveRow& row) {
  row.clear();
  impl_->path.clear();
  const bool is_object = impl_->json.read(
      line, [&](std::string_view name, value field) { return impl_->read_field(name, field, row, 1); });
  if (!is_object) return fail(ErrorCode::kFormat, {}, "not one JSON object");
  if (!row.has(Column::kEvent)) return fail(ErrorCode::kFormat, {}, "no event_type");
  return {};
}

std::optional<Timestamp> time_of(const EveRow& row) {
  return detail::parse_rfc3339(row.at(Column::kTime));
}

Result<EveUse> add_eve_row(const EveRow& row, detail::OpenSessions& sessions) {
  const std::string_view event = row.at(Column::kEvent);
  const bool is_protocol = is_protocol_event(event);
  if (!is_protocol && event != "http" && event != "tls" && event != "flow") return EveUse::kOtherEvent;
  if (row.at(Column::kProtocol) != "TCP") return EveUse::kNotTcp;
  const Result<detail::RecordHead> head = head_of(row);
  if (!head) return tl::unexpected(head.error());
  bool ok = true;
  if (event == "http") ok = add_http(*head, row, sessions);
  if (event == "flow") ok = add_flow(*head, row, sessions);
  if (event == "tls") add_tls(*head, row, sessions);
  if (is_protocol) sessions.add_protocol(*head, event);
  if (!ok) return fail(ErrorCode::kFormat, {}, "a number or time is none, or is out of range");
  return EveUse::kUsed;
}

}  // namespace mogura::logs
