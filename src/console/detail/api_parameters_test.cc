#include "console/detail/api_parameters.h"

#include <gtest/gtest.h>

#include <array>

namespace mogura::console::detail {
namespace {

using Query = std::vector<Field>;

std::string wrong_of(const Parameters& parameters) {
  const auto wrong = parameters.wrong();
  return wrong ? wrong->body.substr(wrong->body.find("message") + 10) : "";
}

TEST(Parameters, GivesWhatWasAskedFor) {
  const Query query{{"q", "a b"}, {"kind", "ssl"}, {"on", "1"},   {"since", "2026-11-22T06:00:00Z"},
                    {"n", "7"},   {"x", "0.5"},    {"empty", ""}, {"off", "0"}};
  Parameters parameters(query);
  constexpr std::array<std::string_view, 2> kKinds{"ssl", "other"};
  EXPECT_EQ(parameters.text("q"), "a b");
  EXPECT_EQ(parameters.one_of("kind", kKinds), "ssl");
  EXPECT_TRUE(parameters.flag("on"));
  EXPECT_FALSE(parameters.flag("off"));
  EXPECT_FALSE(parameters.flag("absent"));
  EXPECT_TRUE(parameters.time("since"));
  EXPECT_FALSE(parameters.time("absent"));
  EXPECT_EQ(parameters.number("n", 1, 9, 3), 7u);
  EXPECT_EQ(parameters.number("absent", 1, 9, 3), 3u);
  EXPECT_EQ(parameters.decimal("x", 0, 1, 0), 0.5);
  EXPECT_EQ(parameters.text("empty"), "");
  EXPECT_FALSE(parameters.wrong());
}

TEST(Parameters, NamesWhatIsWrong) {
  constexpr std::array<std::string_view, 2> kWords{"a", "b"};
  const struct {
    Query query;
    const char* message;
    const char* why;
  } rows[] = {
      {{{"mode", "c"}}, "mode: must be one of a, b", "no such word"},
      {{{"mode", "A"}}, "mode: must be one of a, b", "case counts"},
      {{{"n", "0"}}, "n: must be a number from 1 to 9", "below"},
      {{{"n", "10"}}, "n: must be a number from 1 to 9", "above"},
      {{{"n", "-1"}}, "n: must be a number from 1 to 9", "sign"},
      {{{"n", "1x"}}, "n: must be a number from 1 to 9", "rest"},
      {{{"n", " 1"}}, "n: must be a number from 1 to 9", "blank"},
      {{{"n", "99999999999999999999"}}, "n: must be a number from 1 to 9", "overflow"},
      {{{"x", "1.01"}}, "x: must be a number within its range", "above"},
      {{{"x", "nan"}}, "x: must be a number within its range", "no number"},
      {{{"x", "inf"}}, "x: must be a number within its range", "no end"},
      {{{"t", "today"}}, "t: must be a time of RFC 3339, as 2026-11-22T06:00:00Z", "no time"},
      {{{"f", "true"}}, "f: must be one of 0, 1", "flag"},
      {{{"s", "12345"}}, "s: is longer than 4 bytes", "too long"},
      {{{"s", "1"}, {"s", "1"}}, "s: is given twice", "twice"},
      {{{"s", "1"}, {"u", "1"}}, "u: is not known here", "unknown"},
      {{{"", ""}}, "is not known here", "without a name"},
  };
  for (const auto& row : rows) {
    Parameters parameters(row.query);
    (void)parameters.one_of("mode", kWords);
    (void)parameters.number("n", 1, 9, 1);
    (void)parameters.decimal("x", 0, 1, 0);
    (void)parameters.time("t");
    (void)parameters.flag("f");
    (void)parameters.text("s", 4);
    EXPECT_EQ(wrong_of(parameters), std::string(row.message) + "\"}}") << row.why;
  }
}

TEST(ListForm, TakesPagesAndDownloads) {
  const Query page{{"limit", "500"}, {"after", "x"}};
  Parameters of_page(page);
  const ListForm form = of_page.list_form();
  EXPECT_FALSE(of_page.wrong());
  EXPECT_EQ(form.as, ListForm::As::kPage);
  EXPECT_EQ(form.page.limit, 500u);
  EXPECT_EQ(form.page.after, "x");
  const Query csv{{"format", "csv"}}, lines{{"format", "json-lines"}}, much{{"limit", "501"}}, none;
  EXPECT_EQ(Parameters(csv).list_form().as, ListForm::As::kCsv);
  EXPECT_EQ(Parameters(lines).list_form().as, ListForm::As::kJsonLines);
  EXPECT_EQ(Parameters(none).list_form().page.limit, 100u);
  Parameters of_much(much);
  (void)of_much.list_form();
  EXPECT_EQ(wrong_of(of_much), "limit: must be a number from 1 to 500\"}}");
}

}  // namespace
}  // namespace mogura::console::detail
