#pragma once

// Where the alerts of `watch` go, by its options.

#include <memory>
#include <vector>

#include "alert/sink.h"
#include "app/watch_options.h"
#include "base/result.h"

namespace mogura::app {

// Errors: as of the sinks.
Result<std::vector<std::unique_ptr<alert::Sink>>> open_sinks(const WatchOptions& options);

}  // namespace mogura::app
