#pragma once

// When the clients of one service came: the starts of their sessions, per client. Of more than kClients
// clients those with the lowest ranks (a fixed hash of the client) are kept, of more than kStarts starts of
// one client the earliest: so what is kept does not depend on the order in which sessions come or parts are
// merged.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "feature/features.h"
#include "feature/service.h"
#include "session/session.h"

namespace mogura::feature::detail {

// Who is behind a session: the forwarded address where there is one, else the address on the wire; a
// forwarded text that is no address stands for itself.
struct Client {
  bool operator==(const Client&) const = default;
  static Client of(const session::Session& session);
  [[nodiscard]] std::string to_string() const { return text.empty() ? address.to_string() : text; }
  // Never changes: not between runs, machines or versions.
  [[nodiscard]] std::uint64_t rank() const;

  Address address;
  std::string text;
};

class Arrivals {
 public:
  static constexpr std::size_t kClients = Service::kClients;
  static constexpr std::size_t kStarts = Service::kArrivals;

  void add(const Client& client, std::int64_t start_ms, bool was_answered);
  void merge(const Arrivals& other);

  // Of the client with the strongest rhythm (is_stronger) of those who were answered at least every other
  // time.
  [[nodiscard]] std::optional<Service::ClientRhythm> best() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Series {
    std::uint64_t rank = 0;
    Client client;
    std::vector<std::int64_t> starts_ms;  // a heap, the latest on top
    std::uint64_t sessions = 0;
    std::uint64_t answered = 0;
    void add(std::int64_t start_ms);
  };
  // Where the series of `client` is, made if there is none; null if it is not among those kept.
  Series* series_of(const Client& client);

  std::vector<Series> series_;  // by rank
};

}  // namespace mogura::feature::detail
