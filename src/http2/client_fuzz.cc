// Any bytes from an origin, to requests of ours. What comes out as HTTP/1.1 is read again by the strict
// readers: responses to one request and not a byte more.
//
// Input: a byte of options (bits 0 and 1: the request; bits 3 to 5: the size of pieces), then frames, behind
// SETTINGS of ours.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "http2/client.h"
#include "protocol/chunked.h"
#include "protocol/strict_head.h"

namespace {

using namespace mogura;
using namespace mogura::http2;
using protocol::Framing;

constexpr std::string_view kRequests[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
};

void check_response(std::string_view bytes, std::string_view method, bool is_whole) {
  while (!bytes.empty()) {
    protocol::ResponseHead head({std::size_t{1} << 20, 0, 1000});
    const protocol::HeadStep step = head.parse(bytes, method);
    if (step.kind == protocol::HeadStep::Kind::kRefused) return;
    MOGURA_CHECK(step.kind == protocol::HeadStep::Kind::kDone);
    bytes.remove_prefix(step.head_bytes);
    if (head.is_interim()) continue;
    if (head.framing().kind == Framing::Kind::kChunked) {
      protocol::ChunkedWalk walk;
      const protocol::ChunkedWalk::Step walked = walk.walk(bytes);
      MOGURA_CHECK(walked.state != protocol::ChunkedWalk::State::kRefused);
      MOGURA_CHECK(walked.bytes == bytes.size());
      MOGURA_CHECK(!is_whole || walked.state == protocol::ChunkedWalk::State::kDone);
      return;
    }
    MOGURA_CHECK(head.framing().kind != Framing::Kind::kUntilClose);
    const std::uint64_t length = head.framing().kind == Framing::Kind::kLength ? head.framing().length : 0;
    MOGURA_CHECK(bytes.size() <= length);
    MOGURA_CHECK(!is_whole || bytes.size() == length);
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view request = kRequests[data[0] & 3];
  const std::string frames =
      std::string(9, '\0').replace(3, 1, 1, '\4') + std::string(as_text({data + 1, size - 1}));
  Bounds bounds;
  bounds.head_bytes = 4096;
  bounds.fields = 64;
  Client client({.bounds = bounds});
  std::vector<ExchangeId> exchanges;
  std::vector<std::string> seen(3);
  for (int i = 0; i < 3; ++i) {
    exchanges.push_back(client.begin());
    MOGURA_CHECK(client.give_request(exchanges.back(), request).request == Client::Request::kWhole);
  }
  const std::size_t piece = std::size_t{1} << (data[0] >> 3 & 7) * 2;
  for (std::size_t at = 0; at < frames.size(); at += piece) {
    client.receive(std::string_view(frames).substr(at, piece), static_cast<std::int64_t>(2 + at));
    std::string out;
    client.write(out, std::size_t{1} << 20);
    std::vector<ExchangeId> changed;
    client.take_changed(changed);
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      for (std::string_view bytes = client.response(exchanges[i]); !bytes.empty();
           bytes = client.response(exchanges[i])) {
        seen[i].append(bytes);
        client.took_response(exchanges[i], bytes.size());
      }
    }
  }
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    check_response(seen[i], request.substr(0, request.find(' ')), client.is_response_whole(exchanges[i]));
    client.end(exchanges[i]);
  }
  return 0;
}
