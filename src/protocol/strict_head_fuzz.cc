// Heads of any bytes, whole and cut anywhere, each time in another place of memory: the outcome is the same.
// What is taken is made of whole lines in which nothing can be misread, and the lenient parser, which shares
// no code with this one but llhttp, finds the same in it.
//
// Input: a byte (bit 0: a response, bit 1: to HEAD, bit 2: small limits), then the head.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/http1.h"
#include "protocol/strict_head.h"

namespace {

using namespace mogura::protocol;

constexpr std::size_t kCutBytes = 512;  // longer heads are cut here and there only
constexpr HeadLimits kSmall{100, 20, 3};

struct Outcome {
  HeadStep step;
  std::string text;  // of all that was read
};

std::string text_of(const std::vector<HeadField>& fields, const Framing& framing,
                    std::string_view start_line) {
  std::string text(start_line);
  for (const HeadField& field : fields) {
    MOGURA_CHECK(field.line.starts_with(field.name) && field.line.ends_with("\r\n"));
    MOGURA_CHECK(field.line[field.name.size()] == ':');
    MOGURA_CHECK(field_id(field.name) == field.id);
    text += field.line;
  }
  const std::size_t lines = fields.size() + 1;
  MOGURA_CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) == lines);
  MOGURA_CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\r')) == lines);
  MOGURA_CHECK(text.find('\0') == std::string::npos);
  return text + "\r\n#" + std::to_string(static_cast<int>(framing.kind)) + std::to_string(framing.length);
}

struct Request {
  explicit Request(const HeadLimits& limits) : head(limits) {}
  HeadStep parse(std::string_view bytes) { return head.parse(bytes); }
  std::string text() {
    return text_of(head.fields(), head.framing(), head.start_line()) + std::string(head.path_and_query()) +
           head.authority().to_string() + (head.wants_keep_alive() ? "k" : "") +
           (head.wants_upgrade() ? "u" : "");
  }
  void compare(const Http1Head& other) const {
    MOGURA_CHECK(other.method == head.method().substr(0, other.method.size()));
    MOGURA_CHECK(other.chunked == (head.framing().kind == Framing::Kind::kChunked));
    MOGURA_CHECK(other.content_length == head.framing().length);
    MOGURA_CHECK(other.field_count == head.fields().size());
  }
  static constexpr Http1Role kRole = Http1Role::kRequest;
  RequestHead head;
};

struct Response {
  explicit Response(const HeadLimits& limits) : head(limits) {}
  HeadStep parse(std::string_view bytes) { return head.parse(bytes, to_head ? "HEAD" : "GET"); }
  std::string text() {
    return text_of(head.fields(), head.framing(), head.start_line()) + std::to_string(head.status());
  }
  void compare(const Http1Head& other) const {
    MOGURA_CHECK(other.status == head.status());
    MOGURA_CHECK(other.field_count == head.fields().size());
  }
  static constexpr Http1Role kRole = Http1Role::kResponse;
  ResponseHead head;
  bool to_head = false;
};

template <class Reader>
Outcome outcome_of(Reader& reader, std::string_view bytes) {
  const HeadStep step = reader.parse(bytes);
  return {step, step.kind == HeadStep::Kind::kDone ? reader.text() : std::string()};
}

// With the first `cut` bytes, in a block of their own, and then with all.
template <class Reader>
Outcome outcome_of_cut(Reader reader, std::string_view bytes, std::size_t cut) {
  const auto exact = std::make_unique<char[]>(cut);
  bytes.copy(exact.get(), cut);
  const Outcome early = outcome_of(reader, {exact.get(), cut});
  return early.step.kind == HeadStep::Kind::kNeedMore ? outcome_of(reader, bytes) : early;
}

template <class Reader>
void check(const Reader& fresh, std::string_view bytes) {
  Reader reader = fresh;
  const Outcome whole = outcome_of(reader, bytes);
  const std::size_t stride = bytes.size() <= kCutBytes ? 1 : bytes.size() / kCutBytes + 1;
  for (std::size_t cut = 0; cut <= bytes.size(); cut += stride) {
    const Outcome other = outcome_of_cut(fresh, bytes, cut);
    MOGURA_CHECK(other.step.kind == whole.step.kind && other.step.refusal == whole.step.refusal);
    MOGURA_CHECK(other.step.head_bytes == whole.step.head_bytes && other.text == whole.text);
  }
  if (whole.step.kind != HeadStep::Kind::kDone) return;
  const std::string_view head = bytes.substr(0, whole.step.head_bytes);
  MOGURA_CHECK(head.ends_with("\r\n\r\n"));
  Http1Parser lenient(Reader::kRole, {});
  const auto step = lenient.feed(mogura::as_bytes(head));
  if (step.event == Http1Parser::Event::kHead) reader.compare(lenient.head());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = mogura::as_text({data + 1, size - 1});
  const HeadLimits limits = (data[0] & 4) != 0 ? kSmall : HeadLimits{};
  if ((data[0] & 1) == 0) {
    check(Request(limits), bytes);
    return 0;
  }
  Response response(limits);
  response.to_head = (data[0] & 2) != 0;
  check(response, bytes);
  return 0;
}
