#pragma once

// The connections of one client to one origin that speak HTTP/2; mostly it is one. What is under way on them
// ends with the client. Belongs to one loop.

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/address.h"
#include "proxy/detail/http2_origin.h"

namespace mogura::proxy::detail {

class Http2Origins {
 public:
  Http2Origins() = default;
  ~Http2Origins() {
    for (const auto& each : origins_) each->cut();
  }
  Http2Origins(const Http2Origins&) = delete;
  Http2Origins& operator=(const Http2Origins&) = delete;

  void add(std::shared_ptr<Http2Origin> origin) { origins_.push_back(std::move(origin)); }
  struct Opened {
    Socket socket;
    Endpoint server;
  };
  // By the first that has room. Nothing: another connection is needed.
  std::optional<Opened> open() {
    for (const auto& each : origins_) wants_http1_ = wants_http1_ || each->wants_http1();
    std::erase_if(origins_, [](const auto& each) { return each->is_over(); });
    if (wants_http1_) return {};
    for (const auto& each : origins_) {
      if (auto socket = each->open()) return Opened{std::move(*socket), each->server()};
    }
    return {};
  }
  // HTTP/2 is not to be offered to it again.
  [[nodiscard]] bool wants_http1() const { return wants_http1_; }

 private:
  std::vector<std::shared_ptr<Http2Origin>> origins_;
  bool wants_http1_ = false;
};

}  // namespace mogura::proxy::detail
