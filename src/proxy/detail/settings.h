#pragma once

// What a reload replaces: one immutable value that requests take when they begin and keep until they end.

#include <memory>
#include <string>

#include "challenge/gate.h"
#include "pattern/matcher.h"
#include "proxy/detail/access_control.h"
#include "proxy/detail/interception.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

struct Settings {
  Options options;
  std::shared_ptr<const challenge::Gate> gate;
  std::shared_ptr<const pattern::Matcher> patterns;  // nullptr: none
  std::unique_ptr<AccessControl> access;
  std::shared_ptr<const Interception> interception;  // nullptr: HTTPS stays closed
  // The next proxy, of Upstream::parent; empty host: none.
  std::string parent_host;
  std::uint16_t parent_port = 0;
  std::string loop_mark;  // the comment in Via by which this proxy knows itself
};

}  // namespace mogura::proxy::detail
