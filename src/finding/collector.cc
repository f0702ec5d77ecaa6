#include "finding/collector.h"

#include <algorithm>
#include <set>
#include <utility>

#include "finding/detail/answer_rule.h"
#include "finding/detail/host_of.h"
#include "finding/detail/judge.h"
#include "finding/detail/rules.h"
#include "finding/detail/sample.h"
#include "finding/detail/service_facts.h"
#include "finding/detail/service_key.h"
#include "population/stable_hash.h"
#include "protocol/registrable_domain.h"

namespace mogura::finding {

using detail::destination_of;
using detail::host_of;
using detail::is_service;
using detail::ServiceFacts;
using session::Kind;
using session::Session;

namespace {

struct Hash {
  std::size_t operator()(const std::string& text) const { return population::stable_hash(text); }
};

// Services by destination, for each kind.
using ServiceMap = std::unordered_map<std::string, ServiceFacts, Hash>;

std::size_t index_of(Kind kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

struct Collector::Services {
  explicit Services(std::size_t ordinary) : sample(ordinary) {}

  [[nodiscard]] const ServiceFacts* find(std::string_view kind, const std::string& destination) const {
    for (std::size_t k = 0; k < by_kind.size(); ++k) {
      if (session::name_of(static_cast<Kind>(k)) != kind) continue;
      const auto place = by_kind[k].find(destination);
      if (place != by_kind[k].end()) return &place->second;
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t count() const {
    std::size_t sum = 0;
    for (const ServiceMap& map : by_kind) sum += map.size();
    return sum;
  }
  [[nodiscard]] detail::OrdinaryConversations ordinary() const;
  [[nodiscard]] detail::HelloPlaces hello_places() const;
  void add_programs(const Judgement& judgement, const detail::Context& context, const Limits& limits,
                    const CollectorOptions& options, std::vector<Finding>& findings) const;

  void add_answers(const Answers& answers, const detail::Context& context,
                   std::vector<Finding>& findings) const;

  std::array<ServiceMap, session::kKinds> by_kind;
  std::size_t kept_sessions = 0;
  detail::Sample sample;
};

detail::OrdinaryConversations Collector::Services::ordinary() const {
  detail::OrdinaryConversations ordinary;
  std::vector<std::uint64_t> lasting;
  for (const Kind kind : {Kind::kSsl, Kind::kWebSocket, Kind::kOther}) {
    for (const auto& [destination, facts] : by_kind[index_of(kind)]) {
      if (facts.clients.count() < detail::OrdinaryConversations::kClients) continue;
      const auto& totals = facts.features.totals();
      ordinary.exchanges.push_back(totals.most_exchanges);
      if (totals.longest_s >= detail::OrdinaryConversations::kLasting_s)
        lasting.push_back(totals.most_exchanges);
    }
  }
  if (lasting.size() >= detail::OrdinaryConversations::kEnough) ordinary.exchanges = std::move(lasting);
  std::sort(ordinary.exchanges.begin(), ordinary.exchanges.end());
  return ordinary;
}

detail::HelloPlaces Collector::Services::hello_places() const {
  std::unordered_map<std::string, std::string> first;  // by JA4
  detail::HelloPlaces places;
  for (const ServiceMap& map : by_kind) {
    for (const auto& [destination, facts] : map) {
      if (facts.ja4s.texts().empty()) continue;
      const std::string domain = protocol::registrable_domain(destination);
      for (const std::string& ja4 : facts.ja4s.texts()) {
        const auto [place, is_new] = first.emplace(ja4, domain);
        int& count = places[ja4];
        count = is_new ? 1 : place->second == domain ? count : 2;
      }
    }
  }
  return places;
}

// One finding for a program's own destinations where none of them is one to look at by itself.
void Collector::Services::add_programs(const Judgement& judgement, const detail::Context& context,
                                       const Limits& limits, const CollectorOptions& options,
                                       std::vector<Finding>& findings) const {
  for (const auto& program : judgement.population.programs_with_own_destinations()) {
    const std::set<std::string> names(program.destinations.begin(), program.destinations.end());
    const auto is_of_program = [&](const Finding& finding) { return names.contains(finding.destination); };
    if (std::any_of(findings.begin(), findings.end(),
                    [&](const Finding& f) { return is_of_program(f) && f.score >= kLookAt; })) {
      continue;
    }
    for (std::size_t kind = 0; kind < by_kind.size(); ++kind) {
      ServiceFacts all(static_cast<Kind>(kind), *names.begin(), {options.min_repeats});
      std::vector<std::string> destinations;
      for (const std::string& name : names) {
        const auto place = by_kind[kind].find(name);
        if (place == by_kind[kind].end()) continue;
        all.merge(place->second, limits.distinct_exact, kKeptSessionsInAll);
        destinations.push_back(name);
      }
      if (destinations.size() < 2) continue;
      Finding finding = detail::judge(all, context, program.user_agent);
      if (finding.score < kLookAt) continue;
      std::erase_if(findings, [&](const Finding& f) { return is_of_program(f) && f.kind == finding.kind; });
      finding.destinations = std::move(destinations);
      findings.push_back(std::move(finding));
    }
  }
}

// What programs answered belongs to one finding of their host: the heaviest; else to the service that comes
// nearest to being one.
void Collector::Services::add_answers(const Answers& answers, const detail::Context& context,
                                      std::vector<Finding>& findings) const {
  std::unordered_map<std::string, std::vector<const ServiceFacts*>> services;
  for (const ServiceMap& map : by_kind) {
    for (const auto& [destination, facts] : map) {
      std::string host = host_of(destination);
      if (answers.hosts().contains(host)) services[std::move(host)].push_back(&facts);
    }
  }
  std::unordered_map<std::string, std::size_t> listed;  // the heaviest finding of each host
  for (std::size_t i = 0; i < findings.size(); ++i) {
    std::set<std::string> hosts{host_of(findings[i].destination)};
    for (const std::string& destination : findings[i].destinations) hosts.insert(host_of(destination));
    for (const std::string& host : hosts) {
      const auto [place, is_new] = listed.emplace(host, i);
      if (!is_new && detail::is_before(findings[i], findings[place->second])) place->second = i;
    }
  }
  for (const auto& [host, programs] : answers.hosts()) {
    const auto known = listed.find(host);
    if (known != listed.end()) {
      detail::add_answers(programs, findings[known->second]);
    } else if (detail::heaviest(programs).accuses()) {
      findings.push_back(detail::finding_of(host, programs, services[host], context));
    }
  }
}

Collector::Collector(const Limits& limits, const CollectorOptions& options)
    : limits_(limits), options_(options), services_(std::make_unique<Services>(options.ordinary_sessions)) {}
Collector::~Collector() = default;
Collector::Collector(Collector&&) noexcept = default;
Collector& Collector::operator=(Collector&&) noexcept = default;

void Collector::add(const Session& session, std::span<const std::string_view> patterns) {
  services_->sample.add(session);
  if (!is_service(session)) return;
  ServiceMap& map = services_->by_kind[index_of(session.kind)];
  std::string destination = destination_of(session);
  auto place = map.find(destination);
  if (place == map.end()) {
    if (services_->count() >= limits_.group_keys) {
      ++sessions_not_judged_;
      return;
    }
    ServiceFacts facts(session.kind, destination, {options_.min_repeats});
    place = map.emplace(std::move(destination), std::move(facts)).first;
  }
  const bool may_keep = services_->kept_sessions < kKeptSessionsInAll;
  const int change = place->second.add(session, limits_.distinct_exact, may_keep);
  services_->kept_sessions += static_cast<std::size_t>(change);
  for (const std::string_view pattern : patterns) {
    place->second.patterns.add(pattern, limits_.distinct_exact);
  }
  if (!patterns.empty()) ++place->second.matched_sessions;
}

void Collector::merge(const Collector& other) {
  sessions_not_judged_ += other.sessions_not_judged_;
  services_->sample.merge(other.services_->sample);
  for (std::size_t kind = 0; kind < services_->by_kind.size(); ++kind) {
    ServiceMap& mine = services_->by_kind[kind];
    for (const auto& [destination, facts] : other.services_->by_kind[kind]) {
      auto place = mine.find(destination);
      if (place == mine.end()) {
        if (services_->count() >= limits_.group_keys) {
          sessions_not_judged_ += facts.sessions;
          continue;
        }
        place =
            mine.emplace(destination, ServiceFacts(facts.kind, destination, {options_.min_repeats})).first;
      }
      const std::size_t room = kKeptSessionsInAll - std::min(services_->kept_sessions, kKeptSessionsInAll);
      services_->kept_sessions +=
          static_cast<std::size_t>(place->second.merge(facts, limits_.distinct_exact, room));
    }
  }
}

std::vector<Finding> Collector::findings(const Judgement& judgement) const {
  const detail::OrdinaryConversations ordinary = services_->ordinary();
  const detail::HelloPlaces places = services_->hello_places();
  const detail::Context context{judgement.population, ordinary, places, judgement.catalogue,
                                judgement.second_opinion};
  std::vector<Finding> findings;
  for (const ServiceMap& map : services_->by_kind) {
    for (const auto& [destination, facts] : map) {
      if (!detail::is_worth_judging(facts)) continue;
      Finding finding = detail::judge(facts, context, {});
      if (detail::is_listed(facts, finding)) findings.push_back(std::move(finding));
    }
  }
  services_->add_programs(judgement, context, limits_, options_, findings);
  if (judgement.answers != nullptr) services_->add_answers(*judgement.answers, context, findings);
  if (judgement.allow != nullptr) {
    for (Finding& finding : findings) judgement.allow->apply(finding, judgement.now);
  }
  std::sort(findings.begin(), findings.end(), detail::is_before);
  if (findings.size() > kFindings) findings.resize(kFindings);
  return findings;
}

std::vector<const Session*> Collector::sessions_of(const Finding& finding) const {
  std::vector<std::string> destinations = finding.destinations;
  if (destinations.empty()) destinations.push_back(finding.destination);
  std::vector<const Session*> sessions;
  for (const std::string& destination : destinations) {
    const ServiceFacts* const facts = services_->find(finding.kind, destination);
    if (facts == nullptr) continue;
    for (const auto& session : facts->kept) sessions.push_back(session.get());
  }
  return sessions;
}

std::vector<const Session*> Collector::ordinary_sessions(const std::vector<Finding>& but) const {
  std::set<std::pair<std::string, std::string>> suspects;
  for (const Finding& finding : but) {
    suspects.emplace(finding.kind, finding.destination);
    for (const std::string& destination : finding.destinations) suspects.emplace(finding.kind, destination);
  }
  std::vector<const Session*> sessions;
  services_->sample.for_each([&](const Session& session) {
    if (suspects.contains({std::string(session::name_of(session.kind)), destination_of(session)})) return;
    sessions.push_back(&session);
  });
  return sessions;
}

}  // namespace mogura::finding
