// Both sides' bytes in any pieces: what goes on is what came, in order, and nothing after a block; what TLS
// is does not depend on the cutting.
//
//   byte 0: rules   then pieces: direction and size (one byte), bytes

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "proxy/detail/tunnel_guard.h"

namespace {

using mogura::Address;
using mogura::as_text;
using mogura::ByteView;
using mogura::Timestamp;
using mogura::proxy::TunnelRule;
using mogura::proxy::Tunnels;
using mogura::proxy::detail::tls_start;
using mogura::proxy::detail::TlsStart;
using mogura::proxy::detail::TunnelGuard;
using mogura::proxy::detail::TunnelMatching;
using mogura::session::Direction;

struct Side {
  std::string in, out;
};

void take(Side& side, std::string_view bytes) {
  side.out += bytes;
  MOGURA_CHECK(std::string_view(side.in).starts_with(side.out));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = as_text(ByteView(data, size));
  if (rest.empty()) return 0;
  const auto choice = static_cast<std::uint8_t>(rest.front());
  rest.remove_prefix(1);
  Tunnels rules;
  rules.not_tls = static_cast<TunnelRule>(choice % 3);
  if ((choice & 4) != 0) rules.allow = {"ssh", "http"};
  static const std::shared_ptr<const mogura::pattern::Matcher> nothing;
  TunnelMatching matching;
  TunnelGuard guard(rules, nothing, matching, {.wants_hello = (choice & 8) != 0});
  Side sides[2];
  bool has_given_up = false;
  while (!rest.empty()) {
    const auto piece = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    const Direction direction = (piece & 1) != 0 ? Direction::kDown : Direction::kUp;
    Side& side = sides[static_cast<std::size_t>(direction)];
    const std::string_view bytes = rest.substr(0, piece >> 1);
    rest.remove_prefix(bytes.size());
    const bool was_blocked = guard.blocks();
    has_given_up |= bytes.empty();
    side.in += bytes;
    const std::string_view gone =
        bytes.empty() ? guard.give_up(direction) : guard.look(direction, bytes, Timestamp{});
    MOGURA_CHECK(gone.empty() || !guard.blocks());
    MOGURA_CHECK(!was_blocked || guard.blocks());
    take(side, gone);
    MOGURA_CHECK(guard.blocks() || guard.holds(direction) || side.in == side.out);
    MOGURA_CHECK(!guard.blocks() || rules.not_tls == TunnelRule::kBlock);
    if (guard.news().has_hello) MOGURA_CHECK(guard.hello().is_complete);
  }
  const Side& up = sides[static_cast<std::size_t>(Direction::kUp)];
  const Side& down = sides[static_cast<std::size_t>(Direction::kDown)];
  if (has_given_up || !down.in.empty() || !rules.allow.empty()) return 0;
  const TlsStart start = tls_start(up.in);
  MOGURA_CHECK(guard.blocks() == (start == TlsStart::kNo && rules.not_tls == TunnelRule::kBlock));
  return 0;
}
