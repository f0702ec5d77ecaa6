// Any bytes both ways: what a Recorder makes of them is what the flow table makes of segments of the same
// bytes, but for packets and bytes; also where some bytes were not looked at, a record comes out whose counts
// are sane.
//
// Input: records of [control][length], each followed by that many bytes. Control: bit 0 down, bit 1 the
// bytes stand 16 times, bits 2 and 3 (both) unseen, bit 4 a second passes before.

#include <chrono>
#include <string>
#include <vector>

#include "base/check.h"
#include "session/testing/conversation.h"
#include "session/testing/relay_test.h"

namespace {

using namespace mogura;  // NOLINT(google-build-using-namespace)
using session::Direction;

constexpr std::size_t kMostPieces = 256;

struct Piece {
  bool is_down = false;
  bool is_unseen = false;
  bool is_late = false;
  std::string bytes;
};

// One for all: what it keeps for the next connection must not show.
session::RecorderPool& pool() {
  static session::RecorderPool shared({});
  return shared;
}

std::vector<Piece> pieces_of(ByteReader reader) {
  std::vector<Piece> pieces;
  while (reader.remaining() >= 2 && pieces.size() < kMostPieces) {
    const std::uint8_t control = reader.u8();
    const std::size_t length = std::min<std::size_t>(reader.u8(), reader.remaining());
    const std::string_view bytes = as_text(reader.take(length));
    Piece piece{(control & 1) != 0, (control & 12) == 12, (control & 16) != 0, {}};
    for (int i = (control & 2) != 0 ? 16 : 1; i > 0; --i) piece.bytes += bytes;
    if (!piece.bytes.empty()) pieces.push_back(std::move(piece));
  }
  return pieces;
}

void check_same(const std::vector<Piece>& pieces, bool is_closed) {
  session::testing::Conversation conversation;
  conversation.open();
  for (const Piece& piece : pieces) {
    if (piece.is_late) conversation.wait(std::chrono::seconds(1));
    piece.is_down ? conversation.down(piece.bytes) : conversation.up(piece.bytes);
  }
  if (is_closed) conversation.close();
  const std::vector<session::FinishedPtr> captured = session::testing::run(conversation.segments());
  MOGURA_CHECK(captured.size() == 1);
  session::FinishedPtr relayed = session::testing::relay(pool(), conversation.segments());
  session::Session expected = captured.front()->session;
  expected.packets = relayed->session.packets;
  expected.bytes = relayed->session.bytes;
  MOGURA_CHECK(relayed->session == expected);
  MOGURA_CHECK(relayed->keys.requests == captured.front()->keys.requests);
  MOGURA_CHECK(relayed->keys.early == captured.front()->keys.early);
  pool().recycle(std::move(relayed));
}

void check_unseen(const std::vector<Piece>& pieces) {
  Timestamp now{std::chrono::seconds(1'700'000'000)};
  session::Recorder recorder(pool(), {Address::v4(1), 2}, {Address::v4(3), 4}, now);
  std::uint64_t total = 0;
  bool any_unseen = false;
  for (const Piece& piece : pieces) {
    const Direction direction = piece.is_down ? Direction::kDown : Direction::kUp;
    now += std::chrono::milliseconds(1);
    if (piece.is_unseen) {
      recorder.on_unseen(direction, piece.bytes.size(), now);
    } else {
      recorder.on_data(direction, as_bytes(piece.bytes), now);
    }
    any_unseen = any_unseen || piece.is_unseen;
    total += piece.bytes.size();
  }
  const session::Session session = recorder.finish(now)->session;
  MOGURA_CHECK(session.bytes[0] + session.bytes[1] == total + 40 * (session.packets[0] + session.packets[1]));
  MOGURA_CHECK(session.truncated || !any_unseen);
  MOGURA_CHECK(session.gaps_bytes == 0);
  MOGURA_CHECK(session.messages.size() <= Limits{}.kept_messages);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<Piece> pieces = pieces_of(ByteReader(ByteView(data + 1, size - 1)));
  check_same(pieces, (data[0] & 1) != 0);
  check_unseen(pieces);
  return 0;
}
