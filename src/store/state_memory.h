#pragma once

// Challenge state in this process: sharded open-addressing tables, each with a lock of its own that is held
// for one update. At most 160 bytes an entry all told, also while it grows (about 77 at ten million), besides
// a fixed 128 bytes for each 8192 entries of the bound. When full, expired entries go first, then the longest
// untouched of a few looked at; who is forgotten is simply asked anew. Snapshots:
// docs/formats/challenge-state.md.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "challenge/state_store.h"

namespace mogura::store {

struct StateMemoryOptions {
  std::size_t entries = 10'000'000;       // bound; memory grows as it fills
  std::chrono::seconds ttl{14 * 86'400};  // since last touched
  challenge::MachineOptions machine{};
  // File for snapshots (mode 0600, written beside and renamed); empty: none. Restored at the start, as far as
  // it is whole; written by a thread of the store every `snapshot_interval`, if anything changed, and at
  // stop().
  std::string snapshot{};
  std::chrono::seconds snapshot_interval{60};
};

// Errors: kIo (the snapshot cannot be read, or not be written), kFormat (it is another program's file). Of a
// damaged snapshot what is whole is used; `warning` then says how much that is, and the file is kept aside as
// PATH.damaged. Misses in a snapshot that was not written at a stop no longer count: the cookie may have come
// back since.
Result<std::unique_ptr<challenge::StateStore>> open_state_memory(const StateMemoryOptions& options,
                                                                 std::string& warning);

}  // namespace mogura::store
