#pragma once

// The good cookie on its way out. Any thread.

#include <string>

#include "challenge/detail/question.h"

namespace mogura::challenge::detail {

// HTTPS has a jar of its own: what is set there with Secure, HTTP cannot replace.
inline CookieKind good_kind(const Client& client) {
  return client.is_encrypted ? CookieKind::kSecure : CookieKind::kPlain;
}

// What is remembered of values is of one epoch.
void remember_epoch(const Tokens& tokens, Timestamp now, Exchange::Memory& memory);
// Its line, appended, and the decoys' where exchange.wants_decoys.
void insert_cookie(const Means& means, Timestamp now, Exchange& exchange, std::string& lines);

}  // namespace mogura::challenge::detail
