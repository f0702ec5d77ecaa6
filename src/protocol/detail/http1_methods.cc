#include "protocol/detail/http1_methods.h"

#include <algorithm>

#include "protocol/detail/http1_text.h"

namespace mogura::protocol::detail {
namespace {

// The IANA method registry but for PRI and *, which are no requests; then those of UPnP, caches, Exchange,
// RPC over HTTP, SSTP and SCCM that traffic holds.
constexpr std::string_view kMethods[] = {"get",
                                         "post",
                                         "connect",
                                         "head",
                                         "put",
                                         "options",
                                         "delete",
                                         "patch",
                                         "trace",
                                         "acl",
                                         "baseline-control",
                                         "bind",
                                         "checkin",
                                         "checkout",
                                         "copy",
                                         "label",
                                         "link",
                                         "lock",
                                         "merge",
                                         "mkactivity",
                                         "mkcalendar",
                                         "mkcol",
                                         "mkredirectref",
                                         "mkworkspace",
                                         "move",
                                         "orderpatch",
                                         "propfind",
                                         "proppatch",
                                         "query",
                                         "rebind",
                                         "report",
                                         "search",
                                         "unbind",
                                         "uncheckout",
                                         "unlink",
                                         "unlock",
                                         "update",
                                         "updateredirectref",
                                         "version-control",
                                         "m-search",
                                         "notify",
                                         "subscribe",
                                         "unsubscribe",
                                         "purge",
                                         "source",
                                         "bcopy",
                                         "bdelete",
                                         "bmove",
                                         "bpropfind",
                                         "bproppatch",
                                         "poll",
                                         "x-ms-enumatts",
                                         "rpc_in_data",
                                         "rpc_out_data",
                                         "sstp_duplex_post",
                                         "ccm_post",
                                         "bits_post",
                                         "track",
                                         "debug"};
static_assert(std::ranges::all_of(kMethods, [](auto method) { return method.size() <= kMaxMethodBytes; }));

}  // namespace

bool is_known_method(std::string_view token) {
  return std::ranges::any_of(kMethods, [&](auto method) { return equals_ignoring_case(token, method); });
}

bool begins_known_method(std::string_view start) {
  return std::ranges::any_of(kMethods, [&](auto method) {
    return start.size() <= method.size() && equals_ignoring_case(start, method.substr(0, start.size()));
  });
}

}  // namespace mogura::protocol::detail
