#include "population/detail/list_users.h"

#include <gtest/gtest.h>

namespace mogura::population::detail {
namespace {

Use use_of(std::uint32_t client, std::uint32_t user_agent, std::uint32_t list, bool is_request = true) {
  Use use;
  use.client = client;
  use.user_agent = user_agent;
  use.cipher_list = list;
  if (is_request) use.signs.add(Sign::kRequest);
  return use;
}

TEST(UsersOfLists, CountClientsOnceForEachSide) {
  const std::vector<ProgramName> names = {program_name_of("Mozilla/5.0 (X11) Gecko/20100101 Firefox/126.0"),
                                          program_name_of("tool/1.0")};
  const std::vector<Use> uses = {use_of(1, 0, 0),
                                 use_of(1, 0, 0),
                                 use_of(2, 0, 0),
                                 use_of(2, 1, 0),                       // the same client, another name
                                 use_of(3, Counted::kNoKey, 0),         // no name
                                 use_of(4, Counted::kNoKey, 0, false),  // no request was seen
                                 use_of(5, 1, Counted::kNoKey),
                                 use_of(6, 1, 1)};
  const std::vector<ListUsers> users = users_of_lists(uses, names, 2);
  EXPECT_EQ(users[0].browsers, 2u);
  EXPECT_EQ(users[0].others, 2u);
  EXPECT_EQ(users[1].browsers, 0u);
  EXPECT_EQ(users[1].others, 1u);
}

}  // namespace
}  // namespace mogura::population::detail
