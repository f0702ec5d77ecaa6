#include "pattern/detail/stream_rules.h"

#include <algorithm>
#include <set>

#include "pattern/detail/alternatives.h"
#include "pattern/detail/rule_text.h"
#include "pattern/detail/words.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using session::Direction;

// One packet's part of a pattern.
struct Step {
  std::string protocol;  // "tcp", "http", "tls"
  Direction direction = Direction::kUp;
  std::string options;      // "content:...; offset:0; "
  bool is_telling = false;  // not only a method or a length
};

// Writes the rules of one alternative of a pattern.
class RuleWriter {
 public:
  RuleWriter(const Alternative& conditions, Format format, Losses& losses)
      : conditions_(conditions), is_suricata_(format == Format::kSuricata), losses_(losses) {
    for (const Condition* condition : conditions) {
      if (condition->on == On::kKind) kind_ = condition->text;
    }
  }

  // The steps in which the alternative can be seen; empty where too little of it can be expressed.
  std::vector<Step> steps() {
    for (const Condition* condition : conditions_) add(*condition);
    if (!http_.empty()) {
      steps_.insert(steps_.begin(), {"http", Direction::kUp, http_, is_http_telling_});
    }
    const bool is_telling =
        std::any_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.is_telling; });
    if (!is_telling) steps_.clear();
    return std::move(steps_);
  }

 private:
  void lose(const Condition& condition, std::string_view why = {}) {
    losses_.add(words_for(condition) + (why.empty() ? "" : " (" + std::string(why) + ")"));
  }

  void add(const Condition& condition) {
    switch (condition.on) {
      case On::kKind:
        return add_kind(condition);
      case On::kDestination:
        return add_destination(condition);
      case On::kUserAgent:
        return add_user_agent(condition);
      case On::kMethod:
        return add_http("http.method", "http_method", condition.text, true);
      case On::kSni:
        return add_sni(condition);
      case On::kJa4:
        return add_ja4(condition);
      case On::kLength:
        return add_length(condition);
      case On::kBytes:
        return add_bytes(condition);
      case On::kInner:
      case On::kNoUserAgent:
      case On::kNoSni:
      case On::kCipherSuites:
      case On::kUpgrade:
      case On::kRhythm:
      case On::kExchanges:
      case On::kDuration:
      case On::kLongBody:
      case On::kAll:
      case On::kAny:
        return lose(condition);
    }
  }

  void add_kind(const Condition& condition) {
    if (kind_ == "connect" || kind_ == "ssl") {
      add_http("http.method", "http_method", "CONNECT", false);
      return lose(condition, "only that there was a CONNECT");
    }
    lose(condition);
  }

  void add_http(std::string_view suricata, std::string_view snort, std::string_view text, bool is_telling) {
    http_ += is_suricata_ ? suricata : snort;
    http_ += "; content:\"" + content_of(text) + "\"; ";
    is_http_telling_ = is_http_telling_ || (is_telling && text != "GET" && text != "POST");
  }

  void add_pieces(std::string_view suricata, std::string_view snort, std::string_view glob) {
    const std::vector<std::string> pieces = pieces_of_glob(glob);
    if (pieces.empty()) return;
    http_ += is_suricata_ ? suricata : snort;
    http_ += "; ";
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      http_ += "content:\"" + content_of(pieces[i]) + "\"" +
               (i == 0         ? "; "
                : is_suricata_ ? "; distance:0; "
                               : ",distance 0; ");
    }
    is_http_telling_ = true;
    if (glob.front() == '*' || glob.back() == '*' || pieces.size() != 1) return;
    if (is_suricata_) http_ += "bsize:" + std::to_string(glob.size()) + "; ";
  }

  void add_destination(const Condition& condition) {
    if (kind_ == "connect" || kind_ == "ssl")
      return add_pieces("http.uri.raw", "http_raw_uri", condition.text);
    std::string host = condition.text.substr(0, condition.text.rfind(':'));
    add_pieces("http.host.raw", "http_header:field host", host);
    lose(condition, "only the host, not the port");
  }

  void add_user_agent(const Condition& condition) {
    if (pieces_of_glob(condition.text).empty()) return lose(condition);
    add_pieces("http.user_agent", "http_header:field user-agent", condition.text);
  }

  void add_sni(const Condition& condition) {
    const std::vector<std::string> pieces = pieces_of_glob(condition.text);
    if (!is_suricata_ || pieces.empty()) return lose(condition);
    std::string options = "tls.sni; ";
    for (const std::string& piece : pieces) options += "content:\"" + content_of(piece) + "\"; ";
    steps_.push_back({"tls", Direction::kUp, options, true});
  }

  void add_ja4(const Condition& condition) {
    if (!is_suricata_) return lose(condition);
    steps_.push_back({"tls", Direction::kUp,
                      "requires:feature ja4; ja4.hash; content:\"" + content_of(condition.text) + "\"; ",
                      true});
  }

  void add_length(const Condition& condition) {
    // Only where a message is a segment is its length that of a packet.
    if (kind_ != "connect" && kind_ != "other") return lose(condition);
    steps_.push_back({"tcp", condition.length.direction,
                      "dsize:" + std::to_string(condition.length.length) + "; ", false});
    if (condition.length.message)
      lose(condition, "any packet of that length will do");
    else if (condition.length.at_least > 1)
      lose(condition, "one packet of that length will do");
  }

  void add_bytes(const Condition& condition) {
    const BytesCondition& bytes = condition.bytes;
    if (kind_ == "websocket" && bytes.direction == Direction::kUp)
      return lose(condition, "frames from the client are masked");
    const bool is_body = kind_ == "get-post";
    // In a body the first message begins with it; in a WebSocket the frame's head stands before the payload.
    const bool has_place = bytes.offset && kind_ != "websocket" && (!is_body || bytes.message == 0);
    if (!has_place && !is_rare_anywhere(bytes)) return lose(condition, "too short to be asked for anywhere");
    std::string options = is_body ? body_buffer(bytes.direction) : "";
    for (const FixedRun& run : fixed_runs(bytes)) options += content_at(run, bytes, has_place);
    steps_.push_back({is_body ? "http" : "tcp", bytes.direction, options, true});
    if (bytes.offset && !has_place) lose(condition, "the offset within the message");
    if (bytes.message && !(is_body && bytes.message == 0)) lose(condition, "the number of the message");
  }

  [[nodiscard]] std::string body_buffer(Direction direction) const {
    const bool is_up = direction == Direction::kUp;
    if (is_suricata_) return is_up ? "http.request_body; " : "http.response_body; ";
    return is_up ? "http_client_body; " : "file_data; ";
  }

  [[nodiscard]] std::string content_at(const FixedRun& run, const BytesCondition& bytes,
                                       bool has_place) const {
    std::string text = "content:\"" + content_of(run.bytes) + "\"";
    const std::string_view between = is_suricata_ ? "; " : ",";
    const std::string_view is = is_suricata_ ? ":" : " ";
    if (has_place) {
      const std::size_t offset = *bytes.offset + run.at;
      text += std::string(between) + "offset" + std::string(is) + std::to_string(offset) +
              std::string(between) + "depth" + std::string(is) + std::to_string(run.bytes.size());
    } else if (run.at != 0) {
      text += std::string(between) + "distance" + std::string(is) + "0";
    }
    return text + "; ";
  }

  const Alternative& conditions_;
  bool is_suricata_;
  Losses& losses_;
  std::string kind_;
  std::string http_;  // of the request's head
  bool is_http_telling_ = false;
  std::vector<Step> steps_;
};

std::string flow_of(const Step& step) {
  const std::string side = step.direction == Direction::kUp ? "to_server" : "to_client";
  return "flow:established," + side + (step.protocol == "tcp" ? ",no_stream; " : "; ");
}

// Gives out numbers, each once.
class Numbers {
 public:
  std::string next(std::string_view id) {
    std::uint32_t number = rule_number(id, count_++);
    while (!taken_.insert(number).second) number = number == 1'999'999 ? 1'000'000 : number + 1;
    return "sid:" + std::to_string(number) + "; rev:1;)\n";
  }

 private:
  std::set<std::uint32_t> taken_;
  std::size_t count_ = 0;
};

std::string rule_head(const std::string& protocol, const std::string& message, Format format) {
  // Snort names a service instead of ports; Suricata wants both sides in any case.
  const bool is_short = format == Format::kSnort && protocol != "tcp";
  return "alert " + protocol + (is_short ? "" : " any any -> any any") + " (msg:\"" + message + "\"; ";
}

void write_chain(const Pattern& pattern, std::size_t alternative, const std::vector<Step>& steps,
                 Format format, Numbers& numbers, std::string& out) {
  const std::string title = "mogura " + title_of(pattern);
  const std::string metadata = "metadata:mogura_id " + pattern.id + "; ";
  if (steps.size() == 1) {
    out += rule_head(steps[0].protocol, title, format) + flow_of(steps[0]) + steps[0].options + metadata +
           numbers.next(pattern.id);
    return;
  }
  const std::string mark = "mogura." + pattern.id + "." + std::to_string(alternative) + ".";
  std::string marks;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string name = mark + std::to_string(i);
    out += rule_head(steps[i].protocol, title + ", part " + std::to_string(i + 1), format) +
           flow_of(steps[i]) + steps[i].options + "flowbits:set," + name + "; flowbits:noalert; " + metadata +
           numbers.next(pattern.id);
    marks += "flowbits:isset," + name + "; ";
  }
  out += rule_head("tcp", title, format) + "flow:established; " + marks + "flowbits:isnotset," + mark +
         "told; flowbits:set," + mark + "told; " + metadata + numbers.next(pattern.id);
}

}  // namespace

void export_stream_rules(const std::vector<Pattern>& patterns, Format format, Exported& out) {
  Numbers numbers;
  for (const Pattern& pattern : patterns) {
    Losses losses(pattern, out);
    std::string rules;
    const std::vector<Alternative> alternatives = alternatives_of(pattern.condition);
    if (alternatives.empty()) losses.add("the whole pattern: its any would become too many rules");
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      const std::vector<Step> steps = RuleWriter(alternatives[i], format, losses).steps();
      if (steps.empty())
        losses.add("the whole pattern, or one way of matching it: too little would be left");
      else
        write_chain(pattern, i, steps, format, numbers, rules);
    }
    out.text += "# " + pattern.id + "\n" + losses.comments() + rules + "\n";
  }
}

}  // namespace mogura::pattern::detail
