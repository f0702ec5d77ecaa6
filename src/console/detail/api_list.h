#pragma once

// The answer to a question for a list: one page as JSON, or all of it as a download. Private to the room.

#include <functional>
#include <string>
#include <string_view>

#include "console/detail/api_call.h"
#include "console/detail/api_errors.h"
#include "console/detail/api_fields.h"
#include "console/detail/api_parameters.h"
#include "report/archive.h"

namespace mogura::console::detail {

// Where a download ends, with a last row or line that says so.
inline constexpr std::size_t kDownloadRows = 100'000;
inline constexpr std::size_t kDownloadBytes = std::size_t{64} << 20;
inline constexpr std::chrono::seconds kDownloadTime{20};
// Pages may be short, or empty with more behind them.
inline constexpr std::size_t kDownloadPages = 2000;

// Writes rows as they come, until there is enough of them.
class Download {
 public:
  Download(ListForm::As as, JsonReader& reader)
      : as_(as), reader_(reader), csv_(reply_.body), csv_fields_(csv_, reader) {}

  template <class Row>
  void heading(const Row& like) {
    if (as_ != ListForm::As::kCsv) return;
    CsvHeading names(csv_);
    describe(like, names);
    csv_.end_row();
  }
  // False: this one did not fit any more.
  template <class Row>
  bool add(const Row& row) {
    const std::size_t before = reply_.body.size();
    if (as_ == ListForm::As::kCsv) {
      describe(row, csv_fields_);
      csv_.end_row();
    } else {
      report::JsonWriter json(reply_.body, report::JsonWriter::Layout::kLine);
      write_row(json, reader_, row);
      reply_.body += '\n';
    }
    return keep(before);
  }
  Reply end(std::string_view name, bool is_cut);

 private:
  bool keep(std::size_t before);

  ListForm::As as_;
  JsonReader& reader_;
  Reply reply_;
  CsvWriter csv_;
  CsvFields csv_fields_;
  std::size_t rows_ = 0;
};

using OnError = std::function<Reply(const Error&)>;
template <class Row>
using Fetch = std::function<Result<report::Rows<Row>>(const report::Page&)>;

template <class Row>
void write_rows(const Call& call, report::JsonWriter& json, std::string_view name,
                const std::vector<Row>& rows) {
  json.key(name);
  json.begin_array();
  for (const Row& row : rows) write_row(json, call.json, row);
  json.end_array();
}

template <class Row>
Reply page_reply(const Call& call, const report::Rows<Row>& page) {
  Reply reply;
  report::JsonWriter json(reply.body, report::JsonWriter::Layout::kLine);
  json.begin_object();
  write_rows(call, json, "rows", page.rows);
  json.field_if("next", page.next);
  if (page.total) json.field("total", *page.total);
  json.end_object();
  return reply;
}

template <class Row>
Reply download_reply(const Call& call, ListForm::As as, std::string_view name, const Fetch<Row>& fetch,
                     const OnError& on_error, const Row& like) {
  Download download(as, call.json);
  download.heading(like);
  report::Page page{report::Page::kMost, {}};
  for (std::size_t pages = 0; pages < kDownloadPages; ++pages) {
    const Result<report::Rows<Row>> rows = fetch(page);
    if (!rows) return on_error(rows.error());
    for (const Row& row : rows->rows) {
      if (!download.add(row)) return download.end(name, true);
    }
    if (rows->next.empty()) return download.end(name, false);
    if (call.context.now() - call.now > kDownloadTime) break;
    page.after = rows->next;
  }
  return download.end(name, true);
}

// `on_error`: what an error of `fetch` is answered with. `like`: a row with all the columns.
template <class Row>
Reply list_reply(const Call& call, const ListForm& form, std::string_view name, const Fetch<Row>& fetch,
                 const OnError& on_error, const Row& like = {}) {
  if (form.as != ListForm::As::kPage) return download_reply<Row>(call, form.as, name, fetch, on_error, like);
  const Result<report::Rows<Row>> page = fetch(form.page);
  return page ? page_reply(call, *page) : on_error(page.error());
}

// Of an archive's list that has no other parameters that could be wrong.
inline Reply bad_page(const Error& error) {
  return reply_of_archive(error, OnUsage::kBadRequest);
}

// A list that is all there, page by page: `after` is the number of its first row.
template <class Row>
Result<report::Rows<Row>> page_of(const std::vector<Row>& all, const report::Page& page) {
  constexpr std::size_t kDigits = 6;
  std::size_t from = 0;
  for (const char c : page.after) {
    if (c < '0' || c > '9' || page.after.size() > kDigits)
      return fail(ErrorCode::kUsage, "after", "is no page");
    from = from * 10 + static_cast<std::size_t>(c - '0');
  }
  report::Rows<Row> rows;
  rows.total = all.size();
  for (; from < all.size() && rows.rows.size() < page.limit; ++from) rows.rows.push_back(all[from]);
  if (from < all.size()) rows.next = std::to_string(from);
  return rows;
}

}  // namespace mogura::console::detail
