#pragma once

// What goes wrong, as answers (docs/formats/console-api.md, Errors). Any thread.

#include <string>
#include <string_view>

#include "base/result.h"
#include "console/message.h"

namespace mogura::console::detail {

// A value, or the answer that says why there is none.
template <class T>
using Answer = tl::expected<T, Reply>;

// A parameter or a body is wrong; `name` may be anything.
Reply bad_request(std::string_view name, std::string_view cause);
Reply not_found(std::string_view what);
Reply read_only(std::string_view why);

// What kUsage of an archive means where it was asked.
enum class OnUsage { kBadRequest, kNotFound };
Reply reply_of_archive(const Error& error, OnUsage on_usage);
// Of a workshop: kUsage is "there is none of that id", kFormat a text that is no pattern.
Reply reply_of_workshop(const Error& error);

}  // namespace mogura::console::detail
