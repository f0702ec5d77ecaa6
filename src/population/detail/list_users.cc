#include "population/detail/list_users.h"

#include <algorithm>
#include <tuple>

namespace mogura::population::detail {

std::vector<ListUsers> users_of_lists(const std::vector<Use>& uses, const std::vector<ProgramName>& names,
                                      std::size_t lists) {
  struct User {
    std::uint32_t list, client;
    bool is_browser;
    auto operator<=>(const User&) const = default;
  };
  std::vector<User> users;
  for (const Use& use : uses) {
    if (use.cipher_list == Counted::kNoKey || !use.signs.has(Sign::kRequest)) continue;
    const bool is_browser = use.user_agent != Counted::kNoKey && names[use.user_agent].is_browser;
    users.push_back({use.cipher_list, use.client, is_browser});
  }
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  std::vector<ListUsers> of_lists(lists);
  for (const User& user : users) {
    ListUsers& counts = of_lists[user.list];
    ++(user.is_browser ? counts.browsers : counts.others);
  }
  return of_lists;
}

}  // namespace mogura::population::detail
