#pragma once

// What of the messages' first bytes must not stay in a session's record: where the inner protocol is one that
// logs in, or names people, in clear. Lengths and times stay.
//
//   tls          nothing is kept
//   http, http2  the method of a request, the first line of an answer; else nothing
//   mail, ftp,   the server's first message; of the client's first its first word, or two after an IMAP tag
//   irc
//   socks        the client's list of methods; the server's first message
//   databases    the server's first message
//   unknown      nothing of a message that looks like HTTP, but as above, or names a field that holds secrets
//   others       all
//
// Pieces of bodies of plain HTTP, and HTTP messages that were presentable_http() already, are not for this.

#include "base/bytes.h"
#include "session/session.h"

namespace mogura::session::detail {

// What may be kept of an HTTP message that begins here: "GET ", "HTTP/1.1 200 OK"; nothing of bytes that do
// not look like its beginning.
ByteView presentable_http(ByteView message);

// Takes bytes out of `messages` as session.inner asks, and closes the holes; of the messages from number
// `first` on, for those before it are presentable.
void redact(Session& session, std::size_t first = 0);

}  // namespace mogura::session::detail
