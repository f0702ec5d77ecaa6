#pragma once

// Which function answers which request: a table of methods and paths. Private to the room.

#include <span>
#include <string_view>

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

struct Route {
  // What stands for "*", one whole segment of a path.
  enum class Id : std::uint8_t { kNone, kFinding, kPattern };

  std::string_view method, path;
  Id id = Id::kNone;
  bool changes = false;  // refused where the console is read-only
  Reply (*answer)(const Call&) = nullptr;
};

std::span<const Route> routes();

// Finds the route and answers. 404 where there is no such path or its id cannot be one, 405 for another
// method's, 403 for what changes something where nothing may.
Reply answer(Call& call);

}  // namespace mogura::console::detail
