#pragma once

// What is answered in an origin's place, and the fields that make an engine ask for it. Text only; the
// questions decide when (detail/question.h). Any thread.
//
//   /.mogura/VALUE        ends at the proxy: what a page named to be fetched (Link: rel=preload; RFC 8288,
//                         HTML), or where a policy's violation is reported to (CSP 3)
//   /.mogura/VALUE?PATH   where a page of the proxy's own leads on to (Refresh; HTML); leads back to PATH

#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::challenge {

enum class OwnAnswer : std::uint8_t {
  kNone,
  kSheet,     // 200, an empty style sheet
  kReceived,  // 204
  kBack,      // 307 to the path behind ours
  kRedirect,  // 307 to where the request was going
  kPage,      // 200, an empty page that leads on
};
// Of what is answered; 0 for kNone.
unsigned status_of(OwnAnswer answer);
// To a request for a path of ours, whatever its value. `method`: as it came.
OwnAnswer answer_to(std::string_view method, std::string_view path_and_query);

// VALUE; empty: it is another path.
std::string_view value_in_path(std::string_view path_and_query);
// PATH; empty where there is none, or none to go to.
std::string_view path_behind(std::string_view path_and_query);

// Field lines with CRLF.
std::string preload_line(std::string_view value);
// A policy that allows what pages do, and the preload of something that it forbids and that no browser asks
// anybody for: it is on a port that browsers talk to nobody on (Fetch, §2.9). One report, and nothing else.
std::string report_lines(std::string_view value);
std::string refresh_line(std::string_view value, std::string_view path_and_query);
std::string location_line(std::string_view path_and_query);

// Whether a redirection to it says what is meant: a path, as a relative reference.
bool can_redirect_to(std::string_view path_and_query);
// Status line and fields, each with CRLF; Connection and the empty line are the caller's. `insert`: more
// field lines, Location among them.
std::string own_head(OwnAnswer answer, std::string_view insert);

}  // namespace mogura::challenge
