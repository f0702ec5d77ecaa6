#pragma once

// Features generalised over the sessions of one service (one destination): what its sessions have in common,
// and when its clients come. Fed session by session in any order; bounded, whatever comes in. merge() of two
// gives what one that saw all sessions would give; only where more than kLengths lengths of one direction
// were repeated does it depend on the order which rare ones are forgotten. Small for a service with one
// session, since most have few. Not thread-safe.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feature/features.h"
#include "session/session.h"

namespace mogura::feature {

class Service {
 public:
  // Different lengths counted per direction; of more, the half repeated in fewest sessions is forgotten.
  static constexpr std::size_t kLengths = 64;
  // Clients whose arrivals are kept, and arrivals of each: a fixed choice of the clients, and the earliest.
  static constexpr std::size_t kClients = 32;
  static constexpr std::size_t kArrivals = 256;
  // Sessions with bytes in clear whose beginnings are kept: a fixed choice.
  static constexpr std::size_t kSampled = 16;

  explicit Service(const Options& options = {});
  ~Service();
  Service(Service&&) noexcept;
  Service& operator=(Service&&) noexcept;

  void add(const session::Session& session);
  void merge(const Service& other);

  // Lengths that were repeated (Options::min_repeats) in a session; most sessions first. At most kListed.
  static constexpr std::size_t kListed = 32;
  [[nodiscard]] std::vector<RepeatedLength> lengths() const;
  // What stands at one place of messages of several sessions, and texts that sessions begin with; most
  // sessions first. At most kListed. Found in the beginnings of sampled_sessions() of the sessions that had
  // bytes in clear, and counted among these only; where it is one, found in that one's first messages.
  [[nodiscard]] std::vector<RepeatedBytes> strings() const;
  [[nodiscard]] std::size_t sampled_sessions() const;
  // Of the client whose sessions come most regularly: intervals between starts of its sessions (requests).
  // Series of failures only (status 4xx or 5xx, or no answer) are left out.
  struct ClientRhythm {
    std::string client;  // population::client_of's text form, addresses as Address::to_string writes them
    Rhythm rhythm;
  };
  [[nodiscard]] std::optional<ClientRhythm> arrivals() const;
  // The most regular rhythm of client messages inside one of its sessions.
  [[nodiscard]] std::optional<Rhythm> inside() const;

  // Sums and extremes that evidence rests on.
  struct Totals {
    std::uint64_t sessions = 0;
    std::uint64_t interactive = 0;  // sessions whose Shape says so
    std::uint64_t tls_in_tls = 0;   // sessions with Shape::tls_in_tls >= 0.5
    std::uint64_t long_bodies = 0;
    std::uint64_t requests = 0, with_referer = 0, with_cookie = 0, with_body = 0;  // plain HTTP
    std::uint64_t bytes_up = 0, bytes_down = 0;
    std::uint64_t exchanges_up = 0, exchanges_down = 0;
    double longest_s = 0;              // duration of the longest session
    std::uint64_t most_exchanges = 0;  // the smaller of up and down, in the session where it is highest
    double target_entropy_bits = 0;    // the highest of its sessions
  };
  [[nodiscard]] const Totals& totals() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::feature
