#include <algorithm>

#include "population/detail/group_table.h"
#include "population/detail/sentence.h"
#include "population/detail/statements.h"

namespace mogura::population::detail {
namespace {

// Fewer other sites than these are nothing to compare with.
constexpr std::size_t kLeastSites = 10;
// A client that came less often says nothing of how many there should be.
constexpr std::uint32_t kLeastVisits = 3;
// A site is ordinary from so many clients on, and from this share of the population.
constexpr std::uint32_t kManyClients = 5;
constexpr double kManyShare = 0.1;

constexpr std::array<const char*, 2> kFewCodes{"few-user-agents", "few-cipher-lists"};
constexpr std::array<const char*, 2> kNouns{"User-Agent", "cipher list"};

// Clients that have a program of that name, or offer that list.
std::uint32_t clients_sharing(const Facts& facts, By by, std::uint32_t program) {
  return by == By::kUserAgent ? facts.name_clients[facts.name_ids[program]]
                              : facts.programs[static_cast<std::size_t>(by)][program].clients;
}

void add_rare(const View& view, By by, std::uint32_t program, std::vector<Statement>& statements) {
  const Facts& facts = view.facts;
  const bool is_name = by == By::kUserAgent;
  const std::uint32_t sharing = clients_sharing(facts, by, program);
  const std::uint32_t all = facts.drawers[static_cast<std::size_t>(by)];
  const std::uint32_t as_rare = (is_name ? facts.names_rareness : facts.lists_rareness).at_most[sharing];
  const std::string what =
      is_name
          ? "the program " + in_quotes(facts.name_texts[facts.name_ids[program]]) + " is used by "
          : "the cipher list " + in_quotes(view.groups.table(GroupBy::kCipherSuites).rows()[program].key) +
                " is offered by ";
  statements.push_back({is_name ? "rare-user-agent" : "rare-cipher-list",
                        what + std::to_string(sharing) + " of " + counted(all, "client") + "; " +
                            std::to_string(as_rare) + (as_rare == 1 ? " has" : " have") +
                            " one that is as rare",
                        static_cast<double>(sharing), static_cast<double>(all) / 2,
                        strength_of(static_cast<double>(as_rare) / all)});
}

void add_exclusive(const View& view, By by, std::uint32_t program, std::vector<Statement>& statements) {
  const auto which = static_cast<std::size_t>(by);
  const ProgramFacts& facts = view.facts.programs[which][program];
  if (facts.domains != 1) return;
  const DomainFacts& site_facts = view.facts.domains[facts.only_domain];
  const OwnProgram& own = site_facts.own[which];
  if (own.program != program || own.compared == 0) return;
  const Row& site = view.groups.table(GroupBy::kRegistrableDomain).rows()[facts.only_domain];
  const std::string_view name =
      view.groups.table(by == By::kUserAgent ? GroupBy::kUserAgent : GroupBy::kCipherSuites)
          .rows()[program]
          .key;
  statements.push_back(
      {"exclusive-program",
       std::string("the ") + kNouns[which] + " " + in_quotes(name) + " goes to " + std::string(site.key) +
           " alone and makes nearly all visits there (" + counted(site.sessions, "session") + " from " +
           counted(site.columns[0].count(), "client") + ", the busiest came " +
           counted(facts.busiest, "time") + "); " + counted(own.compared, "other client") + " reach " +
           decimal(own.expected) + " sites in " + counted(own.visits, "visit") + " with one program",
       1, own.expected, std::clamp((own.expected - 1) / 9.21, 0.0, 1.0)});
}

// How many of the ascending numbers are at least so large.
std::size_t count_from(const std::vector<std::uint32_t>& numbers, std::uint32_t least) {
  return static_cast<std::size_t>(numbers.end() - std::lower_bound(numbers.begin(), numbers.end(), least));
}

class Writer {
 public:
  Writer(const View& view, std::uint32_t destination, std::vector<Statement>& statements)
      : view_(view),
        facts_(view.facts),
        domain_row_(view.groups.domain_of(destination)),
        destination_(destination),
        statements_(statements) {}

  void run() {
    if (domain_row_ == Counted::kNotListed) return;
    few_clients();
    for (const By by : {By::kUserAgent, By::kCipherList}) {
      few_programs(by);
      exclusive_program(by);
      rare_program(by);
    }
    many_clients();
    mixed_programs();
  }

 private:
  [[nodiscard]] const DomainFacts& domain() const { return facts_.domains[domain_row_]; }
  [[nodiscard]] std::string site() const {
    return std::string(view_.groups.table(GroupBy::kRegistrableDomain).rows()[domain_row_].key);
  }
  void add(const char* code, std::string text, double observed, double expected, double strength) {
    statements_.push_back({code, std::move(text), observed, expected, strength});
  }

  void few_clients();
  void few_programs(By by);
  void exclusive_program(By by);
  void rare_program(By by);
  void many_clients();
  void mixed_programs();

  const View& view_;
  const Facts& facts_;
  std::uint32_t domain_row_;
  std::uint32_t destination_;
  std::vector<Statement>& statements_;
};

void Writer::few_clients() {
  const DomainFacts& site_facts = domain();
  if (site_facts.busiest < kLeastVisits) return;
  const std::uint32_t half = (site_facts.busiest + 1) / 2;
  const std::vector<std::uint32_t>& sites = facts_.domain_clients[half];  // with this one
  if (sites.size() <= kLeastSites) return;
  const auto as_few = static_cast<std::size_t>(
      std::upper_bound(sites.begin(), sites.end(), site_facts.clients) - sites.begin());
  const double median = sites[sites.size() / 2];
  if (site_facts.clients >= median) return;
  const double chance = static_cast<double>(as_few) / static_cast<double>(sites.size());
  add("few-clients",
      site() + " has " + counted(site_facts.clients, "client") + ", and one came " +
          counted(site_facts.busiest, "time") + "; of " + std::to_string(sites.size() - 1) +
          " other sites where one came " + counted(half, "time") + " or more, " + std::to_string(as_few - 1) +
          (as_few == 2 ? " has" : " have") + " as few clients, and half have " + decimal(median) + " or more",
      site_facts.clients, median, strength_of(chance));
}

void Writer::few_programs(By by) {
  const auto which = static_cast<std::size_t>(by);
  const std::uint32_t programs = domain().programs[which];
  const std::uint32_t clients = domain().program_clients[which];
  if (programs == 0) return;
  const DistinctDraws& draws = facts_.draws[which];
  const double expected = draws.expected(clients);
  if (programs >= expected || programs >= DistinctDraws::kDraws) return;
  // Sites are not quite what chance makes of them: a browser's maker has some that no other browser goes to.
  // So the chance is never taken for lower than the share of sites that see as few.
  const std::uint32_t half = (clients + 1) / 2;
  const auto& others = facts_.program_clients[which];
  const std::size_t all = count_from(others.back(), half);  // with this one
  std::size_t as_few = 0;
  for (std::size_t count = 1; count <= programs; ++count) as_few += count_from(others[count], half);
  if (all <= kLeastSites) return;
  const double share = static_cast<double>(as_few) / static_cast<double>(all);
  const double chance = std::max(share, draws.chance_of_at_most(programs, clients));
  add(kFewCodes[which],
      counted(clients, "client") + " bring " + counted(programs, kNouns[which]) + " to " + site() +
          "; as many clients at random would bring " + decimal(expected) + ", and of " +
          std::to_string(all - 1) + " other sites with " + counted(half, "client") + " or more, " +
          std::to_string(as_few - 1) + (as_few == 2 ? " sees" : " see") + " as few",
      programs, expected, strength_of(chance));
}

void Writer::exclusive_program(By by) {
  const OwnProgram& own = domain().own[static_cast<std::size_t>(by)];
  if (own.program != kNone) add_exclusive(view_, by, own.program, statements_);
}

// The programs of the destination itself, not of its whole domain: the one that most clients share counts.
void Writer::rare_program(By by) {
  std::uint32_t sharing = 0;
  std::uint32_t common = kNone;
  for (const std::uint32_t i : facts_.by_destination[destination_]) {
    const Use& use = facts_.uses[i];
    const std::uint32_t program = by == By::kUserAgent ? use.user_agent : use.cipher_list;
    if (program == Counted::kNoKey) continue;
    const std::uint32_t clients = clients_sharing(facts_, by, program);
    if (clients > sharing) {
      sharing = clients;
      common = program;
    }
  }
  if (common != kNone) add_rare(view_, by, common, statements_);
}

// Speaks for harmlessness only where clients bring the variety that the population has.
void Writer::many_clients() {
  const DomainFacts& site_facts = domain();
  const double share = static_cast<double>(site_facts.clients) / facts_.clients;
  if (site_facts.clients < kManyClients || share < kManyShare) return;
  constexpr double kUsual = 0.05;
  const double chance =
      facts_.draws[0].chance_of_at_most(site_facts.programs[0], site_facts.program_clients[0]);
  if (site_facts.programs[0] == 0 || chance < kUsual) return;
  const std::vector<std::uint32_t>& sites = facts_.domain_clients[0];
  const double median = sites[sites.size() / 2];
  add("many-clients",
      std::to_string(site_facts.clients) + " of " + counted(facts_.clients, "client") + " go to " + site() +
          ", with " + counted(site_facts.programs[0], "User-Agent"),
      site_facts.clients, median, std::min(1.0, 2 * share));
}

void Writer::mixed_programs() {
  const DomainFacts& site_facts = domain();
  constexpr std::uint32_t kLeastBrowsing = 3;
  if (site_facts.browser_names.size() < 2 || site_facts.browsing_clients < kLeastBrowsing) return;
  std::vector<std::string> names;
  for (const std::uint32_t name : site_facts.browser_names) names.push_back(facts_.name_texts[name]);
  std::sort(names.begin(), names.end());
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  add("mixed-programs",
      counted(site_facts.browsing_clients, "client") + " come to " + site() +
          " with a browser that they browse other sites with too: " + list,
      static_cast<double>(names.size()), 1, std::min(1.0, 0.25 * static_cast<double>(names.size())));
}

}  // namespace

void add_rarity(const View& view, std::uint32_t destination, std::vector<Statement>& statements) {
  if (view.is_large_enough()) Writer(view, destination, statements).run();
}

void add_about_program(const View& view, By by, std::uint32_t program, std::vector<Statement>& statements) {
  if (by == By::kUserAgent) add_misspelt(view, program, statements);
  if (!view.is_large_enough()) return;
  add_exclusive(view, by, program, statements);
  add_rare(view, by, program, statements);
}

void settle(std::vector<Statement>& statements) {
  std::erase_if(statements, [](const Statement& s) { return s.strength < kLeastStrength; });
  std::sort(statements.begin(), statements.end(), [](const Statement& a, const Statement& b) {
    if (a.strength != b.strength) return a.strength > b.strength;
    return a.code != b.code ? a.code < b.code : a.text < b.text;
  });
}

}  // namespace mogura::population::detail
