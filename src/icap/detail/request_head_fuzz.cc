// An ICAP request of any bytes, and the body behind it. Whatever the cutting, head and body come out the
// same; the layout never points beyond its end; a body that was read is the same when it is written again.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "icap/detail/body_reader.h"
#include "icap/detail/request_head.h"

namespace {

using namespace mogura;
using namespace mogura::icap::detail;

struct Body {
  BodyReader reader;
  std::string data;
  std::size_t taken = 0;
};

Body read_body(std::string_view text, std::size_t piece) {
  Body body;
  while (body.taken < text.size() && body.reader.state() == BodyReader::State::kMore) {
    const std::size_t taken = body.reader.take(text.substr(body.taken, piece), body.data);
    if (taken == 0) break;
    body.taken += taken;
  }
  return body;
}

void check_body(std::string_view text) {
  const Body whole = read_body(text, text.size() + 1), bytes = read_body(text, 1);
  MOGURA_CHECK(whole.reader.state() == bytes.reader.state());
  MOGURA_CHECK(whole.data == bytes.data && whole.taken == bytes.taken);
  MOGURA_CHECK(whole.data.size() <= text.size());
  if (whole.reader.state() != BodyReader::State::kDone) return;
  std::string again;
  write_chunk(whole.data, again);
  again += kLastChunk;
  const Body second = read_body(again, 3);
  MOGURA_CHECK(second.reader.state() == BodyReader::State::kDone && second.data == whole.data);
}

void check_layout(const Layout& layout) {
  MOGURA_CHECK(layout.request <= layout.heads_end && layout.response <= layout.heads_end);
  MOGURA_CHECK(layout.heads_end <= RequestHead::kOffset);
  if (layout.has_request && layout.has_response) MOGURA_CHECK(layout.request <= layout.response);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const HeadLimits limits{.bytes = 4096, .fields = 20};
  RequestHead head(limits);
  const HeadStep step = head.parse(text);
  if (step.kind != HeadStep::Kind::kDone) {
    check_body(text);
    return 0;
  }
  MOGURA_CHECK(step.bytes <= text.size() && step.bytes <= limits.bytes);
  check_layout(head.layout());
  // What came behind the head makes no difference, and nothing less is a head.
  RequestHead alone(limits);
  MOGURA_CHECK(alone.parse(text.substr(0, step.bytes)).kind == HeadStep::Kind::kDone);
  MOGURA_CHECK(RequestHead(limits).parse(text.substr(0, step.bytes - 1)).kind == HeadStep::Kind::kNeedMore);
  MOGURA_CHECK(alone.service() == head.service() && alone.user() == head.user());
  check_body(text.substr(step.bytes));
  return 0;
}
