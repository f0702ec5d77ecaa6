// The section [tunnels] of the configuration.

#include <array>

#include "proxy/detail/parameter_rows.h"

namespace mogura::proxy::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 3> kTunnelRules{"off", "observe", "block"};

}  // namespace

void add_tunnel_rows(std::vector<Parameter>& rows) {
  Rows(rows, "tunnels")
      .add(
          "not_tls", ChoiceCodec<TunnelRule>{kTunnelRules},
          [](auto& o) -> auto& { return o.tunnels.not_tls; },
          "what is done when a tunnel through CONNECT turns out not to be TLS: it is written into the "
          "events, or "
          "cut as well")
      .add(
          "allow", ListCodec<TextCodec>{{&kInnerProtocol}}, [](auto& o) -> auto& { return o.tunnels.allow; },
          "protocols that may pass all the same")
      .add(
          "hold", TimeCodec<milliseconds>{milliseconds(10), seconds(60)},
          [](auto& o) -> auto& { return o.tunnels.hold; },
          "silence after which the first bytes of a tunnel, held until it is known what they are, are judged "
          "as they are")
      .add(
          "patterns", TextCodec{&kFile}, [](auto& o) -> auto& { return o.tunnels.patterns; },
          "folder of registered patterns that the first bytes of tunnels are compared with; empty: none")
      .add(
          "on_match", ChoiceCodec<TunnelRule>{kTunnelRules},
          [](auto& o) -> auto& { return o.tunnels.on_match; },
          "the same as not_tls, for a pattern that matches");
}

}  // namespace mogura::proxy::detail
