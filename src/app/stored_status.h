#pragma once

// The allow list over what earlier runs left in the database.

#include "base/result.h"
#include "base/time.h"
#include "finding/allow.h"
#include "store/store.h"

namespace mogura::app {

// Every stored finding gets the status that `allow` gives it at `now`: "sanctioned" with the entry's words,
// or "new" again. Any other status stays.
Result<void> apply_allow_list(store::Store& store, const finding::AllowList& allow, Timestamp now);

}  // namespace mogura::app
