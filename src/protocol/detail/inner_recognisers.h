#pragma once

// All recognisers. Each judges one protocol by the first bytes of both directions; see inner_verdict.h for
// what an answer means and what it must never do. One line here, and one in the list of inner.cc, adds
// another.

#include "protocol/detail/inner_verdict.h"
#include "protocol/inner.h"

namespace mogura::protocol::inner {

Verdict judge_tls(const EarlyBytes& early);   // inner_tls.cc
Verdict judge_http(const EarlyBytes& early);  // inner_http.cc
Verdict judge_http2(const EarlyBytes& early);
Verdict judge_openvpn(const EarlyBytes& early);  // inner_openvpn.cc
Verdict judge_ssh(const EarlyBytes& early);      // inner_ssh.cc
Verdict judge_rdp(const EarlyBytes& early);      // inner_desktop.cc
Verdict judge_vnc(const EarlyBytes& early);
Verdict judge_smb(const EarlyBytes& early);  // inner_files.cc
Verdict judge_bittorrent(const EarlyBytes& early);
Verdict judge_mysql(const EarlyBytes& early);  // inner_database.cc
Verdict judge_postgresql(const EarlyBytes& early);
Verdict judge_tinc(const EarlyBytes& early);   // inner_tinc.cc
Verdict judge_socks(const EarlyBytes& early);  // inner_socks.cc
Verdict judge_smtp(const EarlyBytes& early);   // inner_mail.cc
Verdict judge_ftp(const EarlyBytes& early);
Verdict judge_pop3(const EarlyBytes& early);
Verdict judge_imap(const EarlyBytes& early);
Verdict judge_irc(const EarlyBytes& early);  // inner_irc.cc

}  // namespace mogura::protocol::inner
