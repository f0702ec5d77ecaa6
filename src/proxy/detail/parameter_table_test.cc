#include "proxy/detail/parameter_table.h"

#include <gtest/gtest.h>

#include <set>

namespace mogura::proxy::detail {
namespace {

TEST(ParameterTable, NamesEachParameterOnce) {
  std::set<std::string> names;
  for (const Parameter& parameter : parameters()) {
    EXPECT_TRUE(names.insert(parameter.name()).second) << parameter.name();
    EXPECT_FALSE(parameter.help.empty() || parameter.type.empty()) << parameter.name();
    EXPECT_EQ(find_parameter(parameter.section, parameter.key), &parameter);
    EXPECT_TRUE(is_section(parameter.section));
  }
  EXPECT_EQ(find_parameter("timeouts", "nothing"), nullptr);
  EXPECT_EQ(find_parameter("access", "head"), nullptr) << "of another section";
  EXPECT_FALSE(is_section("timeout"));
}

TEST(ParameterTable, KeepsSectionsTogether) {
  std::set<std::string_view> seen;
  std::string_view section;
  for (const Parameter& parameter : parameters()) {
    if (parameter.section != section) {
      EXPECT_TRUE(seen.insert(parameter.section).second) << parameter.section;
    }
    section = parameter.section;
  }
}

TEST(ParameterTable, GuessesWhatWasMeant) {
  const struct {
    std::string_view section, key, nearest, why;
  } cases[] = {
      {"timeouts", "hed", "timeouts.head", "a letter left out"},
      {"limits", "hed", "limits.head", "the same key of another section"},
      {"limits", "haed", "limits.head", "two letters swapped"},
      {"limits", "hxxd", "", "two changes in four letters"},
      {"timeouts", "tunel_idle", "timeouts.tunnel_idle", "a letter left out"},
      {"proxy", "lisen", "proxy.listen", ""},
      {"proxy", "mode", "challenge.mode", "right, but elsewhere"},
      {"timeouts", "idle", "timeouts.idle", "of two equal ones, that of this section"},
      {"upstream", "idle", "upstream.idle", "in either order"},
      {"logs", "accesslog", "logs.access", "three letters more"},
      {"logs", "colour", "", "too far from anything"},
      {"logs", "", "", "nothing is near to nothing"},
  };
  for (const auto& [section, key, nearest, why] : cases) {
    EXPECT_EQ(nearest_parameter(section, key), nearest) << section << "." << key << ": " << why;
  }
  EXPECT_EQ(nearest_section("timeout"), "timeouts");
  EXPECT_EQ(nearest_section("Access"), "access");
  EXPECT_EQ(nearest_section("networking"), "");
}

TEST(ParameterTable, MeasuresHowFarTextsAreApart) {
  EXPECT_EQ(edit_distance("", "", 9), 0u);
  EXPECT_EQ(edit_distance("head", "head", 9), 0u);
  EXPECT_EQ(edit_distance("head", "had", 9), 1u);
  EXPECT_EQ(edit_distance("head", "haed", 9), 1u);
  EXPECT_EQ(edit_distance("ab", "ba", 9), 1u);
  EXPECT_EQ(edit_distance("", "abc", 9), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 1), 2u) << "no more than one beyond the limit";
  EXPECT_EQ(edit_distance(std::string(64, 'a'), std::string(64, 'b'), 99), 64u);
  EXPECT_EQ(edit_distance(std::string(65, 'a'), "a", 99), 100u) << "too long to look at";
}

}  // namespace
}  // namespace mogura::proxy::detail
