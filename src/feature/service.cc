#include "feature/service.h"

#include <algorithm>
#include <chrono>

#include "feature/detail/arrivals.h"
#include "feature/detail/length_tally.h"
#include "feature/detail/openings.h"
#include "feature/detail/rhythm.h"
#include "feature/detail/sessions.h"

namespace mogura::feature {
namespace {

using session::Session;

struct Common {
  detail::LengthTally lengths;
  detail::Openings openings;
};

// The only session so far, of a client with an address: most services never have another.
struct FirstArrival {
  Address client;
  std::int64_t start_ms = 0;
  bool is_set = false;
  bool was_answered = false;
};

std::int64_t to_ms(Timestamp time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

void add_http(const session::HttpShape& http, Service::Totals& totals) {
  totals.requests += http.requests;
  totals.with_referer += http.with_referer;
  totals.with_cookie += http.with_cookie;
  totals.with_body += http.with_body;
  totals.target_entropy_bits = std::max(totals.target_entropy_bits, http.target_entropy_bits);
}

void add_session(const Session& session, const Shape& shape, Service::Totals& totals) {
  ++totals.sessions;
  if (shape.is_interactive) ++totals.interactive;
  if (shape.tls_in_tls >= 0.5) ++totals.tls_in_tls;
  if (shape.is_long_body) ++totals.long_bodies;
  totals.bytes_up += session.bytes[0];
  totals.bytes_down += session.bytes[1];
  totals.exchanges_up += session.exchanges[0];
  totals.exchanges_down += session.exchanges[1];
  totals.longest_s = std::max(totals.longest_s, shape.duration_s);
  totals.most_exchanges =
      std::max(totals.most_exchanges, std::min(session.exchanges[0], session.exchanges[1]));
  add_http(session.http, totals);
}

void add_totals(const Service::Totals& from, Service::Totals& to) {
  to.sessions += from.sessions;
  to.interactive += from.interactive;
  to.tls_in_tls += from.tls_in_tls;
  to.long_bodies += from.long_bodies;
  to.requests += from.requests;
  to.with_referer += from.with_referer;
  to.with_cookie += from.with_cookie;
  to.with_body += from.with_body;
  to.bytes_up += from.bytes_up;
  to.bytes_down += from.bytes_down;
  to.exchanges_up += from.exchanges_up;
  to.exchanges_down += from.exchanges_down;
  to.longest_s = std::max(to.longest_s, from.longest_s);
  to.most_exchanges = std::max(to.most_exchanges, from.most_exchanges);
  to.target_entropy_bits = std::max(to.target_entropy_bits, from.target_entropy_bits);
}

}  // namespace

struct Service::State {
  explicit State(const Options& o) : options(o) {}

  Options options;
  Totals totals;
  FirstArrival first_arrival;  // empty as soon as there is `arrivals`
  std::unique_ptr<detail::Arrivals> arrivals;
  std::unique_ptr<Common> common;
  std::unique_ptr<Rhythm> inside;

  Common& make_common() {
    if (!common) common = std::make_unique<Common>();
    return *common;
  }

  detail::Arrivals& make_arrivals() {
    if (!arrivals) arrivals = std::make_unique<detail::Arrivals>();
    if (first_arrival.is_set) {
      arrivals->add({first_arrival.client, {}}, first_arrival.start_ms, first_arrival.was_answered);
      first_arrival = {};
    }
    return *arrivals;
  }

  void add_arrival(const detail::Client& client, std::int64_t start_ms, bool was_answered) {
    if (!arrivals && !first_arrival.is_set && client.text.empty()) {
      first_arrival = {client.address, start_ms, true, was_answered};
    } else {
      make_arrivals().add(client, start_ms, was_answered);
    }
  }

  void add_inside(const Rhythm& rhythm) {
    if (!inside) {
      inside = std::make_unique<Rhythm>(rhythm);
    } else if (detail::is_stronger(rhythm, *inside)) {
      *inside = rhythm;
    }
  }
};

Service::Service(const Options& options) : state_(std::make_unique<State>(options)) {}
Service::~Service() = default;
Service::Service(Service&&) noexcept = default;
Service& Service::operator=(Service&&) noexcept = default;

void Service::add(const Session& session) {
  State& state = *state_;
  const std::uint32_t min_repeats = state.options.min_repeats;
  add_session(session, shape_of(session), state.totals);
  // Lengths are sorted, most frequent first.
  if (!session.lengths.empty() && session.lengths.front().count >= min_repeats) {
    state.make_common().lengths.add(session, min_repeats);
  }
  if (detail::Openings::has_bytes(session)) state.make_common().openings.add(session);
  if (const auto rhythm = detail::rhythm_inside(session)) state.add_inside(*rhythm);
  state.add_arrival(detail::Client::of(session), to_ms(session.start), detail::was_answered(session));
}

void Service::merge(const Service& other) {
  State& state = *state_;
  const State& from = *other.state_;
  add_totals(from.totals, state.totals);
  if (from.common) {
    state.make_common().lengths.merge(from.common->lengths);
    state.make_common().openings.merge(from.common->openings);
  }
  if (from.inside) state.add_inside(*from.inside);
  if (from.arrivals) state.make_arrivals().merge(*from.arrivals);
  if (from.first_arrival.is_set) {
    state.add_arrival({from.first_arrival.client, {}}, from.first_arrival.start_ms,
                      from.first_arrival.was_answered);
  }
}

std::vector<RepeatedLength> Service::lengths() const {
  return state_->common ? state_->common->lengths.lengths() : std::vector<RepeatedLength>();
}

std::vector<RepeatedBytes> Service::strings() const {
  return state_->common ? state_->common->openings.strings(state_->options) : std::vector<RepeatedBytes>();
}

std::size_t Service::sampled_sessions() const {
  return state_->common ? state_->common->openings.sessions() : 0;
}

std::optional<Service::ClientRhythm> Service::arrivals() const {
  return state_->arrivals ? state_->arrivals->best() : std::nullopt;
}

std::optional<Rhythm> Service::inside() const {
  return state_->inside ? std::optional(*state_->inside) : std::nullopt;
}

const Service::Totals& Service::totals() const {
  return state_->totals;
}

std::size_t Service::memory_bytes() const {
  std::size_t bytes = sizeof(Service) + sizeof(State);
  if (state_->inside) bytes += sizeof(Rhythm);
  if (state_->arrivals) bytes += sizeof(detail::Arrivals) + state_->arrivals->memory_bytes();
  if (state_->common) {
    bytes +=
        sizeof(Common) + state_->common->lengths.memory_bytes() + state_->common->openings.memory_bytes();
  }
  return bytes;
}

}  // namespace mogura::feature
