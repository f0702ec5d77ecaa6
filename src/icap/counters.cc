#include "icap/counters.h"

namespace mogura::icap {

std::string_view name_of(Passed why) {
  switch (why) {
    case Passed::kUnread:
      return "unread";
    case Passed::kTooLarge:
      return "too-large";
    case Passed::kNoClient:
      return "no-client";
    case Passed::kUnpaired:
      return "unpaired";
    case Passed::kNoHead:
      return "no-head";
  }
  return "unknown";
}

}  // namespace mogura::icap
