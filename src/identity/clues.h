#pragma once

// Gathers clues from the sessions of one service, in the words that the catalogue's rules are written in
// (docs/formats/catalogue.md). Bounded: a service with a million sessions gives no more clues than one with a
// few. Not thread-safe; one per service.

#include <cstddef>

#include "identity/identity.h"
#include "session/session.h"

namespace mogura::identity {

// Distinct values kept of each source, and first bytes of how many sessions. What comes later is left out.
inline constexpr std::size_t kCluesOfASource = 16;
inline constexpr std::size_t kFirstBytesKept = 8;
// Of each direction of a session.
inline constexpr std::size_t kFirstBytesSize = 512;

// Adds what one session shows: destination, port, sni, alpn, certificate, certificate-issuer, user-agent,
// ja3, ja4, inner-protocol, kind, upgrade, forwarded, banner, absent, and first bytes. Shapes, whois answers
// and a second opinion are for the caller to add.
void add_session(Clues& clues, const session::Session& session);

// One clue, if it is new and there is room for its source; an empty value is none.
void add_clue(Clues& clues, std::string_view source, std::string_view value);

}  // namespace mogura::identity
