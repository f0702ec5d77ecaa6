#include "finding/collector.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

#include "finding/detail/connect_not_tls.h"
#include "population/stable_hash.h"

namespace mogura::finding {

using detail::ConnectNotTls;

struct Collector::Suspects {
  struct Hash {
    std::size_t operator()(const std::string& text) const { return population::stable_hash(text); }
  };
  std::unordered_map<std::string, ConnectNotTls, Hash> connect_not_tls;  // by destination
};

Collector::Collector(const Limits& limits)
    : exact_limit_(limits.distinct_exact), suspects_(std::make_unique<Suspects>()) {}
Collector::~Collector() = default;
Collector::Collector(Collector&&) noexcept = default;
Collector& Collector::operator=(Collector&&) noexcept = default;

void Collector::add(const session::Session& session) {
  if (!ConnectNotTls::applies_to(session)) return;
  auto& suspects = suspects_->connect_not_tls;
  // A CONNECT whose target was cut by the capture still went to that proxy.
  const std::string& destination =
      session.destination.empty() ? session.server.to_string() : session.destination;
  auto suspect = suspects.find(destination);
  if (suspect == suspects.end()) {
    if (suspects.size() >= kSuspectDestinations) {
      ++sessions_not_judged_;
      return;
    }
    suspect = suspects.try_emplace(destination).first;
  }
  suspect->second.add(session, exact_limit_);
}

std::vector<Finding> Collector::findings() const {
  std::vector<Finding> findings;
  findings.reserve(suspects_->connect_not_tls.size());
  for (const auto& [destination, facts] : suspects_->connect_not_tls)
    findings.push_back(facts.judge(destination));
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.score != b.score ? a.score > b.score : a.destination < b.destination;
  });
  return findings;
}

}  // namespace mogura::finding
