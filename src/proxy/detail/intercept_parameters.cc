// The section [intercept] of the configuration.

#include <array>

#include "proxy/detail/parameter_rows.h"

namespace mogura::proxy::detail {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> kInterceptFailures{"page", "close"};

}  // namespace

void add_intercept_rows(std::vector<Parameter>& rows) {
  Rows(rows, "intercept")
      .add(
          "enabled", FlagCodec{}, [](auto& o) -> auto& { return o.intercept.enabled; },
          "open HTTPS, with certificates of the organisation's authority")
      .add(
          "certificate", TextCodec{&kFile}, [](auto& o) -> auto& { return o.intercept.certificate_file; },
          "the authority's certificate in PEM, which clients trust; mogura ca init makes one")
      .add(
          "key", TextCodec{&kFile}, [](auto& o) -> auto& { return o.intercept.key_file; },
          "its key in PEM, which nobody but its owner may read")
      .add(
          "bypass", ListCodec<TextCodec>{{&kFile}}, [](auto& o) -> auto& { return o.intercept.bypass_files; },
          "files of hosts that are never opened")
      .add(
          "built_in_bypass", FlagCodec{}, [](auto& o) -> auto& { return o.intercept.built_in_bypass; },
          "nor are those of the list that is compiled in")
      .add(
          "trust", ListCodec<TextCodec>{{&kFile}}, [](auto& o) -> auto& { return o.intercept.trust_files; },
          "files of authorities, in PEM, that origins may be certified by, beside the system's")
      .add(
          "remember", Time{seconds(0), 365 * kDay}, [](auto& o) -> auto& { return o.intercept.remember; },
          "how long a host is left alone for a client that refused our certificate for it; 0: not at all")
      .add(
          "hello", Time{seconds(1), minutes(5)}, [](auto& o) -> auto& { return o.intercept.hello; },
          "a tunnel in which the client says nothing for so long is relayed unopened")
      .add(
          "failure", ChoiceCodec<InterceptFailure>{kInterceptFailures},
          [](auto& o) -> auto& { return o.intercept.failure; },
          "what a client gets whose origin cannot be trusted: a page that says why, or the end of the "
          "connection")
      .add(
          "certificates", Count{1, 1'000'000}, [](auto& o) -> auto& { return o.intercept.certificates; },
          "kept for the next connection to the same host, in each event loop");
}

}  // namespace mogura::proxy::detail
