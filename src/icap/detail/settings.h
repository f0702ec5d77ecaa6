#pragma once

// What a reload replaces: one immutable value that requests take when they begin and keep until they end.

#include <memory>

#include "challenge/gate.h"
#include "icap/options.h"

namespace mogura::icap::detail {

struct Settings {
  Options options;
  std::shared_ptr<const challenge::Gate> gate;
};

}  // namespace mogura::icap::detail
