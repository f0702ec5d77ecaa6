#include "app/console_workshop.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "app/clock.h"
#include "app/pattern_folder.h"
#include "app/read_file.h"
#include "app/stored_sessions.h"
#include "pattern/exporters.h"
#include "pattern/learner.h"
#include "pattern/matcher.h"
#include "protocol/registrable_domain.h"
#include "whois/whois.h"

namespace mogura::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTriedName = "pattern";  // of a text that has no name yet
constexpr std::chrono::seconds kWhoisTimeout{5};    // of each server
constexpr unsigned kWhoisReferrals = 2;

tl::unexpected<Error> no_pattern(std::string_view id) {
  return fail(ErrorCode::kUsage, std::string(id), "there is no such pattern");
}

// Ids of the folder's files, sorted.
Result<std::vector<std::string>> ids_in(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  std::vector<std::string> ids;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    std::string id = path.stem().string();
    if (path.extension() == ".toml" && pattern::is_pattern_id(id)) ids.push_back(std::move(id));
    if (ids.size() == ConsoleWorkshop::kListed) break;
  }
  if (error) return fail(ErrorCode::kIo, folder, error.message());
  std::sort(ids.begin(), ids.end());
  return ids;
}

console::PatternRow row_of(const pattern::Pattern& pattern) {
  console::PatternRow row{.id = pattern.id,
                          .name = pattern.name,
                          .application = pattern.application,
                          .author = pattern.author,
                          .date = pattern.date,
                          .source_finding = pattern.source_finding,
                          .note = pattern.note,
                          .is_candidate = pattern.is_candidate,
                          .rates = std::nullopt};
  if (const auto& rates = pattern.rates) {
    row.rates = console::PatternRow::Rates{rates->service_sessions, rates->service_hits,
                                           rates->ordinary_sessions, rates->ordinary_hits};
  }
  return row;
}

// "pattern.toml:3: kind" as "line 3: kind": whoever wrote the text knows no file.
std::string words_of(const Error& error) {
  const std::string file = std::string(kTriedName) + ".toml:";
  const std::string message = error.message();
  return message.starts_with(file) ? "line " + message.substr(file.size()) : message;
}

StoredBounds bounds_of(std::size_t sessions) {
  return {sessions, std::chrono::steady_clock::now() + ConsoleWorkshop::kLongest};
}

// One pattern against sessions as they come.
class Tried {
 public:
  explicit Tried(const pattern::Matcher& matcher) : matcher_(matcher), scratch_(matcher.scratch()) {}

  bool matches(const session::Session& session) {
    matcher_.match(session, scratch_, matched_);
    return !matched_.empty();
  }
  [[nodiscard]] std::vector<std::string> reasons(const session::Session& session) const {
    return matcher_.explain(0, session);
  }

 private:
  const pattern::Matcher& matcher_;
  pattern::Matcher::Scratch scratch_;
  std::vector<std::size_t> matched_;
};

// The finding's sessions first, then the latest of all but for those, so that none counts twice.
Result<void> try_on_stored(report::Archive& archive, std::string_view finding_id, Tried& tried,
                           console::Preview& preview) {
  std::unordered_set<std::string> own_ids;
  const auto matches = [&](const report::SessionRow& row, const session::Session& session) {
    ++preview.sessions;
    if (!tried.matches(session)) return false;
    ++preview.hits;
    if (preview.examples.size() < ConsoleWorkshop::kExamples) {
      preview.examples.push_back({row.line, tried.reasons(session)});
    }
    return true;
  };
  const auto take_own = [&](const report::SessionRow& row, const session::Session& session) {
    own_ids.insert(row.session_id);
    ++preview.service_sessions;
    if (matches(row, session)) ++preview.service_hits;
  };
  const auto take_other = [&](const report::SessionRow& row, const session::Session& session) {
    if (!own_ids.contains(row.session_id)) (void)matches(row, session);
  };
  if (!finding_id.empty()) {
    const auto bounds = bounds_of(ConsoleWorkshop::kServiceSessions);
    if (Result<void> own = read_finding_sessions(archive, finding_id, bounds, take_own); !own) return own;
  }
  return read_latest_sessions(archive, bounds_of(ConsoleWorkshop::kPreviewSessions), take_other);
}

// What the learner is given, with the sessions that it looks at.
struct Material {
  pattern::Service service{};
  std::vector<session::Session> own{}, others{};
};

Result<Material> material_for(report::Archive& archive, std::string_view finding_id) {
  Material material;
  const auto record = archive.finding(finding_id, clock_now());
  if (!record) return tl::unexpected(record.error());
  material.service.finding_id = record->row.finding_id;
  material.service.destination = record->row.destination;
  material.service.application = record->row.application;
  std::unordered_set<std::string> own_ids;
  Result<void> read =
      read_finding_sessions(archive, finding_id, bounds_of(ConsoleWorkshop::kServiceSessions),
                            [&](const report::SessionRow& row, const session::Session& session) {
                              own_ids.insert(row.session_id);
                              material.own.push_back(session);
                            });
  if (!read) return tl::unexpected(read.error());
  // A session of the finding that is beyond those that were read would speak against every pattern for it.
  const auto is_own = [&](const report::SessionRow& row) {
    return own_ids.contains(row.session_id) ||
           (row.destination == record->row.destination && row.kind == record->row.kind);
  };
  read = read_latest_sessions(archive, bounds_of(ConsoleWorkshop::kOrdinarySessions),
                              [&](const report::SessionRow& row, const session::Session& session) {
                                if (!is_own(row)) material.others.push_back(session);
                              });
  if (!read) return tl::unexpected(read.error());
  return material;
}

std::vector<const session::Session*> pointers_to(const std::vector<session::Session>& sessions) {
  std::vector<const session::Session*> pointers;
  for (const session::Session& session : sessions) pointers.push_back(&session);
  return pointers;
}

pattern::Format format_named(std::string_view name) {
  if (name == "suricata") return pattern::Format::kSuricata;
  if (name == "snort") return pattern::Format::kSnort;
  if (name == "zeek") return pattern::Format::kZeek;
  return name == "sigma" ? pattern::Format::kSigma : pattern::Format::kJson;
}

// What could be read out of the answer, then the answer.
std::string text_of(const whois::Answer& answer) {
  std::string text;
  for (const auto& [name, value] : {std::pair("organisation", &answer.organisation),
                                    {"country", &answer.country},
                                    {"registrar", &answer.registrar},
                                    {"created", &answer.created},
                                    {"network", &answer.network}}) {
    if (!value->empty()) text += std::string(name) + ": " + *value + "\n";
  }
  return text + "\n" + whois::readable(answer.text);
}

}  // namespace

struct ConsoleWorkshop::Whois {
  whois::Client client;
};

ConsoleWorkshop::ConsoleWorkshop(WorkshopOptions options, OpenArchive open_archive)
    : options_(std::move(options)), open_archive_(std::move(open_archive)) {}
ConsoleWorkshop::~ConsoleWorkshop() = default;

bool ConsoleWorkshop::has_patterns() const {
  std::error_code ignored;
  return !options_.patterns.empty() && fs::is_directory(options_.patterns, ignored);
}

bool ConsoleWorkshop::can_write() const {
  return has_patterns() && ::access(options_.patterns.c_str(), W_OK | X_OK) == 0;
}

Result<std::vector<console::PatternRow>> ConsoleWorkshop::patterns() {
  const Result<std::vector<std::string>> ids = ids_in(options_.patterns);
  if (!ids) return tl::unexpected(ids.error());
  std::vector<console::PatternRow> rows;
  for (const std::string& id : *ids) {
    const Result<pattern::Pattern> pattern = read_pattern(options_.patterns, id);
    rows.push_back(pattern ? row_of(*pattern)
                           : console::PatternRow{.id = id, .note = pattern.error().message(), .rates = {}});
  }
  return rows;
}

Result<std::string> ConsoleWorkshop::text(std::string_view id) {
  const Result<std::string> path = pattern_path(options_.patterns, id);
  if (!path) return tl::unexpected(path.error());
  std::error_code ignored;
  if (!fs::exists(*path, ignored)) return no_pattern(id);
  return read_file(*path, pattern::kPatternFileBytes);
}

Result<pattern::Pattern> ConsoleWorkshop::known_pattern(std::string_view id) const {
  const Result<std::string> path = pattern_path(options_.patterns, id);
  std::error_code ignored;
  if (!path || !fs::exists(*path, ignored)) return no_pattern(id);
  return read_pattern(options_.patterns, id);
}

Result<console::Preview> ConsoleWorkshop::preview(std::string_view text, std::string_view finding_id) {
  console::Preview preview;
  Result<pattern::Pattern> parsed = pattern::parse(text, std::string(kTriedName) + ".toml");
  if (!parsed) {
    preview.error = words_of(parsed.error());
    return preview;
  }
  const Result<pattern::Matcher> matcher = pattern::Matcher::make({std::move(*parsed)}, true);
  if (!matcher) return tl::unexpected(matcher.error());
  const auto archive = open_archive_();
  if (!archive) return tl::unexpected(archive.error());
  Tried tried(*matcher);
  if (Result<void> done = try_on_stored(**archive, finding_id, tried, preview); !done) {
    return tl::unexpected(done.error());
  }
  return preview;
}

Result<std::string> ConsoleWorkshop::draft(std::string_view finding_id) {
  const auto archive = open_archive_();
  if (!archive) return tl::unexpected(archive.error());
  Result<Material> material = material_for(**archive, finding_id);
  if (!material) return tl::unexpected(material.error());
  material->service.sessions = pointers_to(material->own);
  const std::vector<pattern::Pattern> candidates =
      pattern::learn(material->service, pointers_to(material->others));
  if (candidates.empty()) {
    return fail(ErrorCode::kUnsupported, {}, "nothing tells its stored sessions from the ordinary ones");
  }
  return pattern::write(candidates.front());
}

Result<void> ConsoleWorkshop::save(std::string_view id, std::string_view text) {
  const Result<pattern::Pattern> parsed = pattern::parse(text, std::string(id) + ".toml");
  // Whatever is wrong with it: it is the text that cannot be taken.
  if (!parsed) return fail(ErrorCode::kFormat, parsed.error().place, parsed.error().cause);
  return write_pattern_text(options_.patterns, id, text);
}

Result<void> ConsoleWorkshop::accept(std::string_view id, std::string_view author) {
  Result<pattern::Pattern> pattern = known_pattern(id);
  if (!pattern) return tl::unexpected(pattern.error());
  if (!pattern->is_candidate) return fail(ErrorCode::kUnsupported, std::string(id), "is live already");
  pattern->is_candidate = false;
  pattern->date = to_rfc3339(clock_now()).substr(0, 10);
  pattern->author = author;
  return write_pattern(options_.patterns, *pattern);
}

Result<void> ConsoleWorkshop::remove(std::string_view id) {
  const Result<std::string> path = pattern_path(options_.patterns, id);
  std::error_code ignored;
  if (!path || !fs::exists(*path, ignored)) return no_pattern(id);
  return remove_pattern(options_.patterns, id);
}

Result<std::string> ConsoleWorkshop::exported(std::string_view format, std::string_view id) {
  Result<std::vector<pattern::Pattern>> patterns = std::vector<pattern::Pattern>();
  if (id.empty()) {
    patterns = read_pattern_folder(options_.patterns);
    if (!patterns) return tl::unexpected(patterns.error());
    std::erase_if(*patterns, [](const pattern::Pattern& pattern) { return pattern.is_candidate; });
  } else {
    Result<pattern::Pattern> pattern = known_pattern(id);
    if (!pattern) return tl::unexpected(pattern.error());
    patterns->push_back(std::move(*pattern));
  }
  return pattern::export_patterns(*patterns, format_named(format)).text;
}

Result<std::string> ConsoleWorkshop::whois(std::string_view name) {
  const std::unique_lock lock(whois_mutex_, std::try_to_lock);
  if (!lock) return fail(ErrorCode::kLimit, {}, "another question is being asked; try again");
  if (!whois_) {
    whois::Options options;
    options.server = options_.whois_server;
    options.timeout = kWhoisTimeout;
    options.referrals = kWhoisReferrals;
    whois_ = std::make_unique<Whois>(Whois{whois::Client(options)});
  }
  const Result<whois::Answer> answer =
      whois_->client.ask(protocol::registrable_domain_of_host(std::string(name)));
  if (!answer) return tl::unexpected(answer.error());
  return text_of(*answer);
}

}  // namespace mogura::app
