// One stream read whole, cut at chosen points, and with gaps: cutting must not change what is reported, what
// is reported of a head that a gap breaks off must be right, limits must hold, and nothing may depend on more
// than the bytes.
//
// Input: a byte of choices (bit 0: responses, bit 1: small limits, bit 2: every response is an answer to
// HEAD), a byte that seeds the cuts, then the stream.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "protocol/detail/http1_test_agreement.h"
#include "protocol/http1.h"

namespace {

using mogura::ByteView;
using mogura::Limits;
using namespace mogura::protocol;
using Event = Http1Parser::Event;
using Skip = Http1Parser::Skip;

constexpr std::size_t kBrokenOff = 24;  // places tried per stream

struct Choices {
  Http1Role role = Http1Role::kRequest;
  Limits limits;
  bool without_bodies = false;
};

// The events of a stream up to the first loss; views after that are only looked through for a new beginning.
struct Record {
  std::vector<std::string> events;
  bool is_lost = false;
};

// A generator for cuts, so that one input always makes the same ones.
class Cuts {
 public:
  explicit Cuts(std::uint8_t seed) : state_(seed * 2654435761u + 1) {}
  std::size_t next(std::size_t limit) {
    state_ = state_ * 1664525u + 1013904223u;
    return std::min<std::size_t>(limit, (state_ >> 24) % 4 == 0 ? (state_ >> 16) % 64 : (state_ >> 16) % 4);
  }

 private:
  std::uint32_t state_;
};

std::string describe(const Http1Head& head, const Limits& limits) {
  std::string text = std::to_string(head.status) + ' ' + std::to_string(head.major) +
                     std::to_string(head.minor) + ' ' + std::to_string(head.fields) + ' ' +
                     std::to_string(head.field_count) + ' ' + std::to_string(head.head_bytes) + ' ' +
                     std::to_string(head.content_length) + (head.chunked ? 'c' : '-') +
                     (head.connection_upgrade ? 'u' : '-') + (head.connection_close ? 'x' : '-');
  for (const std::string* kept :
       {&head.method, &head.target, &head.host, &head.user_agent, &head.via, &head.x_forwarded_for,
        &head.forwarded, &head.upgrade, &head.server, &head.content_type}) {
    MOGURA_CHECK(kept->size() <= std::max<std::size_t>(limits.text_bytes, 32));
    text += '|' + *kept;
  }
  MOGURA_CHECK(head.head_bytes <= limits.http_head_bytes);
  return text;
}

void feed(Http1Parser& parser, ByteView view, const Choices& choices, Record& record) {
  while (!record.is_lost) {
    const auto step = parser.feed(view);
    MOGURA_CHECK(step.consumed <= view.size());
    const Http1Parser::BodyPiece& piece = parser.body_piece();
    MOGURA_CHECK(piece.count <= step.consumed && piece.first_run.size() <= piece.count);
    view = view.subspan(step.consumed);
    switch (step.event) {
      case Event::kNeedMore:
        MOGURA_CHECK(view.empty());
        return;
      case Event::kHead:
        record.events.push_back(describe(parser.head(), choices.limits));
        if (choices.without_bodies) parser.expect_no_body();
        break;
      case Event::kMessageEnd:
        record.events.push_back("end " + std::to_string(parser.body_bytes()));
        break;
      case Event::kMalformed:
      case Event::kLimit:
        MOGURA_CHECK(parser.is_lost() && view.empty() && !parser.error().empty());
        record.events.push_back(step.event == Event::kLimit ? "limit" : "malformed");
        record.is_lost = true;
    }
  }
}

Record read_whole(ByteView stream, const Choices& choices) {
  Http1Parser parser(choices.role, choices.limits);
  Record record;
  feed(parser, stream, choices, record);
  record.events.push_back("finish " + std::to_string(static_cast<int>(parser.finish())));
  return record;
}

Record read_cut(ByteView stream, const Choices& choices, Cuts cuts) {
  Http1Parser parser(choices.role, choices.limits);
  Record record;
  while (!stream.empty() && !record.is_lost) {
    const std::size_t size = cuts.next(stream.size());
    // A copy, so that a view kept beyond its time is noticed.
    const std::vector<std::uint8_t> piece(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size));
    feed(parser, piece, choices, record);
    stream = stream.subspan(size);
  }
  if (!record.is_lost) feed(parser, {}, choices, record);
  record.events.push_back("finish " + std::to_string(static_cast<int>(parser.finish())));
  return record;
}

void read_with_gaps(ByteView stream, const Choices& choices, Cuts cuts) {
  Http1Parser parser(choices.role, choices.limits);
  while (!stream.empty()) {
    const std::size_t size = cuts.next(stream.size());
    Record record;
    feed(parser, stream.first(size), choices, record);
    stream = stream.subspan(size);
    const std::size_t gap = cuts.next(stream.size());
    const bool was_lost = parser.is_lost();
    const Skip skipped = parser.skip(gap);
    MOGURA_CHECK((skipped == Skip::kKept) == !parser.is_lost());
    MOGURA_CHECK(!was_lost || skipped == Skip::kLost);
    if (skipped == Skip::kPartialHead) {
      MOGURA_CHECK(parser.head().is_partial);
      (void)describe(parser.head(), choices.limits);
    }
    stream = stream.subspan(gap);
  }
  (void)parser.finish();
  MOGURA_CHECK(parser.finish() == Event::kNeedMore);
}

// A head and where it stands in the stream. `fields` is where its first line has ended.
struct Place {
  std::size_t begin, fields, end;
  Http1Head head;
};

std::vector<Place> find_heads(ByteView stream, const Choices& choices) {
  Http1Parser parser(choices.role, choices.limits);
  std::vector<Place> heads;
  std::size_t consumed = 0;
  for (;;) {
    const std::size_t begin = consumed;
    const auto step = parser.feed(stream.subspan(consumed));
    consumed += step.consumed;
    if (step.event == Event::kHead) {
      std::size_t fields = begin;
      while (stream[fields] == '\r' || stream[fields] == '\n') ++fields;
      while (stream[fields] != '\n') ++fields;
      heads.push_back({begin, fields + 1, consumed, parser.head()});
      if (choices.without_bodies) parser.expect_no_body();
    } else if (step.event != Event::kMessageEnd) {
      return heads;
    }
  }
}

// Breaks the stream off in the head, and compares with what the whole head says.
void check_partial_head(ByteView stream, const Choices& choices, Cuts cuts, const Place& place,
                        std::size_t size) {
  Http1Parser parser(choices.role, choices.limits);
  ByteView rest = stream.first(size).subspan(place.begin);
  while (!rest.empty()) {
    const std::size_t piece_size = cuts.next(rest.size());
    const std::vector<std::uint8_t> piece(rest.begin(),
                                          rest.begin() + static_cast<std::ptrdiff_t>(piece_size));
    MOGURA_CHECK(parser.feed(piece).event == Event::kNeedMore);
    rest = rest.subspan(piece_size);
  }
  const Skip skipped = parser.skip(1);
  MOGURA_CHECK(skipped != Skip::kKept);
  MOGURA_CHECK(skipped == Skip::kPartialHead || size < place.fields);
  if (skipped != Skip::kPartialHead) return;
  MOGURA_CHECK(detail::disagreement(parser.head(), place.head, choices.limits.text_bytes).empty());
}

void break_heads_off(ByteView stream, const Choices& choices, std::uint8_t seed) {
  const std::vector<Place> heads = find_heads(stream, choices);
  if (heads.empty()) return;
  Cuts cuts(seed);
  std::size_t size = heads.front().begin;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kBrokenOff && at < heads.size(); ++i) {
    size += cuts.next(64);
    while (at < heads.size() && heads[at].end <= size) ++at;
    if (at < heads.size() && size >= heads[at].begin)
      check_partial_head(stream, choices, cuts, heads[at], size);
  }
}

template <class LooksLike>
void check_likeness(ByteView stream, LooksLike looks_like) {
  Likeness last = Likeness::kNeedMore;
  for (std::size_t size = 0; size <= std::min<std::size_t>(stream.size(), 64); ++size) {
    const Likeness likeness = looks_like(stream.first(size));
    MOGURA_CHECK(last == Likeness::kNeedMore || likeness == last);
    last = likeness;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Choices choices;
  choices.role = (data[0] & 1) != 0 ? Http1Role::kResponse : Http1Role::kRequest;
  if ((data[0] & 2) != 0) {
    choices.limits.http_head_bytes = 128;
    choices.limits.text_bytes = 16;
  }
  choices.without_bodies = (data[0] & 4) != 0;
  const ByteView stream(data + 2, size - 2);
  const Record whole = read_whole(stream, choices);
  MOGURA_CHECK(read_cut(stream, choices, Cuts(data[1])).events == whole.events);
  read_with_gaps(stream, choices, Cuts(data[1]));
  break_heads_off(stream, choices, data[1]);
  check_likeness(stream, looks_like_request);
  check_likeness(stream, looks_like_response);
  return 0;
}
