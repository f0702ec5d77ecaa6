#pragma once

// Addresses that services want to listen on, and who has them. Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "doctor/remark.h"

namespace mogura::doctor {

struct Listener {
  Endpoint endpoint;
  unsigned user = 0;
};

// The text of /proc/net/tcp or tcp6 (proc(5)). What is no listening socket, or not understood, is left out.
std::vector<Listener> parse_listeners(std::string_view table);
std::vector<Listener> look_at_listeners();

// `user`: whom our services run as; `is_running`: the service that wants the address does.
Remark judge_port(const Endpoint& wanted, const std::vector<Listener>& listeners, unsigned user,
                  bool is_running);

}  // namespace mogura::doctor
