#pragma once

// What is answered in an origin's place, and how a page makes an engine ask for it. Text only; Gate decides
// when. Any thread.
//
//   engine    a page's response names a path (Link: rel=preload; RFC 8288, HTML) that nothing but an engine
//             for pages fetches; the request for it ends here, with an empty style sheet
//   redirect  307 to where the request was going, with the cookie (RFC 9110 §15.4.8)

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::challenge {

enum class OwnAnswer : std::uint8_t { kNone, kEngine, kRedirect };

// What is behind the path that Links name; nothing: it is another path.
std::string_view value_in_path(std::string_view path_and_query);
// A field line with CRLF.
std::string link_line(std::string_view value);

// Whether a redirection to it says what is meant: a path, as a relative reference.
bool can_redirect_to(std::string_view path_and_query);
// Status line and fields, each with CRLF; Connection and the empty line are the caller's. `insert`: more
// field lines.
std::string own_head(OwnAnswer answer, std::string_view path_and_query, std::string_view insert);

}  // namespace mogura::challenge
