#include "proxy/detail/codecs.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/toml_guard.h"

namespace mogura::proxy::detail {
namespace {

constexpr std::string_view kAll = "all";
constexpr CountCodec<std::uint16_t> kPort{1, 65'535};
constexpr ListCodec<CountCodec<std::uint16_t>> kPorts{kPort};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::string escaped(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

std::optional<bool> flag_in(const Written& written) {
  if (const bool* const flag = std::get_if<bool>(&written.value)) return *flag;
  if (!written.is_argument) return std::nullopt;
  const auto text = text_in(written);
  if (text != "true" && text != "false") return std::nullopt;
  return text == "true";
}

std::optional<std::int64_t> integer_in(const Written& written) {
  if (const std::int64_t* const integer = std::get_if<std::int64_t>(&written.value)) return *integer;
  const auto text = text_in(written);
  if (!written.is_argument || !text) return std::nullopt;
  std::int64_t integer = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), integer);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return integer;
}

std::optional<std::string_view> text_in(const Written& written) {
  const std::string* const text = std::get_if<std::string>(&written.value);
  return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
}

std::string toml_text(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') toml += '\\';
    // The guard takes a brace for one that is misplaced, wherever it is.
    toml += is_control(c) || c == '}' ? escaped(c) : std::string(1, c);
  }
  toml += '"';
  // What the guard still refuses is not UTF-8.
  if (unsafe_toml_line(toml)) {
    std::replace_if(
        toml.begin(), toml.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return toml;
}

std::string one_of(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

Complaint FlagCodec::read(const Written& written, bool& value) {
  const auto flag = flag_in(written);
  if (!flag) return Wrong{"must be true or false", written.line};
  value = *flag;
  return {};
}

Complaint SizeCodec::read(const Written& written, std::size_t& value) const {
  std::optional<std::uint64_t> size;
  if (const auto text = text_in(written)) size = parse_size(*text);
  if (const auto number = integer_in(written); number && *number >= 0) {
    size = static_cast<std::uint64_t>(*number);
  }
  if (!size || *size < least || *size > most) {
    return Wrong{"must be a size from " + range() + ", like 1500 or \"64K\"", written.line};
  }
  value = *size;
  return {};
}

std::optional<std::chrono::milliseconds> time_in(const Written& written) {
  if (const auto text = text_in(written)) return parse_time(*text);
  const auto seconds = integer_in(written);
  return seconds && *seconds >= 0 ? parse_time(std::to_string(*seconds)) : std::nullopt;
}

Complaint TextCodec::read(const Written& written, std::string& value) const {
  const auto text = text_in(written);
  if (!text) return Wrong{"must be text, in quotes", written.line};
  if (text->size() > kTextBytes) return Wrong{"must have at most 4096 bytes", written.line};
  if (std::any_of(text->begin(), text->end(), is_control)) {
    return Wrong{"must not hold control characters", written.line};
  }
  std::string complaint = rule->complaint(*text);
  if (!complaint.empty()) return Wrong{std::move(complaint), written.line};
  value = *text;
  return {};
}

Complaint EndpointCodec::read(const Written& written, Endpoint& value) {
  const auto text = text_in(written);
  const auto endpoint = text ? Endpoint::parse(*text) : std::nullopt;
  if (!endpoint) return Wrong{"must be ADDR:PORT, with an IPv6 address in brackets", written.line};
  value = *endpoint;
  return {};
}

Complaint NetworkCodec::read(const Written& written, Network& value) {
  const auto text = text_in(written);
  const auto network = text ? Network::parse(*text) : std::nullopt;
  if (!network) return Wrong{"must be a network like 10.0.0.0/8, or an address", written.line};
  value = *network;
  return {};
}

const std::vector<Written>* elements_in(const Written& written, Complaint& wrong) {
  const auto* const elements = std::get_if<std::vector<Written>>(&written.value);
  if (elements == nullptr) {
    wrong = Wrong{"must be a list: [\"…\", \"…\"]", written.line};
  } else if (elements->size() > kListEntries) {
    wrong = Wrong{"must have at most 10000 elements", written.line};
    return nullptr;
  }
  return elements;
}

Complaint PortsCodec::read(const Written& written, Access& value) {
  const auto* const elements = std::get_if<std::vector<Written>>(&written.value);
  const bool is_one_argument = written.is_argument && elements != nullptr && elements->size() == 1;
  if (text_in(is_one_argument ? elements->front() : written) == kAll) {
    value.any_connect_port = true;
    value.connect_ports.clear();
    return {};
  }
  const Complaint wrong = kPorts.read(written, value.connect_ports);
  if (wrong) return Wrong{"must be a list of ports from 1 to 65535, or \"all\"", wrong->line};
  value.any_connect_port = false;
  return {};
}

std::string PortsCodec::write(const Access& value) {
  return value.any_connect_port ? toml_text(kAll) : kPorts.write(value.connect_ports);
}

}  // namespace mogura::proxy::detail
