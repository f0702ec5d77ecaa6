#include "whois/detail/answer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "whois/detail/server.h"

namespace mogura::whois::detail {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

struct Line {
  std::string key;  // small
  std::string_view value;
};

// "key: value", "[key]   value", "a. [key]   value".
Line split(std::string_view line) {
  line = trimmed(line);
  const std::size_t open = line.find('[');
  const std::size_t close = line.find(']');
  if (open != std::string_view::npos && open <= 3 && close != std::string_view::npos && close > open) {
    return {lower(trimmed(line.substr(open + 1, close - open - 1))), trimmed(line.substr(close + 1))};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view key = line.substr(0, colon);
  while (!key.empty() && key.back() == '.') key.remove_suffix(1);  // "Registrar......: x"
  return {lower(trimmed(key)), trimmed(line.substr(colon + 1))};
}

enum class Meaning { kOrganisation, kCountry, kRegistrar, kCreated, kNetwork, kReferral };

struct Key {
  std::string_view key;
  Meaning meaning;
};

constexpr std::array<Key, 47> kKeys = {{
    {"registrant organization", Meaning::kOrganisation},
    {"registrant organisation", Meaning::kOrganisation},
    {"registrant", Meaning::kOrganisation},
    {"organization", Meaning::kOrganisation},
    {"orgname", Meaning::kOrganisation},
    {"org-name", Meaning::kOrganisation},
    {"organisation", Meaning::kOrganisation},
    {"owner", Meaning::kOrganisation},
    {"holder", Meaning::kOrganisation},
    {"registrant name", Meaning::kOrganisation},
    {"descr", Meaning::kOrganisation},
    {"netname", Meaning::kOrganisation},
    {"registrant country", Meaning::kCountry},
    {"registrant country/economy", Meaning::kCountry},
    {"country", Meaning::kCountry},
    {"country code", Meaning::kCountry},
    {"registrar", Meaning::kRegistrar},
    {"sponsoring registrar", Meaning::kRegistrar},
    {"registrar name", Meaning::kRegistrar},
    {"source", Meaning::kRegistrar},
    {"creation date", Meaning::kCreated},
    {"created", Meaning::kCreated},
    {"created on", Meaning::kCreated},
    {"created date", Meaning::kCreated},
    {"registered", Meaning::kCreated},
    {"registered on", Meaning::kCreated},
    {"registered date", Meaning::kCreated},
    {"registration date", Meaning::kCreated},
    {"registration time", Meaning::kCreated},
    {"domain registration date", Meaning::kCreated},
    {"connected date", Meaning::kCreated},
    {"regdate", Meaning::kCreated},
    {"assigned date", Meaning::kCreated},
    {"inetnum", Meaning::kNetwork},
    {"inet6num", Meaning::kNetwork},
    {"netrange", Meaning::kNetwork},
    {"cidr", Meaning::kNetwork},
    {"network number", Meaning::kNetwork},
    {"ipv4 address", Meaning::kNetwork},
    {"ipv6 address", Meaning::kNetwork},
    {"route", Meaning::kNetwork},
    {"refer", Meaning::kReferral},
    {"whois", Meaning::kReferral},
    {"whois server", Meaning::kReferral},
    {"registrar whois server", Meaning::kReferral},
    {"referralserver", Meaning::kReferral},
    {"referral server", Meaning::kReferral},
}};

const Key* key_of(std::string_view key) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [key](const Key& k) { return k.key == key; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string& field(Facts& facts, Meaning meaning) {
  switch (meaning) {
    case Meaning::kOrganisation:
      return facts.organisation;
    case Meaning::kCountry:
      return facts.country;
    case Meaning::kRegistrar:
      return facts.registrar;
    case Meaning::kCreated:
      return facts.created;
    case Meaning::kNetwork:
      return facts.network;
    case Meaning::kReferral:
      return facts.referral;
  }
  return facts.referral;
}

// Where several keys mean the same, the earlier one in the table says it better; of one key, its first line.
class FactReader {
 public:
  void take(const Line& line) {
    const Key* key = key_of(line.key);
    if (key == nullptr || line.value.empty()) return;
    std::string value =
        key->meaning == Meaning::kReferral ? referral_of(line.value) : clean_value(line.value);
    if (value.empty()) return;
    const Key*& known = from_[static_cast<std::size_t>(key->meaning)];
    // Of referrals the last one leads furthest; IANA names the same server twice.
    if (known != nullptr && key->meaning != Meaning::kReferral && known <= key) return;
    known = key;
    field(facts_, key->meaning) = std::move(value);
  }

  Facts done() { return std::move(facts_); }

 private:
  static std::string referral_of(std::string_view value) {
    const auto server = server_in(value);
    return server ? server->text() : std::string{};
  }

  Facts facts_;
  std::array<const Key*, 6> from_{};
};

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return text.starts_with(word); });
}

bool says_nothing_known(std::string_view line) {
  while (!line.empty() &&
         (line.front() == '%' || line.front() == '#' || line.front() == '>' || line.front() == ' ')) {
    line.remove_prefix(1);
  }
  return begins_with_any(line, {"no match", "not found", "no entries found", "no data found",
                                "no object found", "domain not found", "no found", "nothing found",
                                "status: free", "status: available", "error:101"}) ||
         line.find("is available for") != std::string_view::npos;
}

bool says_too_many(std::string_view line) {
  for (const std::string_view word :
       {"limit exceeded", "quota exceeded", "too many requests", "too many queries", "rate limit",
        "exceeded the", "access denied", "access control limit", "try again later", "blacklisted"}) {
    if (line.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The length of the UTF-8 character that `text` begins with; 0 if it begins with none (RFC 3629 §4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = byte(1);
  const bool is_bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return is_bad ? 0 : length;
}

// U+0080 to U+009F steer terminals too; U+200B to U+200F, U+2028 to U+202E and U+2066 to U+2069 hide or
// reorder.
bool is_harmless(std::string_view character) {
  const auto byte = [character](std::size_t i) { return static_cast<std::uint8_t>(character[i]); };
  if (character.size() == 1) return byte(0) >= 0x20 && byte(0) != 0x7F;
  if (character.size() == 2) return byte(0) != 0xC2 || byte(1) >= 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return true;
  if (byte(1) == 0x80) return byte(2) < 0x8B || (byte(2) > 0x8F && byte(2) < 0xA8) || byte(2) > 0xAE;
  return byte(1) != 0x81 || byte(2) < 0xA6 || byte(2) > 0xA9;
}

std::string clean(std::string_view text, bool keeps_lines, std::size_t limit) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < limit;) {
    const std::size_t length = utf8_length(text.substr(at));
    const std::string_view character = text.substr(at, std::max<std::size_t>(length, 1));
    at += character.size();
    if (keeps_lines && (character == "\n" || character == "\t")) {
      out += character;
    } else if (length == 0) {
      out += '?';
    } else if (is_harmless(character)) {
      if (out.size() + character.size() > limit) break;
      out += character;
    }
  }
  return out;
}

}  // namespace

Facts read_answer(std::string_view text) {
  FactReader reader;
  bool has_text = false;
  bool knows_nothing = false;
  bool is_refusal = false;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size() && lines < kLines; ++lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, std::min(end - at, kLineBytes));
    at = end + 1;
    const std::string_view content = trimmed(line);
    if (content.empty()) continue;
    const std::string small = lower(content);
    knows_nothing = knows_nothing || says_nothing_known(small);
    is_refusal = is_refusal || says_too_many(small);
    if (content.front() == '%' || content.front() == '#') continue;
    has_text = true;
    reader.take(split(content));
  }
  Facts facts = reader.done();
  // Terms of use speak of limits too: it is no refusal where there is an answer.
  facts.is_refusal = is_refusal && facts.organisation.empty() && facts.registrar.empty() &&
                     facts.created.empty() && facts.network.empty() && facts.referral.empty();
  facts.knows_nothing = knows_nothing || !has_text;
  return facts;
}

std::string clean_value(std::string_view text) {
  return clean(trimmed(text), false, kValueBytes);
}

std::string clean_text(std::string_view text) {
  return clean(text, true, text.size() + 1);
}

}  // namespace mogura::whois::detail
