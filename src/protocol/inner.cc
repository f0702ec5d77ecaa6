#include "protocol/inner.h"

#include <array>

#include "protocol/detail/inner_proxy_prefix.h"
#include "protocol/detail/inner_recognisers.h"

namespace mogura::protocol {
namespace {

using inner::Match;
using inner::Verdict;

struct Recogniser {
  Inner protocol;
  Verdict (*judge)(const EarlyBytes&);
};

// The first that says yes wins, so an answer is final only when those before it have said no. Protocols where
// the client speaks first stand before those where it listens, HTTP/2 before HTTP, of which its preface is a
// valid request, and SMTP before FTP, which greets alike.
constexpr std::array kRecognisers{
    Recogniser{Inner::kTls, inner::judge_tls},
    Recogniser{Inner::kHttp2, inner::judge_http2},
    Recogniser{Inner::kHttp, inner::judge_http},
    Recogniser{Inner::kOpenVpn, inner::judge_openvpn},
    Recogniser{Inner::kRdp, inner::judge_rdp},
    Recogniser{Inner::kSmb, inner::judge_smb},
    Recogniser{Inner::kBitTorrent, inner::judge_bittorrent},
    Recogniser{Inner::kPostgreSql, inner::judge_postgresql},
    Recogniser{Inner::kTinc, inner::judge_tinc},
    Recogniser{Inner::kSocks, inner::judge_socks},
    Recogniser{Inner::kSsh, inner::judge_ssh},
    Recogniser{Inner::kVnc, inner::judge_vnc},
    Recogniser{Inner::kSmtp, inner::judge_smtp},
    Recogniser{Inner::kFtp, inner::judge_ftp},
    Recogniser{Inner::kPop3, inner::judge_pop3},
    Recogniser{Inner::kImap, inner::judge_imap},
    Recogniser{Inner::kIrc, inner::judge_irc},
    Recogniser{Inner::kMySql, inner::judge_mysql},
};

Recognition ask_all(const EarlyBytes& early) {
  const bool is_over = early.up_is_final && early.down_is_final;
  Inner likely = Inner::kUnknown;
  bool is_open = false;
  for (const Recogniser& recogniser : kRecognisers) {
    const Verdict verdict = recogniser.judge(early);
    if (verdict == Verdict::kNo || (verdict == Verdict::kMaybe && is_over)) continue;
    if (verdict == Verdict::kYes || is_over) {
      return {likely == Inner::kUnknown ? recogniser.protocol : likely, !is_open};
    }
    is_open = true;
    if (verdict == Verdict::kLikely && likely == Inner::kUnknown) likely = recogniser.protocol;
  }
  return {likely, !is_open};
}

void cut(ByteView& bytes, bool& is_final) {
  if (bytes.size() < kInnerBytes) return;
  bytes = bytes.first(kInnerBytes);
  is_final = true;
}

}  // namespace

std::string_view name_of(Inner protocol) {
  switch (protocol) {
    case Inner::kNone:
      return "none";
    case Inner::kTls:
      return "tls";
    case Inner::kSsh:
      return "ssh";
    case Inner::kOpenVpn:
      return "openvpn";
    case Inner::kHttp:
      return "http";
    case Inner::kHttp2:
      return "http2";
    case Inner::kSmtp:
      return "smtp";
    case Inner::kImap:
      return "imap";
    case Inner::kPop3:
      return "pop3";
    case Inner::kFtp:
      return "ftp";
    case Inner::kIrc:
      return "irc";
    case Inner::kRdp:
      return "rdp";
    case Inner::kVnc:
      return "vnc";
    case Inner::kSocks:
      return "socks";
    case Inner::kBitTorrent:
      return "bittorrent";
    case Inner::kSmb:
      return "smb";
    case Inner::kMySql:
      return "mysql";
    case Inner::kPostgreSql:
      return "postgresql";
    case Inner::kTinc:
      return "tinc";
    case Inner::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Recognition recognise(const EarlyBytes& early) {
  if (early.up.empty() && early.down.empty()) return {Inner::kNone, early.up_is_final && early.down_is_final};
  EarlyBytes seen = early;
  cut(seen.up, seen.up_is_final);
  cut(seen.down, seen.down_is_final);
  const Match prefix = inner::skip_proxy_prefix(seen.up);
  Recognition recognition = ask_all(seen);
  if (prefix == Match::kNeedMore && !seen.up_is_final) recognition.is_final = false;
  return recognition;
}

std::optional<std::size_t> proxy_protocol_bytes(ByteView bytes) {
  ByteView rest = bytes;
  switch (inner::skip_proxy_prefix(rest)) {
    case inner::Match::kYes:
      return bytes.size() - rest.size();
    case inner::Match::kNeedMore:
      return {};
    default:
      return 0;
  }
}

}  // namespace mogura::protocol
