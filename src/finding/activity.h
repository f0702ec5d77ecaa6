#pragma once

// When each client used each service: for the report's timelines. All sessions are counted, not a sample.
// Kept as cells (service, client, first and last slice of time, sessions); where these become more than the
// limit, slices are made twice as long, from one second on, until they fit. So memory is bounded, and the
// result does not depend on the order of the sessions. Where even the longest slices are too many, the
// services with the highest hash are given up, and their timelines are empty. One thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "finding/finding.h"
#include "session/session.h"

namespace mogura::finding {

// Sessions of a finding over time: one row a client, one number a slice of time.
struct Timeline {
  struct Client {
    bool operator==(const Client&) const = default;
    std::string name;
    std::uint64_t sessions = 0;
    std::vector<std::uint32_t> slices;  // sessions that were alive in each
  };
  Timestamp from{}, to{};       // all slices have the same length
  std::vector<Client> clients;  // most sessions first
  bool is_cut = false;          // there were more clients than are listed
};

class Activity {
 public:
  static constexpr std::size_t kCells = std::size_t{1} << 18;
  static constexpr std::size_t kClients = 50;  // of one timeline
  static constexpr std::size_t kSlices = 200;  // of one timeline
  // Clients whose names are kept.
  static constexpr std::size_t kNames = std::size_t{1} << 16;

  explicit Activity(std::size_t cells = kCells) : limit_(cells) {}

  void add(const session::Session& session);
  // No clients: nothing is known of it. Puts the cells in order first where sessions were added.
  [[nodiscard]] Timeline timeline(const Finding& finding);

 private:
  struct Cell {
    std::uint64_t service = 0;
    std::uint64_t client = 0;
    std::int64_t first = 0, last = 0;  // slices since 1970
    std::uint64_t sessions = 0;
  };
  struct Row;
  struct Span;

  void merge_equal();
  void double_slices();
  void give_up_services();
  void compact();
  [[nodiscard]] std::vector<Row> rows_of(const Finding& finding) const;
  void sort_rows(std::vector<Row>& rows) const;
  [[nodiscard]] std::string_view name_of_client(std::uint64_t client) const;
  [[nodiscard]] Timestamp time_of(std::int64_t slice) const;

  std::size_t limit_;
  unsigned doublings_ = 0;                   // a slice is 2^doublings_ seconds
  std::uint64_t services_end_ = UINT64_MAX;  // services of this hash and above are given up
  std::vector<Cell> cells_;                  // the first sorted_ in order, no two alike
  std::size_t sorted_ = 0;
  std::unordered_map<std::uint64_t, std::string> names_;  // of clients
};

}  // namespace mogura::finding
