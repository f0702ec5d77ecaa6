// Chunked bodies of any bytes, whole and cut anywhere: the outcome is the same. Where one is taken to its
// end, llhttp in its strict mode takes it, too, with the same end and the same data.

#include <llhttp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/chunked.h"

namespace {

using mogura::protocol::ChunkedWalk;
using mogura::protocol::HeadRefusal;

constexpr std::size_t kCuts = 512;

struct Outcome {
  ChunkedWalk::State state = ChunkedWalk::State::kMore;
  std::size_t bytes = 0;
  HeadRefusal refusal = HeadRefusal::kNone;
  std::string decoded;
  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(std::string_view bytes, std::size_t cut) {
  ChunkedWalk walk;
  Outcome outcome;
  const auto exact = std::make_unique<char[]>(cut);
  bytes.copy(exact.get(), cut);
  auto step = walk.walk({exact.get(), cut}, &outcome.decoded);
  outcome.bytes = step.bytes;
  if (step.state == ChunkedWalk::State::kMore) {
    step = walk.walk(bytes.substr(cut), &outcome.decoded);
    outcome.bytes += step.bytes;
  }
  outcome.state = step.state;
  outcome.refusal = walk.refusal();
  MOGURA_CHECK(walk.body_bytes() == outcome.decoded.size());
  MOGURA_CHECK((outcome.state == ChunkedWalk::State::kRefused) == (outcome.refusal != HeadRefusal::kNone));
  return outcome;
}

struct Seen {
  std::string body;
  bool is_complete = false;
};

int on_body(llhttp_t* parser, const char* at, std::size_t size) {
  static_cast<Seen*>(parser->data)->body.append(at, size);
  return 0;
}

int on_complete(llhttp_t* parser) {
  static_cast<Seen*>(parser->data)->is_complete = true;
  return HPE_PAUSED;
}

// llhttp may refuse what is taken here (some chunk extensions), but never reads anything else in it.
void check_with_llhttp(std::string_view body, const std::string& decoded) {
  llhttp_settings_t settings{};
  settings.on_body = on_body;
  settings.on_message_complete = on_complete;
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings);
  Seen seen;
  parser.data = &seen;
  const std::string message = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
  const auto error = llhttp_execute(&parser, message.data(), message.size());
  MOGURA_CHECK(decoded.starts_with(seen.body));
  if (error != HPE_PAUSED) {
    MOGURA_CHECK(error != HPE_OK && !seen.is_complete);
    return;
  }
  MOGURA_CHECK(llhttp_get_error_pos(&parser) == message.data() + message.size());
  MOGURA_CHECK(seen.body == decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = mogura::as_text({data, size});
  const Outcome whole = outcome_of(bytes, size);
  const std::size_t stride = std::max<std::size_t>(1, size / kCuts);
  for (std::size_t cut = 0; cut < size; cut += stride) MOGURA_CHECK(outcome_of(bytes, cut) == whole);
  if (whole.state == ChunkedWalk::State::kDone)
    check_with_llhttp(bytes.substr(0, whole.bytes), whole.decoded);
  return 0;
}
