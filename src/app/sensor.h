#pragma once

// What a running `watch` or `proxy` tells the console about itself through the database: that it is there,
// and what it counted.

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.h"
#include "report/archive.h"

namespace mogura::app {

// How often it is told. A sensor that has not been seen for many times as long is silent.
inline constexpr std::chrono::seconds kTellEvery{10};

// `input`: the interface, the first file, the address listened on. One of the same kind and input on this
// machine is the same sensor, started anew.
report::Sensor make_sensor(std::string_view kind, const std::string& input, Timestamp started);

}  // namespace mogura::app
