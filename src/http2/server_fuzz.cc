// Any bytes from a client, and any from whoever answers it. What comes out of the server's side as HTTP/1.1
// is read again by the strict readers: one request and not a byte of another; what is held stays within the
// bounds.
//
// Input: a byte of options (bit 0: the preface comes by itself; bits 1 and 2: the answer is in the input
// behind a byte 0xFE, or one of ours; bits 3 to 5: the size of pieces), then frames.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "http2/server.h"
#include "protocol/chunked.h"
#include "protocol/strict_head.h"

namespace {

using namespace mogura;
using namespace mogura::http2;
using protocol::Framing;

constexpr std::string_view kOpening = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
constexpr std::string_view kAnswers[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
    "chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
};

// `bytes`, which are all of it, are one request, or begin one.
void check_request(std::string_view bytes, bool is_whole) {
  constexpr protocol::HeadLimits kRoomy{std::size_t{1} << 20, std::size_t{1} << 20, 1000};
  protocol::RequestHead head(kRoomy);
  const protocol::HeadStep step = head.parse(bytes);
  if (step.kind == protocol::HeadStep::Kind::kRefused) return;
  MOGURA_CHECK(step.kind == protocol::HeadStep::Kind::kDone || !is_whole);
  if (step.kind != protocol::HeadStep::Kind::kDone) return;
  MOGURA_CHECK(head.form() != protocol::TargetForm::kAuthority);
  const std::string_view body = bytes.substr(step.head_bytes);
  switch (head.framing().kind) {
    case Framing::Kind::kNone:
      MOGURA_CHECK(body.empty());
      return;
    case Framing::Kind::kLength:
      MOGURA_CHECK(body.size() <= head.framing().length);
      MOGURA_CHECK(!is_whole || body.size() == head.framing().length);
      return;
    case Framing::Kind::kChunked: {
      protocol::ChunkedWalk walk;
      const protocol::ChunkedWalk::Step walked = walk.walk(body);
      MOGURA_CHECK(walked.state != protocol::ChunkedWalk::State::kRefused);
      MOGURA_CHECK(walked.bytes == body.size());
      MOGURA_CHECK(!is_whole || walked.state == protocol::ChunkedWalk::State::kDone);
      return;
    }
    case Framing::Kind::kUntilClose:
      MOGURA_CHECK(false);
  }
}

class Edge {
 public:
  Edge(std::string_view answer, const Bounds& bounds)
      : bounds_(bounds), server_({.bounds = bounds}), answer_(answer) {}

  void receive(std::string_view bytes, std::int64_t now_ms) {
    const bool goes_on = server_.receive(bytes, now_ms);
    serve();
    std::string out;
    server_.write(out, std::size_t{1} << 20);
    MOGURA_CHECK(out.size() < std::size_t{2} << 20);
    serve();
    MOGURA_CHECK(goes_on || server_.is_over() || server_.wants_write());
    MOGURA_CHECK(server_.open_streams() <= 2 * bounds_.streams);
  }

 private:
  void serve() {
    std::vector<StreamId> changed;
    server_.take_changed(changed);
    for (const StreamId id : changed) {
      std::string& seen = seen_[id];
      for (std::string_view bytes = server_.request(id); !bytes.empty(); bytes = server_.request(id)) {
        MOGURA_CHECK(bytes.size() <= 2 * bounds_.head_bytes + bounds_.connection_window + 65'535 * 7);
        seen.append(bytes);
        server_.took_request(id, bytes.size());
      }
      const bool is_whole = server_.is_request_whole(id);
      check_request(seen, is_whole);
      if (server_.is_gone(id)) {
        server_.forget(id);
        seen_.erase(id);
        continue;
      }
      answer(id, is_whole);
    }
  }
  void answer(StreamId id, bool is_whole) {
    const std::size_t room = server_.answer_room(id);
    const Server::Given given = server_.give_answer(id, answer_.substr(0, room));
    if (given.answer == Answer::kMore && is_whole) server_.end_answer(id, false);
    if (given.answer != Answer::kMore) server_.forget(id);
  }

  const Bounds bounds_;
  Server server_;
  const std::string_view answer_;
  std::map<StreamId, std::string> seen_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned options = data[0];
  std::string_view frames = as_text({data + 1, size - 1});
  std::string_view answer = kAnswers[options >> 1 & 1];
  if ((options >> 1 & 3) == 2) answer = kAnswers[2];
  if ((options >> 1 & 3) == 3) {
    const std::size_t mark = frames.find('\xFE');
    answer = mark == std::string_view::npos ? std::string_view() : frames.substr(mark + 1);
    frames = frames.substr(0, mark);
  }
  Bounds bounds;
  bounds.streams = 10;
  bounds.head_bytes = 4096;
  bounds.fields = 64;
  Edge edge(answer, bounds);
  if ((options & 1) != 0) edge.receive({kOpening.data(), 24 + 9}, 1);
  const std::size_t piece = std::size_t{1} << (options >> 3 & 7) * 2;
  for (std::size_t at = 0; at < frames.size(); at += piece)
    edge.receive(frames.substr(at, piece), static_cast<std::int64_t>(2 + at));
  return 0;
}
