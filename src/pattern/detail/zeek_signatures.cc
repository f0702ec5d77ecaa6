#include "pattern/detail/zeek_signatures.h"

#include "pattern/detail/alternatives.h"
#include "pattern/detail/rule_text.h"
#include "pattern/detail/words.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using session::Direction;

// In Zeek's expressions "." leaves out line feeds.
constexpr std::string_view kAnyByte = "(.|\\n)";
// A head: lines that are not empty, up to an empty one.
constexpr std::string_view kRestOfHead = "[^\\x0a]*\\x0a([^\\x0d\\x0a][^\\x0a]*\\x0a)*\\x0d?\\x0a";

// What one signature asks of one direction.
struct Part {
  Direction direction = Direction::kUp;
  std::string condition;  // "payload /.../" or "http-request-header /.../"
};

class SignatureWriter {
 public:
  SignatureWriter(const Alternative& conditions, Losses& losses) : conditions_(conditions), losses_(losses) {
    for (const Condition* condition : conditions) {
      if (condition->on == On::kKind) kind_ = condition->text;
    }
  }

  std::vector<Part> parts() {
    for (const Condition* condition : conditions_) add(*condition);
    return std::move(parts_);
  }

 private:
  void lose(const Condition& condition, std::string_view why = {}) {
    losses_.add(words_for(condition) + (why.empty() ? "" : " (" + std::string(why) + ")"));
  }

  [[nodiscard]] bool is_tunnel() const { return kind_ == "connect" || kind_ == "ssl"; }

  void add(const Condition& condition) {
    switch (condition.on) {
      case On::kBytes:
        return add_bytes(condition);
      case On::kUserAgent:
        return add_header("User-Agent", condition.text, condition);
      case On::kDestination:
        return add_destination(condition);
      case On::kMethod:
        return add_payload(Direction::kUp, "^" + regex_of(condition.text) + "\\x20");
      case On::kKind:
        if (is_tunnel()) return lose(condition, "only that there was a CONNECT, where bytes are asked for");
        return lose(condition);
      case On::kInner:
      case On::kNoUserAgent:
      case On::kCipherSuites:
      case On::kJa4:
      case On::kSni:
      case On::kNoSni:
      case On::kUpgrade:
      case On::kLength:
      case On::kRhythm:
      case On::kExchanges:
      case On::kDuration:
      case On::kLongBody:
      case On::kAll:
      case On::kAny:
        return lose(condition);
    }
  }

  void add_payload(Direction direction, const std::string& regex) {
    parts_.push_back({direction, "payload /" + regex + "/"});
  }

  static std::string regex_of_glob(std::string_view glob) {
    std::string regex;
    for (const char c : glob) regex += c == '*' ? ".*" : regex_of(std::string_view(&c, 1));
    return regex;
  }

  void add_header(std::string_view name, std::string_view glob, const Condition& condition) {
    // Zeek's HTTP analyzer sees the CONNECT's head, too.
    if (glob.empty()) return lose(condition);
    parts_.push_back(
        {Direction::kUp, "http-request-header /^" + regex_of(name) + ":\\x20?" + regex_of_glob(glob) + "$/"});
  }

  void add_destination(const Condition& condition) {
    if (is_tunnel())
      return add_payload(Direction::kUp, "^CONNECT\\x20" + regex_of_glob(condition.text) + "\\x20");
    add_header("Host", condition.text.substr(0, condition.text.rfind(':')) + "*", condition);
    lose(condition, "only the host, not the port");
  }

  void add_bytes(const Condition& condition) {
    const BytesCondition& bytes = condition.bytes;
    if (kind_ == "websocket" && bytes.direction == Direction::kUp)
      return lose(condition, "frames from the client are masked");
    std::string regex;
    for (std::size_t i = 0; i < bytes.bytes.size(); ++i) {
      regex += bytes.mask[i] == '\0' ? std::string(kAnyByte) : regex_of(std::string_view(&bytes.bytes[i], 1));
    }
    const bool has_place = bytes.offset && bytes.message == 0 && (is_tunnel() || kind_ == "other");
    if (has_place) {
      std::string before = "^";
      if (is_tunnel()) before += head_before(bytes.direction);
      if (*bytes.offset != 0) before += std::string(kAnyByte) + "{" + std::to_string(*bytes.offset) + "}";
      return add_payload(bytes.direction, before + regex);
    }
    if (!is_rare_anywhere(bytes)) return lose(condition, "too short to be asked for anywhere");
    add_payload(bytes.direction, std::string(kAnyByte) + "*" + regex);
    if (bytes.offset || bytes.message) lose(condition, "the place of the bytes in the stream");
  }

  static std::string head_before(Direction direction) {
    return (direction == Direction::kUp ? "CONNECT\\x20" : "HTTP\\x2f1\\x2e[01]\\x202") +
           std::string(kRestOfHead);
  }

  const Alternative& conditions_;
  Losses& losses_;
  std::string kind_;
  std::vector<Part> parts_;
};

// The last part raises the event and asks for the others.
std::string write_signatures(const Pattern& pattern, std::size_t alternative,
                             const std::vector<Part>& parts) {
  const std::string name = "mogura-" + pattern.id + "-" + std::to_string(alternative);
  std::string text;
  std::string required;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    const std::string mine = is_last ? name : name + "-part-" + std::to_string(i);
    text += "signature " + mine + " {\n  ip-proto == tcp\n  tcp-state established,";
    text += parts[i].direction == Direction::kUp ? "originator\n" : "responder\n";
    text += "  " + parts[i].condition + "\n";
    if (is_last) text += required + "  event \"mogura " + title_of(pattern) + "\"\n";
    text += "}\n";
    const bool is_same = parts[i].direction == parts.back().direction;
    required += std::string("  requires-") + (is_same ? "" : "reverse-") + "signature " + mine + "\n";
  }
  return text;
}

}  // namespace

void export_zeek_signatures(const std::vector<Pattern>& patterns, Exported& out) {
  for (const Pattern& pattern : patterns) {
    Losses losses(pattern, out);
    std::string signatures;
    const std::vector<Alternative> alternatives = alternatives_of(pattern.condition);
    if (alternatives.empty()) losses.add("the whole pattern: its any would become too many signatures");
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      const std::vector<Part> parts = SignatureWriter(alternatives[i], losses).parts();
      if (parts.empty())
        losses.add("the whole pattern, or one way of matching it: too little would be left");
      else
        signatures += write_signatures(pattern, i, parts);
    }
    out.text += "# " + pattern.id + "\n" + losses.comments() + signatures + "\n";
  }
}

}  // namespace mogura::pattern::detail
