#pragma once

// Pages of clients, of verdicts and of the challenge's states.

#include <string_view>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

[[nodiscard]] Result<report::Rows<report::ClientRow>> client_page(const Database& database,
                                                                  const report::ClientFilter& filter,
                                                                  const report::Page& page);
// An empty User-Agent: whatever it was.
[[nodiscard]] Result<report::Rows<report::VerdictRow>> verdict_page(const Database& database,
                                                                    std::string_view client,
                                                                    std::string_view user_agent,
                                                                    const report::Page& page);
[[nodiscard]] Result<report::Rows<report::ChallengeHour>> challenge_page(const Database& database,
                                                                         std::string_view client,
                                                                         std::string_view user_agent,
                                                                         const report::Page& page);

}  // namespace mogura::store::detail
