#pragma once

// What fields say about framing and about the connection (RFC 9112 §6, §9), noted as they come; a
// contradiction is refused at the field that makes it. Any thread.

#include <string_view>

#include "protocol/strict_head.h"

namespace mogura::protocol::detail {

// Takes the last of `progress.marks` into `progress.facts`.
HeadRefusal note_field(std::string_view bytes, bool is_request, HeadProgress& progress);
// Content-Length or Transfer-Encoding, in any case, also with "_" for "-": servers that hand fields to
// programs as variables take one for the other.
bool looks_like_framing(std::string_view name);
// What can be said only at the end of the head. `method`: the request's, also for a response.
HeadRefusal check_request(std::string_view method, const HeadProgress& progress);
HeadRefusal check_response(const HeadProgress& progress);
Framing framing_of_request(const FieldFacts& facts);
Framing framing_of_response(std::string_view method, const HeadProgress& progress);
bool wants_keep_alive(const HeadProgress& progress);
// Fields and listed options as views into `bytes`.
void make_views(std::string_view bytes, const HeadProgress& progress, std::vector<HeadField>& fields,
                std::vector<std::string_view>& options);
bool is_hop_by_hop(const HeadField& field, const std::vector<std::string_view>& options);

}  // namespace mogura::protocol::detail
