#include <algorithm>
#include <cmath>

#include "population/detail/group_table.h"
#include "population/detail/sentence.h"
#include "population/detail/statements.h"

namespace mogura::population::detail {
namespace {

constexpr std::uint32_t kLeastOthers = 5;
constexpr double kRareShare = 0.1;
constexpr double kOnce = 0.5;  // strength of a contradiction that was seen once
// A certificate may name another domain in a field that a session does not keep.
constexpr double kOtherCertificate = 0.25;
// Without others to learn from, a second hello of a browser may be an ordinary one.
constexpr double kUnlearned = 0.4;
constexpr double kOfNoBrowser = 0.4;  // builds of other programs differ in their TLS libraries
constexpr std::uint32_t kManyNames = 3;

bool is_hardly_any(std::uint32_t count, std::uint32_t all) {
  return count <= std::max(1.0, kRareShare * all);
}

class Writer {
 public:
  Writer(const View& view, std::uint32_t destination, std::vector<Statement>& statements)
      : view_(view),
        facts_(view.facts),
        destination_(destination),
        uses_(view.facts.by_destination[destination]),
        statements_(statements) {}

  void run() {
    foreign_hello();
    second_hello();
    borrowed_hello();
    many_names();
    misfit(Sign::kSniMisfit);
    misfit(Sign::kCertificateMisfit);
    no_sni();
    no_alpn();
    no_user_agent();
    misspelt();
  }

 private:
  [[nodiscard]] const Use& use(std::uint32_t i) const { return facts_.uses[i]; }
  [[nodiscard]] std::string_view user_agent(std::uint32_t row) const {
    return view_.groups.table(GroupBy::kUserAgent).rows()[row].key;
  }
  [[nodiscard]] std::string_view cipher_list(std::uint32_t row) const {
    return view_.groups.table(GroupBy::kCipherSuites).rows()[row].key;
  }
  [[nodiscard]] std::string_view name() const {
    return view_.groups.table(GroupBy::kDestination).rows()[destination_].key;
  }
  void add(const char* code, std::string text, double observed, double expected, double strength) {
    statements_.push_back(
        {code, std::move(text), observed, expected, view_.is_large_enough() ? strength : strength / 2});
  }
  // Distinct clients of the uses that the condition holds for.
  template <class Condition>
  [[nodiscard]] std::uint32_t clients_where(Condition&& condition) const {
    std::vector<std::uint32_t> clients;
    for (const std::uint32_t i : uses_) {
      if (condition(i)) clients.push_back(use(i).client);
    }
    std::sort(clients.begin(), clients.end());
    return static_cast<std::uint32_t>(std::unique(clients.begin(), clients.end()) - clients.begin());
  }
  // The use with the strongest claim, of equal ones the first by texts; kNone where all claims are 0.
  template <class Strength>
  [[nodiscard]] std::uint32_t strongest(Strength&& strength_of_use) const;

  void foreign_hello();
  void second_hello();
  void borrowed_hello();
  void many_names();
  void misfit(Sign kind);
  void no_sni();
  void no_alpn();
  void no_user_agent();
  void misspelt();

  const View& view_;
  const Facts& facts_;
  std::uint32_t destination_;
  Grouped::Range uses_;
  std::vector<Statement>& statements_;
};

template <class Strength>
std::uint32_t Writer::strongest(Strength&& strength_of_use) const {
  std::uint32_t best = kNone;
  double most = 0;
  const auto text_of = [this](std::uint32_t i) {
    return std::pair(use(i).user_agent == Counted::kNoKey ? "" : user_agent(use(i).user_agent),
                     use(i).cipher_list == Counted::kNoKey ? "" : cipher_list(use(i).cipher_list));
  };
  for (const std::uint32_t i : uses_) {
    const double strength = strength_of_use(i);
    if (strength <= 0 || strength < most) continue;
    if (strength == most && text_of(best) <= text_of(i)) continue;
    best = i;
    most = strength;
  }
  return best;
}

void Writer::foreign_hello() {
  const auto strength_of_use = [this](std::uint32_t i) {
    if (facts_.pair_of[i] == kNone) return 0.0;
    const Against against = against_hello(facts_, facts_.pair_of[i]);
    if (!against.is_foreign()) return 0.0;
    const double strength = strength_against(against.others);
    return facts_.names[use(i).user_agent].is_browser ? strength : std::min(strength, kOfNoBrowser);
  };
  const std::uint32_t best = strongest(strength_of_use);
  if (best == kNone) return;
  const Against against = against_hello(facts_, facts_.pair_of[best]);
  const ProgramName& claimed = facts_.names[use(best).user_agent];
  add("hello-not-of-claimed-browser",
      in_quotes(user_agent(use(best).user_agent)) + " at " + std::string(name()) +
          " offers a cipher list that " + std::to_string(against.same) + " of " +
          counted(against.all, "client") + " with " + claimed.engine + " offer; " +
          std::to_string(against.others) + " offer others",
      against.same, against.others, strength_of_use(best));
}

void Writer::second_hello() {
  const auto strength_of_use = [this](std::uint32_t i) {
    const std::uint32_t pair = facts_.pair_of[i];
    const std::uint32_t main = pair == kNone ? kNone : main_beside(facts_, pair);
    if (main == kNone) return 0.0;
    const double strength =
        strength_against(facts_.programs[static_cast<std::size_t>(By::kBoth)][main].domains);
    const Against against = against_hello(facts_, pair);
    if (against.is_foreign()) return strength;
    // Others of that engine offer it too: it is one of its own.
    return against.all - 1 >= kLeastOthers || against.same > 1 ? 0.0 : std::min(strength, kUnlearned);
  };
  const std::uint32_t best = strongest(strength_of_use);
  if (best == kNone) return;
  const std::uint32_t main = main_beside(facts_, facts_.pair_of[best]);
  const std::uint32_t sites = facts_.programs[static_cast<std::size_t>(By::kBoth)][main].domains;
  add("user-agent-many-hellos",
      in_quotes(user_agent(use(best).user_agent)) + " goes to " + counted(sites, "site") +
          " with one cipher list, and to " + std::string(name()) + " alone with another",
      1, sites, strength_of_use(best));
}

// Browsers send their name with every request. Who has a browser's hello but not its name has copied it.
void Writer::borrowed_hello() {
  const auto strength_of_use = [this](std::uint32_t i) {
    const Use& it = use(i);
    if (it.cipher_list == Counted::kNoKey || !it.signs.has(Sign::kRequest)) return 0.0;
    if (it.user_agent != Counted::kNoKey && facts_.names[it.user_agent].is_browser) return 0.0;
    const ListUsers& users = facts_.list_users[it.cipher_list];
    if (users.browsers < kLeastOthers || !is_hardly_any(users.others, users.browsers)) return 0.0;
    return strength_against(users.browsers);
  };
  const std::uint32_t best = strongest(strength_of_use);
  if (best == kNone) return;
  const ListUsers& users = facts_.list_users[use(best).cipher_list];
  const bool is_nameless = use(best).user_agent == Counted::kNoKey;
  add("hello-of-a-browser",
      (is_nameless ? "without a User-Agent" : in_quotes(user_agent(use(best).user_agent))) + " at " +
          std::string(name()) + " offers a cipher list that " + counted(users.browsers, "client") +
          " offer with a browser's name, and " + std::to_string(users.others) + " without one",
      users.others, users.browsers, strength_of_use(best));
}

void Writer::many_names() {
  const std::uint32_t domain = view_.groups.domain_of(destination_);
  if (domain == Counted::kNotListed) return;
  const std::uint32_t names = facts_.domains[domain].most_names;
  if (names < kManyNames) return;
  const std::uint32_t clients = facts_.names_of_one_client[names];
  add("hello-many-user-agents",
      "one client comes to " +
          std::string(view_.groups.table(GroupBy::kRegistrableDomain).rows()[domain].key) + " with " +
          counted(names, "User-Agent") + " and one handshake or none; " + std::to_string(clients) + " of " +
          counted(facts_.clients, "client") + (clients == 1 ? " does" : " do") + " so anywhere",
      names, 1, strength_of(static_cast<double>(clients) / facts_.clients));
}

void Writer::misfit(Sign kind) {
  const auto misfits = [&](std::uint32_t i) { return use(i).signs.has(kind); };
  const std::uint32_t clients = clients_where(misfits);
  if (clients == 0) return;
  const std::string other = in_quotes(view_.all_uses.misfit(kind, destination_));
  const std::string who = "for " + counted(clients, "client") + ", ";
  if (kind == Sign::kSniMisfit) {
    return add("target-sni-mismatch",
               who + "the CONNECT went to " + std::string(name()) + " and the TLS hello asked for " + other,
               clients, 0, kOnce);
  }
  const bool is_own_issuer = std::any_of(
      uses_.begin(), uses_.end(), [this](std::uint32_t i) { return use(i).signs.has(Sign::kSelfSigned); });
  add("certificate-mismatch",
      who + std::string(name()) + " showed a certificate for " + other +
          (is_own_issuer ? " that nobody but itself issued" : ""),
      clients, 0, is_own_issuer ? kOnce : kOtherCertificate);
}

void Writer::no_sni() {
  const auto lacks_it = [this](std::uint32_t i) {
    return facts_.pair_of[i] != kNone && use(i).signs.has(Sign::kNoSni) &&
           facts_.names[use(i).user_agent].is_browser;
  };
  const std::uint32_t clients = clients_where(lacks_it);
  if (clients == 0) return;
  add("no-sni",
      counted(clients, "client") + " with a browser's User-Agent went to " + std::string(name()) +
          " with a TLS hello that asks for no name",
      clients, 0, kOnce);
}

// Some browsers do leave ALPN out, in a hello of their own for special connections: learned from the others.
void Writer::no_alpn() {
  const auto strength_of_use = [this](std::uint32_t i) {
    if (facts_.pair_of[i] == kNone || !use(i).signs.has(Sign::kNoAlpn)) return 0.0;
    if (!facts_.names[use(i).user_agent].is_browser) return 0.0;
    const auto engine = facts_.engines.find(facts_.engine_ids[use(i).user_agent]);
    const EngineFacts& others = engine->second;
    if (others.clients_with_alpn < kLeastOthers) return 0.0;
    if (!is_hardly_any(others.clients_without_alpn, others.clients)) return 0.0;
    return strength_against(others.clients_with_alpn);
  };
  const std::uint32_t best = strongest(strength_of_use);
  if (best == kNone) return;
  const EngineFacts& others = facts_.engines.find(facts_.engine_ids[use(best).user_agent])->second;
  add("no-alpn",
      in_quotes(user_agent(use(best).user_agent)) + " at " + std::string(name()) + " sends no ALPN, as " +
          std::to_string(others.clients_without_alpn) + " of " + counted(others.clients, "client") +
          " with " + facts_.names[use(best).user_agent].engine + " did; " +
          std::to_string(others.clients_with_alpn) + " send it",
      others.clients_without_alpn, others.clients_with_alpn, strength_of_use(best));
}

void Writer::no_user_agent() {
  if (!view_.is_large_enough()) return;
  const auto is_request = [this](std::uint32_t i) { return use(i).signs.has(Sign::kRequest); };
  const auto is_nameless = [&](std::uint32_t i) {
    return is_request(i) && use(i).user_agent == Counted::kNoKey;
  };
  const bool all = std::all_of(uses_.begin(), uses_.end(), is_nameless);
  if (!all || uses_.begin() == uses_.end()) return;
  const double share =
      static_cast<double>(facts_.nameless_domains) / static_cast<double>(facts_.domains.size());
  const std::uint32_t clients = clients_where(is_nameless);
  add("no-user-agent",
      counted(clients, "client") + " went to " + std::string(name()) + " without a User-Agent, as to " +
          std::to_string(facts_.nameless_domains) + " of " + counted(facts_.domains.size(), "site"),
      clients, share * clients, strength_of(share));
}

void Writer::misspelt() {
  const std::uint32_t best = strongest([this](std::uint32_t i) {
    return use(i).user_agent != Counted::kNoKey && facts_.names[use(i).user_agent].is_misspelt ? kOnce : 0.0;
  });
  if (best != kNone) add_misspelt(view_, use(best).user_agent, statements_);
}

}  // namespace

bool Against::is_foreign() const {
  return others >= kLeastOthers && is_hardly_any(same, all);
}

Against against_hello(const Facts& facts, std::uint32_t pair) {
  const auto [user_agent, list] = facts.pairs[pair];
  const std::uint32_t engine = facts.engine_ids[user_agent];
  const auto of_engine = facts.engines.find(engine);
  const auto of_list = facts.engine_lists.find(engine_list_key(engine, list));
  if (of_engine == facts.engines.end() || of_list == facts.engine_lists.end()) return {};
  const std::uint32_t all = of_engine->second.clients;
  return {all - of_list->second.clients_with_no_other, of_list->second.clients, all};
}

std::uint32_t main_beside(const Facts& facts, std::uint32_t pair) {
  const auto& both = facts.programs[static_cast<std::size_t>(By::kBoth)];
  const std::uint32_t main = facts.main_pair[facts.pairs[pair].first];
  const bool is_second = main != pair && both[pair].domains == 1 && both[main].domains >= kBrowsingDomains;
  return is_second ? main : kNone;
}

bool View::is_browser(std::uint32_t use) const {
  if (!facts.browses[use]) return false;
  const std::uint32_t pair = facts.pair_of[use];
  return pair == kNone || (!against_hello(facts, pair).is_foreign() && main_beside(facts, pair) == kNone);
}

void add_misspelt(const View& view, std::uint32_t user_agent, std::vector<Statement>& statements) {
  if (!view.facts.names[user_agent].is_misspelt) return;
  statements.push_back({"misspelt-user-agent",
                        in_quotes(view.groups.table(GroupBy::kUserAgent).rows()[user_agent].key) +
                            " begins with a word that is nearly \"Mozilla\" but not quite",
                        1, 0, kOnce});
}

void add_contradictions(const View& view, std::uint32_t destination, std::vector<Statement>& statements) {
  Writer(view, destination, statements).run();
}

}  // namespace mogura::population::detail
