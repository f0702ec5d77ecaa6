#include "challenge/suspects.h"

#include "base/bytes.h"
#include "base/hash.h"

namespace mogura::challenge {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return hash_bytes(as_bytes(text), seed);
}

}  // namespace

bool Suspects::has_seen(std::uint64_t host, std::uint64_t program) const {
  return (current_.hosts.contains(host) || previous_.hosts.contains(host)) &&
         (current_.programs.contains(program) || previous_.programs.contains(program));
}

bool Suspects::asks(std::string_view user_agent, std::string_view host) const {
  if (!is_known_) return true;
  const std::uint64_t where = hash_of(host, seed_), who = hash_of(user_agent, seed_);
  return !has_seen(where, who) || hosts_.contains(where) || programs_.contains(who);
}

SuspectMemory::SuspectMemory(std::uint64_t seed, Duration half) : half_(half) {
  next_.seed_ = seed;
}

void SuspectMemory::note(std::string_view user_agent, std::string_view host) {
  Suspects::Seen& seen = next_.current_;
  if (seen.hosts.size() < kMost) seen.hosts.insert(hash_of(host, next_.seed_));
  if (seen.programs.size() < kMost) seen.programs.insert(hash_of(user_agent, next_.seed_));
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
