#pragma once

// The lines of room `service`, as this room calls them.

#include "service/line_file.h"
#include "service/log_lines.h"

namespace mogura::proxy::detail {

using service::AccessRecord;
using service::BypassEvent;
using service::EventContext;
using service::LineFile;
using service::write_access_json;
using service::write_event;
using service::write_squid_line;

}  // namespace mogura::proxy::detail
