#include "app/stored_status.h"

#include <utility>
#include <vector>

namespace mogura::app {

Result<void> apply_allow_list(store::Store& store, const finding::AllowList& allow, Timestamp now) {
  std::vector<store::Sanction> changed;
  const Result<void> read = store.stored_findings([&](const finding::Finding& stored) {
    finding::Finding finding = stored;
    allow.apply(finding, now);
    if (finding.status == stored.status && finding.sanction == stored.sanction) return;
    changed.push_back({std::move(finding.finding_id), std::move(finding.sanction)});
  });
  return read ? store.set_sanctions(changed) : read;
}

}  // namespace mogura::app
