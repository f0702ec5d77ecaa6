#include "protocol/detail/distinguished_name.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/detail/der.h"

namespace mogura::protocol::detail {
namespace {

using namespace std::string_view_literals;

struct KnownType {
  std::string_view oid;  // contents
  std::string_view name;
};

// 2.5.4.*, then PKCS #9, RFC 4519 §2 (DC, UID), and the jurisdictions of extended validation.
constexpr std::array kKnownTypes = {
    KnownType{"\x55\x04\x03"sv, "CN"},
    KnownType{"\x55\x04\x06"sv, "C"},
    KnownType{"\x55\x04\x0A"sv, "O"},
    KnownType{"\x55\x04\x0B"sv, "OU"},
    KnownType{"\x55\x04\x08"sv, "ST"},
    KnownType{"\x55\x04\x07"sv, "L"},
    KnownType{"\x55\x04\x04"sv, "SN"},
    KnownType{"\x55\x04\x05"sv, "serialNumber"},
    KnownType{"\x55\x04\x09"sv, "street"},
    KnownType{"\x55\x04\x0C"sv, "title"},
    KnownType{"\x55\x04\x0D"sv, "description"},
    KnownType{"\x55\x04\x0F"sv, "businessCategory"},
    KnownType{"\x55\x04\x11"sv, "postalCode"},
    KnownType{"\x55\x04\x12"sv, "postOfficeBox"},
    KnownType{"\x55\x04\x13"sv, "physicalDeliveryOfficeName"},
    KnownType{"\x55\x04\x14"sv, "telephoneNumber"},
    KnownType{"\x55\x04\x29"sv, "name"},
    KnownType{"\x55\x04\x2A"sv, "GN"},
    KnownType{"\x55\x04\x2B"sv, "initials"},
    KnownType{"\x55\x04\x2C"sv, "generationQualifier"},
    KnownType{"\x55\x04\x2E"sv, "dnQualifier"},
    KnownType{"\x55\x04\x41"sv, "pseudonym"},
    KnownType{"\x55\x04\x48"sv, "role"},
    KnownType{"\x55\x04\x61"sv, "organizationIdentifier"},
    KnownType{"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01"sv, "emailAddress"},
    KnownType{"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x02"sv, "unstructuredName"},
    KnownType{"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x08"sv, "unstructuredAddress"},
    KnownType{"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01"sv, "UID"},
    KnownType{"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"sv, "DC"},
    KnownType{"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x01"sv, "jurisdictionL"},
    KnownType{"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x02"sv, "jurisdictionST"},
    KnownType{"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03"sv, "jurisdictionC"},
};

// Characters that stand for themselves anywhere but at the ends of a value (RFC 4514 §2.4).
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c)
    plain[c] = "\"+,;<>\\"sv.find(static_cast<char>(c)) == std::string_view::npos;
  return plain;
}();

constexpr std::string_view kHexDigits = "0123456789ABCDEF";
constexpr std::uint32_t kReplacement = 0xFFFD;

void append_utf8(std::uint32_t character, std::string& text) {
  if ((character >= 0xD800 && character < 0xE000) || character > 0x10FFFF) character = kReplacement;
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0 | character >> 6);
    tail(0);
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0 | character >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | character >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

// The length of the sequence that begins with `lead` (RFC 3629 §3); 0: none does.
std::size_t utf8_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// The character at the front and its bytes; an impossible byte is one replacement character.
std::uint32_t take_utf8(ByteView& bytes) {
  constexpr std::array<std::uint32_t, 5> kLowest = {0, 0, 0x80, 0x800, 0x10000};
  const std::size_t length = utf8_length(bytes.front());
  std::uint32_t character = kReplacement;
  std::size_t taken = 1;
  if (length == 1) character = bytes.front();
  if (length >= 2 && length <= bytes.size()) {
    std::uint32_t value = bytes.front() & (0x7Fu >> length);
    std::size_t good = 1;
    for (; good < length && (bytes[good] & 0xC0) == 0x80; ++good) value = (value << 6) | (bytes[good] & 0x3F);
    const bool is_surrogate = value >= 0xD800 && value < 0xE000;
    if (good == length && value >= kLowest[length] && value <= 0x10FFFF && !is_surrogate) {
      character = value;
      taken = length;
    }
  }
  bytes = bytes.subspan(taken);
  return character;
}

void utf16_to_utf8(ByteView units, std::string& text) {
  for (std::size_t i = 0; i + 1 < units.size(); i += 2) {
    std::uint32_t character = load_be16(&units[i]);
    if ((character & 0xFC00) == 0xD800 && i + 3 < units.size()) {
      const std::uint32_t low = load_be16(&units[i + 2]);
      if ((low & 0xFC00) == 0xDC00) {
        character = 0x10000 + ((character & 0x3FF) << 10) + (low & 0x3FF);
        i += 2;
      }
    }
    append_utf8(character, text);
  }
}

void append_hex_dump(ByteView bytes, std::string& text) {
  text += '#';
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
}

// RFC 4514 §2.4: a space at either end, a number sign in front, and "+,;<>\ anywhere.
void append_escaped(std::string_view value, std::string& text) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool is_first = i == 0;
    const bool is_last = i + 1 == value.size();
    if (c == '\0') {
      text += "\\00";
      continue;
    }
    const bool must = "\"+,;<>\\"sv.find(c) != std::string_view::npos || (c == '#' && is_first) ||
                      (c == ' ' && (is_first || is_last));
    if (must) text += '\\';
    text += c;
  }
}

// Whether a value is the same in every type of string of one byte a character, and nothing in it needs
// escaping: nearly all are, and are then copied as they stand.
bool is_plain(std::uint8_t tag, ByteView value) {
  if (tag != 0x0C && tag != 0x13 && tag != 0x16) return false;
  bool is_plain = !value.empty() && value.front() != ' ' && value.front() != '#' && value.back() != ' ';
  for (const std::uint8_t byte : value) is_plain = is_plain && kPlain[byte];
  return is_plain;
}

struct Attribute {
  ByteView type;
  DerElement value;
};

bool read_attribute(ByteView pair, Attribute& attribute) {
  DerReader reader(pair);
  DerElement type;
  if (!reader.next(kDerObjectIdentifier, type) || !reader.next(attribute.value)) return false;
  attribute.type = type.contents;
  return !attribute.value.is_cut;
}

// The last attributes of the sequence, in their order.
class Attributes {
 public:
  explicit Attributes(ByteView rdn_sequence) {
    DerReader rdns(rdn_sequence);
    DerElement rdn;
    for (std::size_t number = 0; rdns.next(kDerSet, rdn); ++number) read_rdn(rdn.contents, number);
  }
  struct Place {
    ByteView pair;        // type and value
    std::size_t rdn = 0;  // number of the RDN it is in
  };
  [[nodiscard]] std::size_t size() const { return std::min(count_, kNameAttributes); }
  // 0: the last.
  [[nodiscard]] const Place& from_end(std::size_t i) const {
    return ring_[(count_ - 1 - i) % kNameAttributes];
  }

 private:
  void read_rdn(ByteView contents, std::size_t number) {
    DerReader pairs(contents);
    DerElement pair;
    Attribute attribute;
    while (pairs.next(kDerSequence, pair)) {
      if (read_attribute(pair.contents, attribute))
        ring_[count_++ % kNameAttributes] = {pair.contents, number};
    }
  }

  std::array<Place, kNameAttributes> ring_;
  std::size_t count_ = 0;
};

void append_attribute(const Attribute& attribute, std::string& text) {
  const std::string_view oid = as_text(attribute.type);
  const auto* const known = std::find_if(kKnownTypes.begin(), kKnownTypes.end(),
                                         [&](const KnownType& type) { return type.oid == oid; });
  if (known == kKnownTypes.end()) {
    text += dotted_oid(attribute.type);
    text += '=';
    return append_hex_dump(attribute.value.whole, text);
  }
  text += known->name;
  text += '=';
  if (is_plain(attribute.value.tag, attribute.value.contents)) {
    text += as_text(attribute.value.contents);
    return;
  }
  std::string value;
  if (to_utf8(attribute.value.tag, attribute.value.contents, value)) return append_escaped(value, text);
  append_hex_dump(attribute.value.whole, text);
}

// At most kNameBytes of valid UTF-8.
std::string cut_text(std::string text) {
  if (text.size() <= kNameBytes) return text;
  std::size_t end = kNameBytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

bool to_utf8(std::uint8_t tag, ByteView value, std::string& text) {
  switch (tag) {
    case 0x0C:  // UTF8String
      while (!value.empty()) append_utf8(take_utf8(value), text);
      return true;
    case 0x12:  // NumericString
    case 0x13:  // PrintableString
    case 0x14:  // TeletexString
    case 0x16:  // IA5String
    case 0x17:  // UTCTime
    case 0x18:  // GeneralizedTime
    case 0x1A:  // VisibleString
      for (const std::uint8_t byte : value) append_utf8(byte, text);
      return true;
    case 0x1C:  // UniversalString
      if (value.size() % 4 != 0) return false;
      for (; !value.empty(); value = value.subspan(4)) append_utf8(load_be32(value.data()), text);
      return true;
    case 0x1E:  // BMPString
      if (value.size() % 2 != 0) return false;
      utf16_to_utf8(value, text);
      return true;
    default:
      return false;
  }
}

std::string dotted_oid(ByteView oid) {
  std::string text;
  std::uint64_t number = 0;
  for (const std::uint8_t byte : oid) {
    if (number >> 57 != 0) return {};
    number = (number << 7) | (byte & 0x7F);
    if ((byte & 0x80) != 0) continue;
    if (text.empty()) {
      const std::uint64_t root = std::min<std::uint64_t>(number / 40, 2);
      text = std::to_string(root);
      number -= root * 40;
    }
    text += '.';
    text += std::to_string(number);
    number = 0;
  }
  return oid.empty() || (oid.back() & 0x80) != 0 ? std::string() : text;
}

std::string distinguished_name(ByteView rdn_sequence) {
  const Attributes attributes(rdn_sequence);
  Attribute attribute;
  std::string text;
  text.reserve(std::min(rdn_sequence.size(), kNameBytes));
  for (std::size_t i = 0; i < attributes.size() && text.size() < kNameBytes; ++i) {
    const Attributes::Place& place = attributes.from_end(i);
    if (i != 0) text += attributes.from_end(i - 1).rdn == place.rdn ? '+' : ',';
    if (!read_attribute(place.pair, attribute)) break;
    append_attribute(attribute, text);
  }
  return cut_text(std::move(text));
}

}  // namespace mogura::protocol::detail
