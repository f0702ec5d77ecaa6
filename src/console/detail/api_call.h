#pragma once

// One question or action on its way through the functions that answer it. Private to the room.

#include <string>
#include <string_view>

#include "console/api.h"
#include "console/detail/json_reader.h"
#include "console/message.h"
#include "report/archive.h"

namespace mogura::console::detail {

struct Call {
  const Request& request;
  const ApiContext& context;
  JsonReader& json;
  std::string id{};  // what stands for "*" in the path of the route
  Timestamp now{};

  [[nodiscard]] report::Archive& archive() const { return context.archive; }
  [[nodiscard]] Workshop& workshop() const { return context.workshop; }
  // A line for the audit log: who, where from, when.
  [[nodiscard]] report::AuditEntry audit(std::string action, std::string subject, std::string detail) const {
    return {now,
            request.user,
            request.client.to_string(),
            std::move(action),
            std::move(subject),
            std::move(detail)};
  }
};

}  // namespace mogura::console::detail
