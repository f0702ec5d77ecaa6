#include "console/detail/api_list.h"

namespace mogura::console::detail {
namespace {

constexpr std::string_view kCut = "cut: there are more rows than a download holds";

}  // namespace

bool Download::keep(std::size_t before) {
  if (reply_.body.size() <= kDownloadBytes && rows_ < kDownloadRows) {
    ++rows_;
    return true;
  }
  reply_.body.resize(before);
  return false;
}

Reply Download::end(std::string_view name, bool is_cut) {
  const bool is_csv = as_ == ListForm::As::kCsv;
  reply_.type = is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  reply_.file_name = "mogura-" + std::string(name) + (is_csv ? ".csv" : ".jsonl");
  if (!is_cut) return std::move(reply_);
  if (is_csv) {
    csv_.text(kCut);
    csv_.end_row();
  } else {
    report::JsonWriter json(reply_.body, report::JsonWriter::Layout::kLine);
    json.begin_object();
    json.field("cut", true);
    json.field("message", kCut);
    json.end_object();
    reply_.body += '\n';
  }
  return std::move(reply_);
}

}  // namespace mogura::console::detail
