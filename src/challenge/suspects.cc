#include "challenge/suspects.h"

#include "base/bytes.h"
#include "base/hash.h"

namespace mogura::challenge {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return hash_bytes(as_bytes(text), seed);
}

}  // namespace

bool Suspects::asks(std::string_view user_agent, std::string_view host) const {
  if (!is_known_) return true;
  const std::uint64_t where = hash_of(host, seed_), who = hash_of(user_agent, seed_);
  const std::uint64_t pair = hash_mix(where, who);
  if (hosts_.contains(where) || programs_.contains(who)) return true;
  if (current_.accused.contains(pair) || previous_.accused.contains(pair)) return true;
  return !current_.harmless.contains(pair) && !previous_.harmless.contains(pair);
}

SuspectMemory::SuspectMemory(std::uint64_t seed, Duration half) : half_(half) {
  next_.seed_ = seed;
}

void SuspectMemory::note(std::string_view user_agent, std::string_view host, bool is_accused) {
  Suspects::Set& judged = is_accused ? next_.current_.accused : next_.current_.harmless;
  if (judged.size() >= kMost) return;
  judged.insert(hash_mix(hash_of(host, next_.seed_), hash_of(user_agent, next_.seed_)));
}

Suspects SuspectMemory::refresh(const Analysis& analysis, Timestamp now) {
  if (half_began_ == Timestamp{} || now < half_began_) half_began_ = now;
  if (now - half_began_ >= half_) {
    next_.previous_ = std::move(next_.current_);
    next_.current_ = {};
    half_began_ = now;
  }
  next_.is_known_ = analysis.has_population;
  next_.hosts_.clear();
  next_.programs_.clear();
  for (const std::string& host : analysis.hosts) next_.hosts_.insert(hash_of(host, next_.seed_));
  for (const std::string& program : analysis.programs) next_.programs_.insert(hash_of(program, next_.seed_));
  return next_;
}

}  // namespace mogura::challenge
