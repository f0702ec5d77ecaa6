#pragma once

// A session as the rows that are written of it.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "session/session.h"
#include "store/detail/key.h"

namespace mogura::store::detail {

struct SessionRow {
  std::int64_t start_us = 0, end_us = 0;
  std::string session_id, client, destination, user_agent, sni, ja4, line;
  std::string_view kind, inner_protocol;  // of static names
  bool user_agent_seen = false;
  std::array<std::uint64_t, 2> exchanges{}, bytes{};
  // kNoKey: it has none.
  Key destination_key = kNoKey, address_key = kNoKey, user_agent_key = kNoKey, cipher_suites_key = kNoKey,
      ja4_key = kNoKey, domain_key = kNoKey;
  Key client_key = kNoKey;  // of client and User-Agent together
};

SessionRow row_of(const session::Session& session);

}  // namespace mogura::store::detail
