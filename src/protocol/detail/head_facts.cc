#include "protocol/detail/head_facts.h"

#include <algorithm>
#include <charconv>

#include "protocol/detail/http1_text.h"
#include "protocol/detail/request_target.h"

namespace mogura::protocol::detail {
namespace {

constexpr std::size_t kLengthDigits = 19;  // more may not fit into 64 bits

HeadRefusal note_length(std::string_view value, FieldFacts& facts) {
  if (facts.has_length || value.find(',') != std::string_view::npos) return HeadRefusal::kSeveralLengths;
  if (facts.has_coding) return HeadRefusal::kLengthAndCoding;
  if (value.empty() || value.size() > kLengthDigits || !std::ranges::all_of(value, is_digit))
    return HeadRefusal::kLength;
  facts.has_length = true;
  std::from_chars(value.data(), value.data() + value.size(), facts.length);
  return HeadRefusal::kNone;
}

HeadRefusal note_coding(std::string_view value, unsigned minor, FieldFacts& facts) {
  if (facts.has_coding || !equals_ignoring_case(value, "chunked")) return HeadRefusal::kCoding;
  if (minor == 0) return HeadRefusal::kCodingInHttp10;
  if (facts.has_length) return HeadRefusal::kLengthAndCoding;
  facts.has_coding = true;
  return HeadRefusal::kNone;
}

HeadRefusal note_host(std::string_view value, HeadProgress& progress) {
  if (progress.facts.has_host || !is_strict_authority(value, false)) return HeadRefusal::kHost;
  progress.facts.has_host = true;
  progress.facts.host_index = static_cast<std::uint32_t>(progress.marks.size() - 1);
  return HeadRefusal::kNone;
}

// White space around a value may be tabs, but there are servers that take only spaces off.
HeadRefusal refusal_for_tab(FieldId id, bool is_request) {
  if (id == FieldId::kContentLength) return HeadRefusal::kLength;
  if (id == FieldId::kTransferEncoding) return HeadRefusal::kCoding;
  return id == FieldId::kHost && is_request ? HeadRefusal::kHost : HeadRefusal::kNone;
}

// One option of Connection or Proxy-Connection. False: it is neither of the two that everybody knows.
bool note_persistence(std::string_view option, FieldFacts& facts) {
  if (equals_ignoring_case(option, "close")) {
    facts.says_close = true;
  } else if (equals_ignoring_case(option, "keep-alive")) {
    facts.says_keep_alive = true;
  } else {
    return false;
  }
  return true;
}

HeadRefusal note_connection(std::string_view value, std::uint32_t offset, HeadProgress& progress) {
  HeadRefusal refusal = HeadRefusal::kNone;
  for_each_element(value, [&](std::string_view option) {
    if (note_persistence(option, progress.facts)) return;
    if (equals_ignoring_case(option, "upgrade")) progress.facts.lists_upgrade = true;
    if (progress.options.size() >= kMaxConnectionOptions) {
      refusal = HeadRefusal::kTooManyFields;
      return;
    }
    const auto begin = offset + static_cast<std::uint32_t>(option.data() - value.data());
    progress.options.push_back({begin, begin + static_cast<std::uint32_t>(option.size())});
  });
  return refusal;
}

void note_upgrade(std::string_view value, FieldFacts& facts) {
  for_each_element(value, [&](std::string_view protocol) {
    facts.has_upgrade = true;
    const std::string_view name = protocol.substr(0, protocol.find('/'));
    if (equals_ignoring_case(name, "http") || starts_with_ignoring_case(name, "h2"))
      facts.has_other_http = true;
  });
}

}  // namespace

bool looks_like_framing(std::string_view name) {
  constexpr std::string_view kLength = "content-length", kCoding = "transfer-encoding";
  const auto equals = [&](std::string_view wanted) {
    return std::ranges::equal(name, wanted,
                              [](char a, char b) { return lower(a) == b || (a == '_' && b == '-'); });
  };
  return (name.size() == kLength.size() && equals(kLength)) ||
         (name.size() == kCoding.size() && equals(kCoding));
}

HeadRefusal note_field(std::string_view bytes, bool is_request, HeadProgress& progress) {
  const FieldMark& mark = progress.marks.back();
  const HeadRefusal tabbed = refusal_for_tab(mark.id, is_request);
  const std::uint32_t behind_name = mark.name_end + 1;
  if (tabbed != HeadRefusal::kNone &&
      bytes.substr(behind_name, mark.line_end - behind_name).find('\t') != std::string_view::npos)
    return tabbed;
  const std::string_view value = bytes.substr(mark.value, mark.value_end - mark.value);
  FieldFacts& facts = progress.facts;
  switch (mark.id) {
    case FieldId::kContentLength:
      return note_length(value, facts);
    case FieldId::kTransferEncoding:
      return note_coding(value, progress.minor, facts);
    case FieldId::kHost:
      return is_request ? note_host(value, progress) : HeadRefusal::kNone;
    case FieldId::kConnection:
      return note_connection(value, mark.value, progress);
    case FieldId::kProxyConnection:
      for_each_element(value, [&](std::string_view option) { note_persistence(option, facts); });
      return HeadRefusal::kNone;
    case FieldId::kUpgrade:
      note_upgrade(value, facts);
      return HeadRefusal::kNone;
    case FieldId::kExpect:
      facts.expects_continue = facts.expects_continue || equals_ignoring_case(value, "100-continue");
      return HeadRefusal::kNone;
    case FieldId::kOther:
      return looks_like_framing(bytes.substr(mark.line, mark.name_end - mark.line)) ? HeadRefusal::kFieldName
                                                                                    : HeadRefusal::kNone;
    default:
      return HeadRefusal::kNone;
  }
}

HeadRefusal check_request(std::string_view method, const HeadProgress& progress) {
  const FieldFacts& facts = progress.facts;
  const TargetForm form = progress.target_marks.form;
  const bool needs_host = form == TargetForm::kOrigin || form == TargetForm::kAsterisk;
  if (!facts.has_host && (progress.minor >= 1 || needs_host)) return HeadRefusal::kHost;
  if (method == "CONNECT" && (facts.has_coding || facts.length > 0)) return HeadRefusal::kConnectBody;
  return HeadRefusal::kNone;
}

HeadRefusal check_response(const HeadProgress& progress) {
  const bool is_without_body = progress.status < 200 || progress.status == 204;
  if (is_without_body && (progress.facts.has_coding || progress.facts.length > 0))
    return HeadRefusal::kBodyWithoutBody;
  return HeadRefusal::kNone;
}

Framing framing_of_request(const FieldFacts& facts) {
  if (facts.has_coding) return {Framing::Kind::kChunked, 0};
  if (facts.has_length) return {Framing::Kind::kLength, facts.length};
  return {};
}

Framing framing_of_response(std::string_view method, const HeadProgress& progress) {
  const unsigned status = progress.status;
  if (method == "HEAD" || status < 200 || status == 204 || status == 304) return {};
  if (method == "CONNECT" && status < 300) return {};
  const Framing framing = framing_of_request(progress.facts);
  return framing.kind == Framing::Kind::kNone ? Framing{Framing::Kind::kUntilClose, 0} : framing;
}

bool wants_keep_alive(const HeadProgress& progress) {
  return !progress.facts.says_close && (progress.minor >= 1 || progress.facts.says_keep_alive);
}

void make_views(std::string_view bytes, const HeadProgress& progress, std::vector<HeadField>& fields,
                std::vector<std::string_view>& options) {
  const auto view = [&](std::uint32_t begin, std::uint32_t end) {
    return std::string_view(bytes.data() + begin, end - begin);
  };
  fields.clear();
  options.clear();
  fields.reserve(progress.marks.size());
  for (const FieldMark& mark : progress.marks) {
    fields.push_back({mark.id, view(mark.line, mark.name_end), view(mark.value, mark.value_end),
                      view(mark.line, mark.line_end)});
  }
  for (const auto& option : progress.options) options.push_back(view(option.begin, option.end));
}

bool is_hop_by_hop(const HeadField& field, const std::vector<std::string_view>& options) {
  switch (field.id) {
    case FieldId::kConnection:
    case FieldId::kKeepAlive:
    case FieldId::kProxyAuthenticate:
    case FieldId::kProxyAuthorization:
    case FieldId::kProxyConnection:
    case FieldId::kTe:
    case FieldId::kTransferEncoding:
    case FieldId::kUpgrade:
      return true;
    case FieldId::kOther:
      return std::ranges::any_of(options, [&](std::string_view option) {
        return option.size() == field.name.size() &&
               std::ranges::equal(option, field.name, {}, detail::lower, detail::lower);
      });
    default:
      return false;
  }
}

}  // namespace mogura::protocol::detail
