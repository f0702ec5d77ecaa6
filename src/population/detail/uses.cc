#include "population/detail/uses.h"

#include <algorithm>

#include "base/hash.h"

namespace mogura::population::detail {
namespace {

std::uint64_t hash_of(const Use& use) {
  const std::uint64_t who_where = std::uint64_t{use.client} << 32 | use.destination;
  const std::uint64_t with_what = std::uint64_t{use.user_agent} << 32 | use.cipher_list;
  return hash_mix(who_where, with_what);
}

bool are_same(const Use& a, const Use& b) {
  return a.client == b.client && a.destination == b.destination && a.user_agent == b.user_agent &&
         a.cipher_list == b.cipher_list;
}

std::uint32_t step_of(Timestamp time) {
  return static_cast<std::uint32_t>(time.time_since_epoch() / kVisitStep);
}

std::uint64_t misfit_key(Sign kind, std::uint32_t destination) {
  return std::uint64_t{destination} << 8 | static_cast<std::uint64_t>(kind);
}

std::uint32_t mapped(const std::vector<std::uint32_t>& rows, std::uint32_t row) {
  return row == Counted::kNoKey ? row : rows[row];
}

}  // namespace

std::uint32_t Uses::number_of_client(std::uint64_t hash) {
  const std::uint32_t number = client_numbers_.number(
      hash, clients_.size(), client_limit_, [&](std::uint32_t known) { return clients_[known] == hash; },
      [&](std::size_t known) { return clients_[known]; });
  if (number == clients_.size()) clients_.push_back(hash);
  if (number == NumberTable::kNoNumber) clients_not_kept_.add(hash, exact_limit_);
  return number;
}

std::uint32_t Uses::number_of_use(const Use& key) {
  const bool is_listed = key.client != NumberTable::kNoNumber && key.destination < Counted::kNoKey &&
                         key.user_agent != Counted::kNotListed && key.cipher_list != Counted::kNotListed;
  if (!is_listed) return NumberTable::kNoNumber;
  const std::uint32_t number = use_numbers_.number(
      hash_of(key), uses_.size(), kUses, [&](std::uint32_t known) { return are_same(uses_[known], key); },
      [&](std::size_t known) { return hash_of(uses_[known]); });
  if (number == uses_.size()) uses_.push_back(key);
  return number;
}

void Uses::add(const Counted& counted, const session::Session& session) {
  Use key;
  key.client = number_of_client(counted.client);
  if (counted.rows[0] == Counted::kNoKey) return;
  key.destination = counted.rows[0];
  key.user_agent = counted.rows[1];
  key.cipher_list = counted.rows[2];
  const std::uint32_t number = number_of_use(key);
  if (number == NumberTable::kNoNumber) {
    ++sessions_not_kept_;
    return;
  }
  Use& use = uses_[number];
  ++use.sessions;
  const SessionSigns seen = signs_of(session);
  use.signs.add(seen.signs);
  if (seen.signs.has(Sign::kSniMisfit)) keep_misfit(Sign::kSniMisfit, use.destination, session.sni);
  if (seen.signs.has(Sign::kCertificateMisfit)) {
    keep_misfit(Sign::kCertificateMisfit, use.destination, seen.certificate_name);
  }
  count_visit(number, step_of(session.start));
}

void Uses::count_visit(std::uint32_t use, std::uint32_t step) {
  if (uses_[use].visits >= kVisitsPerUse) return;
  if (insert_visit(std::uint64_t{use + 1} << 32 | step)) ++uses_[use].visits;
}

bool Uses::insert_visit(std::uint64_t visit) {
  if ((visits_count_ + 1) * 3 > visits_.size() * 2) {
    std::vector<std::uint64_t> old(visits_.size() * 2);
    old.swap(visits_);
    visits_count_ = 0;
    for (const std::uint64_t known : old) {
      if (known != 0) insert_visit(known);
    }
  }
  const std::size_t mask = visits_.size() - 1;
  std::size_t i = hash_mix(visit, 0) & mask;
  for (; visits_[i] != 0; i = (i + 1) & mask) {
    if (visits_[i] == visit) return false;
  }
  if (visits_count_ >= kVisits) return false;
  visits_[i] = visit;
  ++visits_count_;
  return true;
}

void Uses::keep_misfit(Sign kind, std::uint32_t destination, const std::string& name) {
  const std::uint64_t key = misfit_key(kind, destination);
  const auto known = misfits_.find(key);
  if (known != misfits_.end()) {
    if (name < known->second) known->second = name;
  } else if (misfits_.size() < kMisfitNames) {
    misfits_.emplace(key, name);
  }
}

const std::string& Uses::misfit(Sign kind, std::uint32_t destination) const {
  static const std::string kNone;
  const auto known = misfits_.find(misfit_key(kind, destination));
  return known == misfits_.end() ? kNone : known->second;
}

void Uses::merge(const Uses& other, const std::array<std::vector<std::uint32_t>, 3>& rows) {
  std::vector<std::uint32_t> clients;
  clients.reserve(other.clients_.size());
  for (const std::uint64_t hash : other.clients_) clients.push_back(number_of_client(hash));
  std::vector<std::uint32_t> numbers;
  numbers.reserve(other.uses_.size());
  for (const Use& use : other.uses_) {
    Use key;
    key.client = clients[use.client];
    key.destination = mapped(rows[0], use.destination);
    key.user_agent = mapped(rows[1], use.user_agent);
    key.cipher_list = mapped(rows[2], use.cipher_list);
    numbers.push_back(number_of_use(key));
    if (numbers.back() == NumberTable::kNoNumber) {
      sessions_not_kept_ += use.sessions;
      continue;
    }
    uses_[numbers.back()].sessions += use.sessions;
    uses_[numbers.back()].signs.add(use.signs);
    for (const Sign kind : {Sign::kSniMisfit, Sign::kCertificateMisfit}) {
      const std::string& name = other.misfit(kind, use.destination);
      if (use.signs.has(kind) && !name.empty()) keep_misfit(kind, key.destination, name);
    }
  }
  for (const std::uint64_t visit : other.visits_) {
    if (visit == 0) continue;
    const std::uint32_t number = numbers[(visit >> 32) - 1];
    if (number != NumberTable::kNoNumber) count_visit(number, static_cast<std::uint32_t>(visit));
  }
  sessions_not_kept_ += other.sessions_not_kept_;
  clients_not_kept_.merge(other.clients_not_kept_, exact_limit_);
}

std::size_t Uses::memory_bytes() const {
  constexpr std::size_t kMisfitBytes = 128;  // a node of the map and a short name
  return clients_.capacity() * sizeof(std::uint64_t) + client_numbers_.memory_bytes() +
         uses_.capacity() * sizeof(Use) + use_numbers_.memory_bytes() +
         visits_.capacity() * sizeof(std::uint64_t) + misfits_.size() * kMisfitBytes;
}

}  // namespace mogura::population::detail
