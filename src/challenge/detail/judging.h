#pragma once

// What a request is, as far as its head tells, and whether a browser would return a cookie with it. Browsers
// return none in more cases than one would think (docs/guides/challenge.md has them all, measured); whoever
// sends the fields of a browser is given the benefit of them, everybody else is asked with every request.

#include <string_view>

#include "challenge/gate.h"
#include "protocol/strict_head.h"

namespace mogura::challenge::detail {

// The fields that matter; views into the head, empty where absent.
struct RequestShape {
  std::string_view method, user_agent, accept, accept_language, accept_encoding;
  std::string_view referer, origin, fetch_dest, fetch_mode, fetch_site;
  bool is_secure_wanted = false;  // Upgrade-Insecure-Requests: 1
  bool is_prefetch = false;
  bool is_no_cache = false;  // Cache-Control or Pragma: no-cache
  bool has_cookie = false;
  bool has_validator = false;  // If-None-Match
  bool is_websocket = false;   // an upgrade to it
};
RequestShape shape_of(const protocol::RequestHead& head);

Claim claim_of(std::string_view user_agent);
// Of a version: the number behind `mark`, or 0.
unsigned number_behind(std::string_view text, std::string_view mark);
// Accept, Accept-Language and Accept-Encoding as browsers send them; few libraries send all three.
bool is_browser_like(const RequestShape& shape);
// A page, to be shown in a tab or in a frame: plain HTTP does not say which.
bool is_document(const RequestShape& shape);

// Where the request comes from, by Origin or else Referer.
enum class Source : std::uint8_t {
  kUnknown,
  kSameSite,     // the same host or registrable domain; of Origin: the same host
  kOtherOrigin,  // Origin of another host, or "null"
  kOtherSite,    // Referer of another site
};
// `host`: lower case, without port. `memory` keeps what costs a look into the list of public suffixes.
Source source_of(const RequestShape& shape, std::string_view host, Exchange::Memory& memory);

struct Judgement {
  Reason reason = Reason::kNone;  // why an absent cookie says nothing; kNone: it says something
  Reason doubt = Reason::kNone;   // kNone: it says it at once; else it has to go on for longer
  bool is_elsewhere = false;      // a document of which nothing can be expected; Sign::kElsewhere
  bool is_of_engine = false;      // a document with everything that a current browser's request has
};
// For GET, HEAD and POST requests.
Judgement judge(const RequestShape& shape, Claim claim, Source source);

}  // namespace mogura::challenge::detail
