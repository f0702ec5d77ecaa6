#include "app/sensor.h"

#include <unistd.h>

#include <array>

#include "app/version.h"

namespace mogura::app {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

report::Sensor make_sensor(std::string_view kind, const std::string& input, Timestamp started) {
  report::Sensor sensor;
  sensor.kind = kind;
  sensor.host = host_name();
  sensor.input = input;
  sensor.sensor_id = sensor.kind + '/' + sensor.host + '/' + input;
  sensor.version = kVersion;
  sensor.started = started;
  return sensor;
}

}  // namespace mogura::app
