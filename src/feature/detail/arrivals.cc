#include "feature/detail/arrivals.h"

#include <algorithm>

#include "feature/detail/rank.h"
#include "feature/detail/rhythm.h"

namespace mogura::feature::detail {

Client Client::of(const session::Session& session) {
  if (session.client_forwarded.empty()) return {session.client.address, {}};
  const auto address = Address::parse(session.client_forwarded);
  return address ? Client{*address, {}} : Client{{}, session.client_forwarded};
}

std::uint64_t Client::rank() const {
  std::uint64_t state = absorb(0x2545F4914F6CDD1Du, address);
  for (const char c : text) state = absorb(state, static_cast<std::uint8_t>(c));
  return absorb(state, text.size());
}

void Arrivals::Series::add(std::int64_t start_ms) {
  if (starts_ms.size() == kStarts) {
    if (start_ms >= starts_ms.front()) return;
    std::pop_heap(starts_ms.begin(), starts_ms.end());
    starts_ms.pop_back();
  }
  starts_ms.push_back(start_ms);
  std::push_heap(starts_ms.begin(), starts_ms.end());
}

Arrivals::Series* Arrivals::series_of(const Client& client) {
  const std::uint64_t rank = client.rank();
  auto at = std::lower_bound(series_.begin(), series_.end(), rank,
                             [](const Series& series, std::uint64_t r) { return series.rank < r; });
  // Clients of one rank share a series: with 64 bits that does not happen by chance.
  if (at != series_.end() && at->rank == rank) return &*at;
  const auto index = at - series_.begin();
  if (series_.size() == kClients) {
    if (at == series_.end()) return nullptr;
    series_.pop_back();
  }
  Series series;
  series.rank = rank;
  series.client = client;
  return &*series_.insert(series_.begin() + index, std::move(series));
}

void Arrivals::add(const Client& client, std::int64_t start_ms, bool was_answered) {
  Series* series = series_of(client);
  if (series == nullptr) return;
  ++series->sessions;
  if (was_answered) ++series->answered;
  series->add(start_ms);
}

void Arrivals::merge(const Arrivals& other) {
  for (const Series& from : other.series_) {
    Series* series = series_of(from.client);
    if (series == nullptr) continue;
    series->sessions += from.sessions;
    series->answered += from.answered;
    for (const std::int64_t start_ms : from.starts_ms) series->add(start_ms);
  }
}

std::optional<Service::ClientRhythm> Arrivals::best() const {
  std::optional<Service::ClientRhythm> best;
  for (const Series& series : series_) {
    if (2 * series.answered < series.sessions) continue;
    std::vector<std::int64_t> starts_ms = series.starts_ms;
    std::sort(starts_ms.begin(), starts_ms.end());
    const auto rhythm = rhythm_of(starts_ms);
    if (rhythm && (!best || is_stronger(*rhythm, best->rhythm)))
      best = Service::ClientRhythm{series.client.to_string(), *rhythm};
  }
  return best;
}

std::size_t Arrivals::memory_bytes() const {
  std::size_t bytes = series_.capacity() * sizeof(Series);
  for (const Series& series : series_) {
    bytes += series.starts_ms.capacity() * sizeof(std::int64_t) + series.client.text.capacity();
  }
  return bytes;
}

}  // namespace mogura::feature::detail
