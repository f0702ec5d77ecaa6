#include "finding/whom_to_ask.h"

#include <string>

#include "finding/detail/host_of.h"

namespace mogura::finding {
using detail::host_of;

challenge::SuspectMemory::Analysis whom_to_ask(std::span<const Finding> findings, bool has_population) {
  challenge::SuspectMemory::Analysis analysis{.has_population = has_population};
  for (const Finding& finding : findings) {
    // Those programs are asked on as it is; nobody else is suspicious for going there.
    if (finding.status == Status::kSanctioned || finding.is_of_answers) continue;
    analysis.hosts.push_back(host_of(finding.destination));
    for (const std::string& other : finding.destinations) analysis.hosts.push_back(host_of(other));
    if (finding.destinations.empty()) continue;
    analysis.programs.insert(analysis.programs.end(), finding.user_agents.begin(), finding.user_agents.end());
  }
  return analysis;
}

}  // namespace mogura::finding
