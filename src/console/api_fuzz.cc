// Any request, and an archive and a workshop that hold anything: the answer has a documented status, is JSON,
// JSON lines or CSV, and nothing that came from outside stands in it as it was.
//
//   byte 0: method, what fails, read-only    rest, by line feeds: path, query (name=value&…), body, then
//   texts
//                                             that are stored, each put in many places

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "console/api.h"
#include "console/detail/json_reader.h"
#include "console/testing/fake_archive.h"
#include "console/testing/fake_workshop.h"
#include "report/text_width.h"

namespace {

using namespace mogura;
using console::Reply;

constexpr std::size_t kTexts = 16;

void expect(bool is_true) {
  if (!is_true) std::abort();
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

std::vector<console::Field> query_of(std::string_view text) {
  std::vector<console::Field> query;
  while (!text.empty() && query.size() < console::Request::kQueryFields) {
    const std::string_view pair = text.substr(0, text.find('&'));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    query.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return query;
}

// What is stored, everywhere where text can be.
class Scene {
 public:
  Scene(std::string_view stored, std::uint8_t flags) {
    for (std::size_t i = 0; i < kTexts; ++i) texts_[i] = take_line(stored);
    fill_findings();
    fill_rest();
    fill_workshop();
    if ((flags & 0x10) != 0) archive.error = Error{codes()[flags & 3], text(0), text(1)};
    if ((flags & 0x20) != 0) workshop.error = Error{codes()[flags & 3], text(2), text(3)};
    archive.calls_before_error = flags & 3;
  }

  console::testing::FakeArchive archive;
  console::testing::FakeWorkshop workshop;

 private:
  static std::array<ErrorCode, 4> codes() {
    return {ErrorCode::kUsage, ErrorCode::kIo, ErrorCode::kLimit, ErrorCode::kFormat};
  }
  [[nodiscard]] const std::string& text(std::size_t i) const { return texts_[i % kTexts]; }

  void fill_findings() {
    report::FindingRow row{.finding_id = text(0), .destination = text(1), .kind = text(2)};
    row.application = text(3);
    row.assignee = text(4);
    row.top_evidence = text(5);
    archive.finding_rows.assign(3, row);
    archive.record.row = row;
    archive.record.line = text(6);
    archive.record.decision = {text(0), text(7), text(8), Timestamp::max(), text(9), Timestamp::min()};
    archive.record.notes = {{-1, {}, text(1), text(2)}};
    archive.group_rows = {{text(3), 1, 2, 0.0 / 1.0}};
    archive.time_line = {{}, Timestamp::max(), {{text(4), {1, 2}}}, true};
  }
  void fill_rest() {
    archive.session_rows = {
        {.session_id = text(1), .client = text(2), .destination = text(3), .line = text(6)}};
    archive.client_rows = {{.client = text(4), .user_agent = text(5), .has_user_agent = text(5).empty()}};
    archive.verdict_rows = {{{}, text(1), text(2), text(3), text(4), 1e300, {text(5), text(6)}}};
    archive.challenge_rows = {{{}, {}, text(1), text(2), text(3), text(4), text(5), 7}};
    archive.alert_rows = {{2, text(6)}, {1, text(10)}};
    archive.audit_rows = {{{}, text(1), text(2), text(3), text(4), text(5)}};
    for (auto& groups : archive.population_groups) groups.emplace_back().key = text(7);
    archive.sensor_rows.emplace_back().host = text(8);
    archive.sensor_rows.back().counters = {{text(9), 1}, {"kernel_drops", ~std::uint64_t{0}}};
    archive.last_looked = Timestamp();
  }
  void fill_workshop() {
    workshop.add("a", text(0).empty());
    workshop.entries.find("a")->second.text = text(11);
    workshop.entries.find("a")->second.row.note = text(12);
    workshop.preview_now = {text(13), 1, 2, 3, 4, {{text(6), {text(14)}}}};
    workshop.whois_text = text(15);
    workshop.draft_text = text(11);
    workshop.exported_text = "rules\n";  // made by ourselves
    workshop.has_folder = text(12) != "none";
  }

  std::array<std::string, kTexts> texts_;
};

bool is_object(std::string_view text) {
  console::detail::JsonReader reader;
  std::string ignored;
  report::JsonWriter json(ignored, report::JsonWriter::Layout::kLine);
  return reader.rewrite(text, json);
}

// Nothing that a terminal would have to be saved from, but for the line ends that are ours.
bool is_harmless(std::string_view line) {
  std::string doubled;
  for (const char c : line) doubled.append(c == '\\' ? 2 : 1, c);
  return report::escape_for_terminal(line) == doubled;
}

void check_lines(std::string_view body, std::string_view end, bool is_json) {
  expect(body.empty() || body.ends_with(end));
  while (!body.empty()) {
    const std::size_t size = body.find(end);
    const std::string_view line = body.substr(0, size);
    expect(is_harmless(line));
    if (is_json) expect(is_object(line));
    body.remove_prefix(size + end.size());
  }
}

bool begins_formula(char c) {
  return c == '=' || c == '+' || c == '-' || c == '@';
}

// No cell begins as a formula does; rows have as many cells as the first.
void check_csv(std::string_view body) {
  std::size_t columns = 0, cells = 1;
  bool is_quoted = false, is_start = true;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (is_start) expect(!begins_formula(c) && (c != '"' || !begins_formula(body[i + 1])));
    is_start = false;
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted || (c != ',' && c != '\n')) continue;
    is_start = true;
    if (c == ',') {
      ++cells;
      continue;
    }
    if (columns == 0) columns = cells;
    expect(cells == columns || body.substr(0, i + 1).ends_with("holds\r\n"));
    cells = 1;
  }
  expect(!is_quoted);
}

void check_reply(const Reply& reply) {
  constexpr std::array<unsigned, 11> kStatus{200, 204, 400, 403, 404, 405, 409, 413, 429, 500, 503};
  expect(std::find(kStatus.begin(), kStatus.end(), reply.status) != kStatus.end());
  expect(reply.file_name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string::npos);
  if (reply.status == 204) return expect(reply.body.empty());
  if (reply.type == "text/csv; charset=utf-8") {
    check_lines(reply.body, "\r\n", false);
    check_csv(reply.body);
  } else if (reply.type == "application/x-ndjson") {
    check_lines(reply.body, "\n", true);
  } else if (reply.body != "rules\n") {
    expect(reply.type == "application/json");
    expect(is_object(reply.body));
    expect(is_harmless(reply.body));
  }
  if (reply.status >= 400) expect(reply.body.starts_with("{\"error\":{\"code\":\""));
}

void check_live(console::Api& api, std::int64_t cursor) {
  const std::string events = api.live_events(cursor);
  expect(cursor >= -1);
  std::string_view rest = events;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    expect(line.empty() || line.starts_with("id: ") || line.starts_with("event: ") ||
           line.starts_with("data: {"));
    expect(is_harmless(line));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array<const char*, 4> kMethods{"GET", "POST", "DELETE", "PUT"};
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  console::Request request;
  request.method = kMethods[data[0] >> 2 & 3];
  request.path = take_line(rest);
  request.query = query_of(take_line(rest));
  request.body = take_line(rest);
  request.user = "ann";
  Scene scene(rest, data[0]);
  const auto now = [] { return Timestamp(std::chrono::seconds(1'795'300'000)); };
  console::Api api({scene.archive, scene.workshop, now, "1", (data[0] & 0x40) != 0});
  check_reply(api.handle(request));
  check_live(api, std::max<std::int64_t>(static_cast<std::int64_t>(size) - 200, -1));
  return 0;
}
