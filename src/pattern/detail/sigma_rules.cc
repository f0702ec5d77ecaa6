#include "pattern/detail/sigma_rules.h"

#include "base/digest.h"
#include "pattern/detail/alternatives.h"
#include "pattern/detail/rule_text.h"
#include "pattern/detail/text_escape.h"
#include "pattern/detail/words.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;

// A UUID that is the same for the same pattern (RFC 9562, version 8).
std::string uuid_of(const Pattern& pattern) {
  auto digest = sha256(as_bytes("mogura sigma " + pattern.id));
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0F) | 0x80);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3F) | 0x80);
  std::string uuid = to_hex(ByteView(digest).first(16));
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) uuid.insert(dash, "-");
  return uuid;
}

// In double quotes, as JSON's strings are YAML's, too. "*" stays a wildcard; "?" and "\" are to be literal.
std::string glob_of(std::string_view glob) {
  std::string literal;
  for (const char c : glob) {
    if (c == '?' || c == '\\') literal += '\\';
    literal += c;
  }
  return "\"" + escape_toml(literal) + "\"";
}

class SelectionWriter {
 public:
  explicit SelectionWriter(Losses& losses) : losses_(losses) {}

  // The fields of one selection; empty where a log cannot tell.
  std::string write(const Alternative& conditions) {
    for (const Condition* condition : conditions) add(*condition);
    return is_telling_ ? method_ + fields_ : std::string();
  }

 private:
  void add_field(std::string_view name, const std::string& value) {
    fields_ += "    " + std::string(name) + ": " + value + "\n";
    is_telling_ = true;
  }

  void set_method(const std::string& method) { method_ = "    cs-method: " + glob_of(method) + "\n"; }

  void add(const Condition& condition) {
    const bool is_tunnel = condition.text == "connect" || condition.text == "ssl";
    switch (condition.on) {
      case On::kKind:
        if (is_tunnel) set_method("CONNECT");
        return losses_.add(words_for(condition) + (is_tunnel ? " (only that there was a CONNECT)" : ""));
      case On::kMethod:
        set_method(condition.text);
        is_telling_ = is_telling_ || (condition.text != "GET" && condition.text != "POST");
        return;
      case On::kUserAgent:
        return add_field("c-useragent", glob_of(condition.text));
      case On::kNoUserAgent:
        fields_ += "    c-useragent: null\n";  // alone, it tells too little
        return;
      case On::kDestination:
        losses_.add(words_for(condition) + " (only the host, not the port)");
        return add_field("cs-host", glob_of(condition.text.substr(0, condition.text.rfind(':'))));
      case On::kInner:
      case On::kCipherSuites:
      case On::kJa4:
      case On::kSni:
      case On::kNoSni:
      case On::kUpgrade:
      case On::kLength:
      case On::kBytes:
      case On::kRhythm:
      case On::kExchanges:
      case On::kDuration:
      case On::kLongBody:
      case On::kAll:
      case On::kAny:
        return losses_.add(words_for(condition));
    }
  }

  Losses& losses_;
  std::string method_;
  std::string fields_;
  bool is_telling_ = false;
};

std::string write_rule(const Pattern& pattern, const std::string& selections, const Losses& losses) {
  std::string rule =
      "title: \"mogura " + title_of(pattern) + "\"\nid: " + uuid_of(pattern) + "\nstatus: experimental\n";
  rule += losses.comments();
  rule += "description: \"" +
          escape_toml(pattern.note.empty() ? pattern.id : pattern.id + ": " + pattern.note) + "\"\n";
  if (!pattern.author.empty()) rule += "author: \"" + escape_toml(pattern.author) + "\"\n";
  if (!pattern.date.empty()) rule += "date: " + pattern.date + "\n";
  return rule + "logsource:\n  category: proxy\ndetection:\n" + selections +
         "  condition: 1 of selection_*\nlevel: high\n";
}

}  // namespace

void export_sigma_rules(const std::vector<Pattern>& patterns, Exported& out) {
  bool has_rule = false;
  for (const Pattern& pattern : patterns) {
    Losses losses(pattern, out);
    std::string selections;
    const std::vector<Alternative> alternatives = alternatives_of(pattern.condition);
    if (alternatives.empty()) losses.add("the whole pattern: its any would become too many selections");
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      const std::string fields = SelectionWriter(losses).write(alternatives[i]);
      if (fields.empty())
        losses.add("the whole pattern, or one way of matching it: a proxy's log cannot tell");
      else
        selections += "  selection_" + std::to_string(i) + ":\n" + fields;
    }
    if (has_rule && !selections.empty()) out.text += "---\n";
    has_rule = has_rule || !selections.empty();
    out.text += selections.empty() ? "# " + pattern.id + "\n" + losses.comments()
                                   : write_rule(pattern, selections, losses);
  }
}

}  // namespace mogura::pattern::detail
