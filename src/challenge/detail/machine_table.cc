#include "challenge/detail/machine_table.h"

namespace mogura::challenge::detail {
namespace {

using Row = std::array<Transition, kStates>;

constexpr State kNo = State::kNone, kSe = State::kSet, kAd = State::kAddValue, kRe = State::kResetValue,
                kNe = State::kNeverSet, kSu = State::kSuspicious, kIn = State::kInconsistency;
constexpr Action kR = Action::kRelay, kI = Action::kIssue, kA = Action::kReissue;

// Columns: the state before.
constexpr std::array<Row, kEvents> kTable{{
    //                  none       set        addvalue   resetvalue neverset   suspicious inconsistency
    /* returned     */ {{{kSe, kR}, {kSe, kR}, {kAd, kR}, {kRe, kR}, {kSe, kR}, {kRe, kR}, {kRe, kR}}},
    /* returned-old */ {{{kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}}},
    /* forbidden    */ {{{kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}}},
    /* foreign      */ {{{kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kSu, kA}, {kIn, kA}}},
    /* forged       */ {{{kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kSu, kA}, {kIn, kA}}},
    /* forged-again */ {{{kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kIn, kA}, {kSu, kA}, {kIn, kA}}},
    /* garbage      */ {{{kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}, {kIn, kR}, {kSu, kR}, {kIn, kR}}},
    /* early        */ {{{kNo, kI}, {kSe, kI}, {kAd, kI}, {kRe, kA}, {kNe, kI}, {kSu, kA}, {kIn, kA}}},
    /* miss         */ {{{kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}, {kRe, kA}, {kSu, kA}, {kRe, kA}}},
    /* last-miss    */ {{{kSu, kA}, {kSu, kA}, {kSu, kA}, {kSu, kA}, {kSu, kA}, {kSu, kA}, {kSu, kA}}},
    /* passed-over  */ {{{kNo, kR}, {kSe, kR}, {kAd, kR}, {kRe, kR}, {kNe, kR}, {kSu, kR}, {kIn, kR}}},
    /* elsewhere    */ {{{kNe, kR}, {kNe, kR}, {kNe, kR}, {kNe, kR}, {kNe, kR}, {kSu, kR}, {kIn, kR}}},
    /* inserted     */ {{{kSe, kR}, {kSe, kR}, {kSe, kR}, {kRe, kR}, {kSe, kR}, {kSu, kR}, {kIn, kR}}},
    /* added        */ {{{kAd, kR}, {kAd, kR}, {kAd, kR}, {kRe, kR}, {kAd, kR}, {kSu, kR}, {kIn, kR}}},
    /* delivered    */ {{{kSe, kR}, {kSe, kR}, {kAd, kR}, {kRe, kR}, {kNe, kR}, {kSu, kR}, {kIn, kR}}},
}};

constexpr std::array<std::string_view, kEvents> kNames{
    "returned", "returned-old", "forbidden",   "foreign",   "forged",   "forged-again", "garbage",  "early",
    "miss",     "last-miss",    "passed-over", "elsewhere", "inserted", "added",        "delivered"};

}  // namespace

std::string_view name_of(Event event) {
  return kNames[static_cast<std::size_t>(event)];
}

const Transition& transition(State state, Event event) {
  // A state from a store of another version is none that we know.
  const auto column = static_cast<std::size_t>(state);
  return kTable[static_cast<std::size_t>(event)][column < kStates ? column : 0];
}

}  // namespace mogura::challenge::detail
