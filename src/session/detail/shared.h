#pragma once

// What the dialogues of one worker share: limits, counters, budgets, and scratch values whose memory is used
// again. One per session::Table; one thread.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "protocol/fingerprint.h"
#include "protocol/http1.h"
#include "protocol/tls.h"
#include "session/counters.h"
#include "session/detail/http_shape.h"
#include "session/detail/message_stats.h"
#include "session/finished.h"

namespace mogura::session::detail {

// Both parsers of one connection, and the bytes of its targets; pooled, for a head's strings are worth
// keeping.
struct HttpParsers {
  explicit HttpParsers(const Limits& limits)
      : request(protocol::Http1Role::kRequest, limits), response(protocol::Http1Role::kResponse, limits) {}
  protocol::Http1Parser request;
  protocol::Http1Parser response;
  ByteSpread targets;
};

struct Shared {
  static constexpr std::size_t kPooledParsers = 256;
  static constexpr std::size_t kPooledRecords = 1024;
  static constexpr std::size_t kHeldBytes = std::size_t{32} << 20;  // for all connections of a worker

  // `seed`: see FingerprintCache; no result depends on it.
  explicit Shared(const Limits& limits_in, std::uint64_t seed = 0) : limits(limits_in), fingerprints(seed) {}

  std::unique_ptr<HttpParsers> take_parsers() {
    if (parsers.empty()) return std::make_unique<HttpParsers>(limits);
    std::unique_ptr<HttpParsers> taken = std::move(parsers.back());
    parsers.pop_back();
    return taken;
  }
  void give_back(std::unique_ptr<HttpParsers> used) {
    if (used == nullptr || parsers.size() >= kPooledParsers) return;
    used->request.reset(protocol::Http1Role::kRequest);
    used->response.reset(protocol::Http1Role::kResponse);
    used->targets.clear();
    parsers.push_back(std::move(used));
  }

  // A record as new; from those that came back, if there are any.
  FinishedPtr take_record() {
    if (records.empty()) return std::make_unique<Finished>();
    FinishedPtr taken = std::move(records.back());
    records.pop_back();
    taken->clear();
    return taken;
  }
  void give_back(FinishedPtr used) {
    if (records.size() >= kPooledRecords) return;
    message_memory.take_from(used->session);
    records.push_back(std::move(used));
  }

  Limits limits;
  TableCounters counters;
  std::size_t held_bytes = 0;
  std::vector<std::unique_ptr<HttpParsers>> parsers;
  std::vector<FinishedPtr> records;
  MessageMemory message_memory;
  std::string frame_payload;  // scratch of OpaqueLayer
  protocol::ClientHello client_hello;
  protocol::ServerHello server_hello;
  protocol::FingerprintCache fingerprints;
};

}  // namespace mogura::session::detail
