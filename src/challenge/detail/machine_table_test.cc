#include "challenge/detail/machine_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace mogura::challenge::detail {
namespace {

template <typename Visit>
void each_place(const Visit& visit) {
  for (std::size_t state = 0; state < kStates; ++state) {
    for (std::size_t event = 0; event < kEvents; ++event) {
      visit(static_cast<State>(state), static_cast<Event>(event));
    }
  }
}

TEST(MachineTable, OnlyAReturnEndsSuspicion) {
  each_place([](State state, Event event) {
    if (state != State::kSuspicious) return;
    const bool is_return =
        event == Event::kReturned || event == Event::kReturnedOld || event == Event::kForbidden;
    EXPECT_EQ(transition(state, event).to != State::kSuspicious, is_return) << name_of(event);
  });
}

TEST(MachineTable, OnlyTheLastMissBeginsSuspicion) {
  each_place([](State state, Event event) {
    if (state == State::kSuspicious) return;
    EXPECT_EQ(transition(state, event).to == State::kSuspicious, event == Event::kLastMiss) << name_of(event);
  });
}

TEST(MachineTable, WhatIsNotARequestNeedsNoAction) {
  each_place([](State state, Event event) {
    if (event < Event::kInserted) return;
    EXPECT_EQ(transition(state, event).action, Action::kRelay) << name_of(event);
  });
}

TEST(MachineTable, CookieIsIssuedOnlyWhereTheRightOneIsMissing) {
  each_place([](State state, Event event) {
    const Action action = transition(state, event).action;
    if (event == Event::kReturned || event == Event::kForbidden || event == Event::kGarbage ||
        event == Event::kPassedOver || event == Event::kElsewhere) {
      EXPECT_EQ(action, Action::kRelay) << name_of(event);
    } else if (event < Event::kInserted) {
      EXPECT_NE(action, Action::kRelay) << name_of(event);
    }
  });
}

TEST(MachineTable, UnknownStateIsNone) {
  EXPECT_EQ(transition(static_cast<State>(200), Event::kEarly), transition(State::kNone, Event::kEarly));
}

std::string_view name_of_action(Action action) {
  switch (action) {
    case Action::kRelay:
      return "relay";
    case Action::kIssue:
      return "issue";
    case Action::kReissue:
      return "reissue";
  }
  return "";
}

// A row of the document: | `early` | none issue | set issue | …
std::string row_of(Event event) {
  std::string row = "| `" + std::string(name_of(event)) + "` |";
  for (std::size_t state = 0; state < kStates; ++state) {
    const Transition& place = transition(static_cast<State>(state), event);
    row += " " + std::string(name_of(place.to));
    if (place.action != Action::kRelay) row += " **" + std::string(name_of_action(place.action)) + "**";
    row += " |";
  }
  return row;
}

TEST(MachineTable, IsTheOneInTheDocument) {
  std::ifstream in(std::string(MOGURA_SOURCE_DIR) + "/docs/formats/challenge.md");
  std::stringstream document;
  document << in.rdbuf();
  for (std::size_t event = 0; event < kEvents; ++event) {
    const std::string row = row_of(static_cast<Event>(event));
    EXPECT_NE(document.str().find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace mogura::challenge::detail
