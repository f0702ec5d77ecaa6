#include "logs/detail/session_keys.h"

#include <algorithm>
#include <array>
#include <string>

#include "logs/detail/text_value.h"
#include "protocol/inner.h"

namespace mogura::logs::detail {
namespace {

using ondemand::value;
using session::Session;

std::string_view text_of(value& v) {
  std::string_view text;
  return v.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

// Plain members of the session.
template <auto kMember>
bool text(SessionFields& fields, value& v) {
  return read_text(v, fields.session.*kMember);
}
template <auto kMember>
bool number(SessionFields& fields, value& v) {
  return read_number(v, fields.session.*kMember);
}
template <auto kMember>
bool truth(SessionFields& fields, value& v) {
  return v.get_bool().get(fields.session.*kMember) == simdjson::SUCCESS;
}
template <auto kMember, std::size_t kIndex>
bool element(SessionFields& fields, value& v) {
  return read_number(v, (fields.session.*kMember)[kIndex]);
}
template <auto kMember>
bool port(SessionFields& fields, value& v) {
  return read_number(v, (fields.session.*kMember).port);
}

template <auto kMember>
bool address(SessionFields& fields, value& v) {
  const auto parsed = Address::parse(text_of(v));
  if (parsed) (fields.session.*kMember).address = *parsed;
  return parsed.has_value();
}

bool client_address(SessionFields& fields, value& v) {
  return fields.has_client = address<&Session::client>(fields, v);
}

template <auto kMember>
bool time(SessionFields& fields, value& v) {
  const auto parsed = parse_rfc3339(text_of(v));
  if (parsed) fields.session.*kMember = *parsed;
  return parsed.has_value();
}

bool start(SessionFields& fields, value& v) {
  return fields.has_start = time<&Session::start>(fields, v);
}
bool end(SessionFields& fields, value& v) {
  return fields.has_end = time<&Session::end>(fields, v);
}

// The enumerator with this name, of the first `count`.
template <class Enum>
bool read_name(value& v, std::size_t count, Enum& out) {
  const std::string_view name = text_of(v);
  for (std::size_t i = 0; i < count; ++i) {
    if (name_of(static_cast<Enum>(i)) != name) continue;
    out = static_cast<Enum>(i);
    return true;
  }
  return false;
}

bool kind(SessionFields& fields, value& v) {
  return fields.has_kind = read_name(v, session::kKinds, fields.session.kind);
}

bool inner(SessionFields& fields, value& v) {
  constexpr std::size_t kProtocols = static_cast<std::size_t>(protocol::Inner::kUnknown) + 1;
  // A newer version may know more protocols than this one.
  if (!read_name(v, kProtocols, fields.session.inner)) fields.session.inner = protocol::Inner::kUnknown;
  return true;
}

template <class OnElement>
bool each_element(value& v, OnElement&& on_element) {
  ondemand::array array;
  if (v.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto read : array) {
    value item;
    if (std::move(read).get(item) != simdjson::SUCCESS || !on_element(item)) return false;
  }
  return true;
}

bool methods(SessionFields& fields, value& v) {
  ondemand::object object;
  if (v.get_object().get(object) != simdjson::SUCCESS) return false;
  auto& methods = fields.session.methods;
  methods.clear();
  for (auto read : object) {
    ondemand::field field;
    std::string_view name;
    if (std::move(read).get(field) != simdjson::SUCCESS) return false;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    methods.emplace_back(name, 0);
    if (!read_number(field.value(), methods.back().second)) return false;
  }
  return true;
}

bool status(SessionFields& fields, value& v) {
  auto& codes = fields.session.status;
  codes.clear();
  return each_element(v, [&codes](value& item) { return read_number(item, codes.emplace_back()); });
}

bool alpn(SessionFields& fields, value& v) {
  auto& names = fields.session.alpn;
  names.clear();
  return each_element(v, [&names](value& item) { return read_text(item, names.emplace_back()); });
}

bool user_agent(SessionFields& fields, value& v) {
  fields.session.user_agent_seen = true;
  return read_text(v, fields.session.user_agent);
}

bool read_direction(value& v, session::Direction& direction) {
  const std::string_view name = text_of(v);
  direction = name == "down" ? session::Direction::kDown : session::Direction::kUp;
  return name == "down" || name == "up";
}

// Walks through an object's fields.
template <class OnField>
bool each_field(value& v, OnField&& on_field) {
  ondemand::object object;
  return v.get_object().get(object) == simdjson::SUCCESS && walk(object, on_field);
}

bool read_length(value& v, session::LengthCount& length) {
  return each_field(v, [&length](std::string_view key, value field) {
    if (key == "dir") return read_direction(field, length.direction);
    if (key == "length") return read_number(field, length.length);
    return key != "count" || read_number(field, length.count);
  });
}

bool lengths(SessionFields& fields, value& v) {
  auto& all = fields.session.lengths;
  all.clear();
  return each_element(v, [&all](value& item) { return read_length(item, all.emplace_back()); });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The bytes go behind those of the messages before.
bool read_bytes(value& v, Session& session, session::MessageStart& message) {
  const std::string_view hex = text_of(v);
  if (hex.size() % 2 != 0) return false;
  message.bytes_at = static_cast<std::uint32_t>(session.message_bytes.size());
  message.bytes_count = static_cast<std::uint32_t>(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    session.message_bytes += static_cast<char>(high * 16 + low);
  }
  return true;
}

bool read_message(value& v, Session& session) {
  session::MessageStart& message = session.messages.emplace_back();
  return each_field(v, [&](std::string_view key, value field) {
    if (key == "dir") return read_direction(field, message.direction);
    if (key == "length") return read_number(field, message.length);
    if (key == "t_ms") return read_number(field, message.time_ms);
    return key != "hex" || read_bytes(field, session, message);
  });
}

bool messages(SessionFields& fields, value& v) {
  fields.session.messages.clear();
  fields.session.message_bytes.clear();
  return each_element(v, [&fields](value& item) { return read_message(item, fields.session); });
}

bool read_double(value& v, double& number) {
  return v.get_double().get(number) == simdjson::SUCCESS;
}

bool interval(SessionFields& fields, value& v) {
  Session& session = fields.session;
  session.has_interval = true;
  return each_field(v, [&session](std::string_view key, value field) {
    if (key == "median") return read_double(field, session.interval_median_s);
    return key != "mad" || read_double(field, session.interval_mad_s);
  });
}

bool silence(SessionFields& fields, value& v) {
  return read_double(v, fields.session.longest_silence_s);
}

bool anomalies(SessionFields& fields, value& v) {
  return each_element(v, [&fields](value& item) {
    session::ConnectAnomaly anomaly{};
    if (read_name(item, session::kConnectAnomalies, anomaly)) fields.session.flag(anomaly);
    return true;
  });
}

// Members of the shape of plain HTTP, by kind of value.
struct ShapeKey {
  std::string_view name;
  bool (*read)(session::HttpShape&, value&);
};

template <auto kMember>
bool shape_number(session::HttpShape& http, value& v) {
  return read_number(v, http.*kMember);
}
template <std::size_t kIndex>
bool shape_bytes(session::HttpShape& http, value& v) {
  return read_number(v, http.body_bytes[kIndex]);
}
template <std::size_t kIndex>
bool shape_seconds(session::HttpShape& http, value& v) {
  return read_double(v, http.longest_body_s[kIndex]);
}
template <std::size_t kIndex>
bool shape_endless(session::HttpShape& http, value& v) {
  return v.get_bool().get(http.has_endless_body[kIndex]) == simdjson::SUCCESS;
}
bool shape_entropy(session::HttpShape& http, value& v) {
  return read_double(v, http.target_entropy_bits);
}
bool shape_type(session::HttpShape& http, value& v) {
  return read_text(v, http.content_type);
}

constexpr ShapeKey kShapeKeys[] = {
    {"requests", shape_number<&session::HttpShape::requests>},
    {"with_referer", shape_number<&session::HttpShape::with_referer>},
    {"with_cookie", shape_number<&session::HttpShape::with_cookie>},
    {"with_body", shape_number<&session::HttpShape::with_body>},
    {"head_bytes_max", shape_number<&session::HttpShape::head_bytes_max>},
    {"target_bytes_max", shape_number<&session::HttpShape::target_bytes_max>},
    {"target_entropy_bits", shape_entropy},
    {"body_bytes_up", shape_bytes<0>},
    {"body_bytes_down", shape_bytes<1>},
    {"longest_body_up_s", shape_seconds<0>},
    {"longest_body_down_s", shape_seconds<1>},
    {"has_endless_body_up", shape_endless<0>},
    {"has_endless_body_down", shape_endless<1>},
    {"content_type", shape_type},
};

bool shape(SessionFields& fields, value& v) {
  session::HttpShape& http = fields.session.http;
  return each_field(v, [&http](std::string_view name, value field) {
    const auto* const key = std::find_if(std::begin(kShapeKeys), std::end(kShapeKeys),
                                         [name](const ShapeKey& k) { return k.name == name; });
    return key == std::end(kShapeKeys) || key->read(http, field);
  });
}

// What other keys say as well.
bool nothing(SessionFields&, value&) {
  return true;
}

// In the order in which the writer has them.
constexpr SessionKey kKeys[] = {
    {"session_id", nothing},
    {"start", start},
    {"end", end},
    {"client_ip", client_address},
    {"client_port", port<&Session::client>},
    {"server_ip", address<&Session::server>},
    {"server_port", port<&Session::server>},
    {"vlan", number<&Session::vlan>},
    {"client_forwarded", text<&Session::client_forwarded>},
    {"kind", kind},
    {"destination", text<&Session::destination>},
    {"methods", methods},
    {"status", status},
    {"user_agent", user_agent},
    {"via", text<&Session::via>},
    {"host", text<&Session::host>},
    {"urls_count", number<&Session::urls_count>},
    {"sni", text<&Session::sni>},
    {"alpn", alpn},
    {"tls_version", text<&Session::tls_version>},
    {"cipher_suites", text<&Session::cipher_suites>},
    {"ja3", text<&Session::ja3>},
    {"ja4", text<&Session::ja4>},
    {"ja4_r", text<&Session::ja4_r>},
    {"ja3s", text<&Session::ja3s>},
    {"cert_subject", text<&Session::cert_subject>},
    {"cert_issuer", text<&Session::cert_issuer>},
    {"inner_protocol", inner},
    {"exchanges_up", element<&Session::exchanges, 0>},
    {"exchanges_down", element<&Session::exchanges, 1>},
    {"packets_up", element<&Session::packets, 0>},
    {"packets_down", element<&Session::packets, 1>},
    {"bytes_up", element<&Session::bytes, 0>},
    {"bytes_down", element<&Session::bytes, 1>},
    {"duration_s", nothing},
    {"gaps_bytes", number<&Session::gaps_bytes>},
    {"truncated", truth<&Session::truncated>},
    {"turns", number<&Session::turns>},
    {"small_up", element<&Session::small_messages, 0>},
    {"small_down", element<&Session::small_messages, 1>},
    {"longest_silence_s", silence},
    {"http", shape},
    {"lengths", lengths},
    {"strings", nothing},
    {"messages", messages},
    {"interval_s", interval},
    {"connect_anomalies", anomalies},
    {"ech_outer", truth<&Session::ech_outer>},
    {"upgrade", text<&Session::upgrade>},
};

}  // namespace

const SessionKey* find_session_key(std::string_view name, std::size_t& next) {
  constexpr std::size_t kCount = std::size(kKeys);
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t at = next + i < kCount ? next + i : next + i - kCount;
    if (kKeys[at].name != name) continue;
    next = at + 1 == kCount ? 0 : at + 1;
    return &kKeys[at];
  }
  return nullptr;
}

void SessionFields::finish() {
  if (!has_end || session.end < session.start) session.end = session.start;
}

}  // namespace mogura::logs::detail
