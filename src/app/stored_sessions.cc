#include "app/stored_sessions.h"

#include "logs/session_line.h"

namespace mogura::app {
namespace {

using Page = Result<report::Rows<report::SessionRow>>;

// Pages may be short, or empty with more behind them; so they are counted, too.
constexpr std::size_t kPages = 1000;

Result<void> read_pages(const std::function<Page(const report::Page&)>& fetch, const StoredBounds& bounds,
                        const StoredConsumer& take) {
  logs::SessionLineParser parser;
  session::Session session;
  report::Page page{report::Page::kMost, {}};
  std::size_t count = 0;
  for (std::size_t pages = 0; pages < kPages; ++pages) {
    const Page rows = fetch(page);
    if (!rows) return tl::unexpected(rows.error());
    for (const report::SessionRow& row : rows->rows) {
      if (count == bounds.sessions) return {};
      if (!parser.parse(row.line, session)) continue;
      ++count;
      take(row, session);
    }
    if (rows->next.empty() || std::chrono::steady_clock::now() >= bounds.until) return {};
    page.after = rows->next;
  }
  return {};
}

}  // namespace

Result<void> read_latest_sessions(report::Archive& archive, const StoredBounds& bounds,
                                  const StoredConsumer& take) {
  return read_pages([&](const report::Page& page) { return archive.sessions({}, page); }, bounds, take);
}

Result<void> read_finding_sessions(report::Archive& archive, std::string_view finding_id,
                                   const StoredBounds& bounds, const StoredConsumer& take) {
  return read_pages([&](const report::Page& page) { return archive.finding_sessions(finding_id, page); },
                    bounds, take);
}

}  // namespace mogura::app
