#include "feature/tls_in_tls.h"

#include <algorithm>
#include <array>

namespace mogura::feature {
namespace {

using session::Direction;
using session::MessageStart;
using Records = std::span<const MessageStart>;

struct Range {
  std::uint32_t least;
  std::uint32_t most;
  [[nodiscard]] bool has(std::uint64_t length) const { return least <= length && length <= most; }
};

// Fragment lengths. What the outer records and a WebSocket or VLESS header add (17 to 40 bytes) is in them.
constexpr std::uint32_t kChangeCipherSpec = 1;
constexpr Range kClientHello = {200, 2400};     // to 600 without a post-quantum key share, 1700 and more with
constexpr std::uint32_t kFullSegment = 1200;    // a hello of two records fills the first
constexpr Range kServerFlight = {600, 10'000};  // ServerHello to Finished, or to ServerHelloDone
constexpr Range kFinished13 = {80, 115};        // ChangeCipherSpec and Finished: 64 or 80 inside
constexpr std::uint32_t kFirstRequest = 90;
constexpr Range kTickets13 = {200, 700};
constexpr Range kFinished12 = {105, 165};  // ClientKeyExchange, ChangeCipherSpec, Finished: 93 or 126
constexpr Range kServerFinished12 = {50, 90};
constexpr Range kServerTicket12 = {200, 330};
constexpr Range kFinishedAndRequest = {180, 1100};
// What may go before: the dialogue with an inner proxy (CONNECT, SOCKS, WebSocket upgrade).
constexpr std::uint32_t kDialogueRecords = 2;
constexpr std::uint64_t kDialogueBytes = 700;

// Consecutive records of one direction.
struct Flight {
  Direction direction = Direction::kUp;
  std::uint32_t count = 0;
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::uint64_t bytes = 0;
};

struct Flights {
  std::array<Flight, kTlsInTlsRecords> of{};
  std::size_t size = 0;

  void add(const MessageStart& record) {
    if (size == 0 || of[size - 1].direction != record.direction) of[size++].direction = record.direction;
    Flight& flight = of[size - 1];
    if (++flight.count == 1) flight.first = record.length;
    if (flight.count == 2) flight.second = record.length;
    flight.bytes += record.length;
  }
  // An empty flight behind the last.
  [[nodiscard]] Flight at(std::size_t i) const { return i < size ? of[i] : Flight{}; }
};

// The outer handshake ends with what the client sends behind its ChangeCipherSpec; where it sends none, with
// the second thing that it sends.
Records after_outer_handshake(Records records) {
  const auto is_change = [](const MessageStart& r) {
    return r.direction == Direction::kUp && r.length == kChangeCipherSpec;
  };
  const auto is_up = [](const MessageStart& r) { return r.direction == Direction::kUp; };
  auto from = std::find_if(records.begin(), records.end(), is_change);
  if (from == records.end()) from = records.begin();
  if (from == records.end()) return {};
  const auto finished = std::find_if(from + 1, records.end(), is_up);
  if (finished == records.end()) return {};
  return records.subspan(static_cast<std::size_t>(finished + 1 - records.begin()));
}

bool fits_hello(const Flight& flight) {
  const bool is_one_message = flight.count == 1 || (flight.count == 2 && flight.first >= kFullSegment);
  return is_one_message && kClientHello.has(flight.bytes);
}

bool fits_tls13(const Flight& finished) {
  return kFinished13.has(finished.first) && finished.count >= 2 && finished.second >= kFirstRequest;
}

bool fits_tls13_with_tickets(const Flight& finished, const Flight& answer, const Flight& request) {
  return kFinished13.has(finished.first) && finished.count == 1 && kTickets13.has(answer.first) &&
         request.first >= kFirstRequest;
}

bool fits_tls12(const Flight& finished, const Flight& answer, const Flight& request) {
  return kFinished12.has(finished.first) && finished.count == 1 &&
         (kServerFinished12.has(answer.first) || kServerTicket12.has(answer.first)) &&
         request.first >= kFirstRequest;
}

// Finished and the first request in one record could as well be a second request, but that seldom is so much
// shorter than the first.
bool fits_coalesced(const Flight& hello, const Flight& finished) {
  return finished.count == 1 && kFinishedAndRequest.has(finished.first) && hello.bytes >= 500 &&
         2 * std::uint64_t{finished.first} <= hello.bytes;
}

double likeness(const Flights& flights, std::size_t hello) {
  const Flight finished = flights.at(hello + 2);
  if (!fits_hello(flights.at(hello)) || !kServerFlight.has(flights.at(hello + 1).bytes)) return 0;
  if (finished.count == 0) return 0;
  const Flight answer = flights.at(hello + 3);
  const Flight request = flights.at(hello + 4);
  if (fits_tls13(finished) || fits_tls12(finished, answer, request)) return 0.9;
  if (fits_tls13_with_tickets(finished, answer, request)) return 0.7;
  return fits_coalesced(flights.at(hello), finished) ? 0.3 : 0;
}

}  // namespace

double tls_in_tls(Records messages) {
  Flights flights;
  for (const MessageStart& record :
       after_outer_handshake(messages.first(std::min(messages.size(), kTlsInTlsRecords)))) {
    flights.add(record);
  }
  double most = 0;
  std::uint32_t records_before = 0;
  std::uint64_t bytes_before = 0;
  for (std::size_t i = 0; i < flights.size; ++i) {
    if (flights.of[i].direction != Direction::kUp) continue;
    if (records_before > kDialogueRecords || bytes_before > kDialogueBytes) break;
    most = std::max(most, likeness(flights, i));
    records_before += flights.of[i].count;
    bytes_before += flights.of[i].bytes;
  }
  return most;
}

}  // namespace mogura::feature
