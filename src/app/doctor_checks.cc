#include "app/doctor_checks.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "app/allow_file.h"
#include "app/clock.h"
#include "app/proxy_options.h"
#include "app/read_file.h"
#include "app/version.h"
#include "challenge/exemptions.h"
#include "doctor/clock.h"
#include "doctor/disk.h"
#include "doctor/environment.h"
#include "pattern/matcher.h"
#include "pattern/pattern.h"
#include "proxy/config.h"
#include "store/examination.h"
#include "store/state_redis.h"

namespace mogura::app {
namespace {

namespace fs = std::filesystem;
using doctor::Level;
using doctor::Remark;
using doctor::Remarks;

constexpr std::chrono::seconds kDatabasePatience{10}, kRedisPatience{3};
constexpr std::chrono::milliseconds kRedisPause{20};
constexpr std::size_t kExemptionBytes = std::size_t{16} << 20;
constexpr std::uint64_t kLargeLog = std::uint64_t{256} << 20;
constexpr double kShortestSpanDays = 1.0 / 24, kSecondsADay = 86'400;
constexpr double kMegabyte = 1 << 20;
constexpr std::size_t kMostPatterns = 100'000;

// Whether the doctor lacks the permission; SQLite wants to write beside a database that is open, even to read
// it.
bool is_out_of_reach(const std::string& path, int wanted) {
  return access(path.c_str(), wanted) != 0 && errno == EACCES;
}

// For what could not be read: nobody's fault, where the doctor lacks the permission.
Remark not_read(const char* check, const Error& error, const std::string& path, const char* advice = "",
                int wanted = R_OK) {
  const bool is_ours = error.code == ErrorCode::kIo && is_out_of_reach(path, wanted);
  return {is_ours ? Level::kUnseen : Level::kProblem, check, "", error.message(),
          is_ours ? "run the doctor as root, or as the services' user, to look there" : advice};
}

double bytes_per_day(const store::Examination& found) {
  if (!found.first || !found.last || found.sessions == 0) return 0;
  const double days = to_seconds(*found.last - *found.first) / kSecondsADay;
  return days < kShortestSpanDays ? 0 : static_cast<double>(found.bytes) / days;
}

std::string about(const store::Examination& found) {
  std::string text = fmt::format("schema {}, {} sessions, {:.1f} MB", found.schema, found.sessions,
                                 static_cast<double>(found.bytes) / kMegabyte);
  if (!found.is_whole) text += ", too large to be looked through in the time";
  if (found.schema < found.known_schema) text += ", is brought up to date by the next program that writes it";
  return text;
}

void judge_database(const std::string& path, const store::Examination& found, Timestamp now,
                    Remarks& remarks) {
  if (!found.damage.empty()) {
    remarks.push_back(
        {Level::kProblem, "database", path, "is damaged: " + found.damage,
         "stop the services; sqlite3 " + path + " .recover | sqlite3 new.db; put new.db in its place"});
  } else {
    remarks.push_back({Level::kOk, "database", path, about(found), ""});
  }
  if (found.log_bytes > kLargeLog) {
    remarks.push_back({Level::kWarning, "database", path + "-wal",
                       fmt::format("has grown to {:.0f} MB: some program reads without an end",
                                   static_cast<double>(found.log_bytes) / kMegabyte),
                       "restart the services"});
  }
  if (!found.analysed_by.empty() && found.analysed_by != kVersion) {
    remarks.push_back({Level::kOk, "version", path, "was last analysed by mogura " + found.analysed_by, ""});
  }
  if (found.last) {
    if (auto remark = doctor::judge_latest(path, *found.last, now)) remarks.push_back(std::move(*remark));
  }
}

std::vector<std::string> pattern_files(const std::string& folder, std::error_code& error) {
  std::vector<std::string> files;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator() && files.size() < kMostPatterns;
       entries.increment(error)) {
    const fs::path& path = entries->path();
    if (path.extension() == ".toml" && !path.filename().string().starts_with('.'))
      files.push_back(path.string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void report_expired(const char* check, const std::string& path, std::size_t entries, std::size_t expired,
                    Remarks& remarks) {
  if (expired == 0) {
    remarks.push_back({Level::kOk, check, path, fmt::format("{} entries", entries), ""});
  } else {
    remarks.push_back({Level::kWarning, check, path,
                       fmt::format("{} of {} entries have expired", expired, entries),
                       "renew them, or take them out"});
  }
}

void check_exemptions(const std::string& path, Timestamp now, Remarks& remarks) {
  const Result<std::string> text = read_file(path, kExemptionBytes);
  challenge::Exemptions list;
  const Result<void> added = text ? list.add(*text, path) : tl::unexpected(text.error());
  if (!added) {
    remarks.push_back(not_read("exemptions", added.error(), path));
    return;
  }
  const auto expired =
      std::count_if(list.entries().begin(), list.entries().end(),
                    [now](const challenge::Exemption& one) { return one.expires && *one.expires <= now; });
  report_expired("exemptions", path, list.entries().size(), static_cast<std::size_t>(expired), remarks);
}

// Any program that reads the file says more, with its line.
Result<void> read_all(const std::string& path, const proxy::Options& options) {
  std::string contradiction = proxy::contradiction_in(options);
  if (!contradiction.empty()) return fail(ErrorCode::kUsage, path, std::move(contradiction));
  if (Result<void> checked = proxy::check_password_file(options.access); !checked) return checked;
  return proxy::check_interception(options.intercept, clock_now());
}

}  // namespace

void check_versions(Remarks& remarks) {
  utsname system{};
  uname(&system);
  const Result<std::string> release = read_file("/etc/os-release", std::size_t{64} << 10);
  const std::string name = release ? doctor::assigned_in(*release, "PRETTY_NAME") : "";
  remarks.push_back({Level::kOk, "version", "",
                     fmt::format("mogura {}, SQLite {}, {} {}{}{}", kVersion, store::sqlite_version(),
                                 system.sysname, system.release, name.empty() ? "" : ", ", name),
                     ""});
}

void check_proxy(const Installation& installation, Remarks& remarks) {
  if (!is_there(installation.config)) return;
  const std::string& path = installation.config.path;
  const Result<proxy::Options> options = read_proxy_config(path);
  const Result<void> read = options ? read_all(path, *options) : tl::unexpected(options.error());
  if (!read) {
    remarks.push_back(
        not_read("proxy", read.error(), path, "mogura config show prints every key with its meaning"));
    return;
  }
  remarks.push_back({Level::kOk, "proxy", path, "makes sense", ""});
  for (const std::string& doubt : proxy::doubts_about(*options)) {
    remarks.push_back({Level::kWarning, "proxy", path, doubt, ""});
  }
}

void check_database(const Installation& installation, Timestamp now, Remarks& remarks) {
  const std::string& path = installation.database.path;
  const std::string folder = fs::path(path).parent_path().string();
  double growth = 0;
  if (is_there(installation.database)) {
    const auto found = store::examine_database(path, kDatabasePatience);
    if (found) {
      judge_database(path, *found, now, remarks);
      growth = bytes_per_day(*found);
    } else {
      remarks.push_back(not_read("database", found.error(), path, "", W_OK));
    }
  }
  const std::string disk = folder.empty() ? "." : folder;
  if (is_there({disk, false}))
    remarks.push_back(doctor::judge_disk(disk, doctor::look_at_disk(disk), growth));
}

void check_patterns(const Installation& installation, Remarks& remarks) {
  if (!is_there(installation.patterns)) return;
  const std::string& folder = installation.patterns.path;
  std::error_code error;
  const std::vector<std::string> files = pattern_files(folder, error);
  if (error) {
    remarks.push_back(not_read("patterns", {ErrorCode::kIo, folder, error.message()}, folder));
    return;
  }
  std::vector<pattern::Pattern> good;
  for (const std::string& file : files) {
    const Result<std::string> text = read_file(file, pattern::kPatternFileBytes);
    Result<pattern::Pattern> parsed = text ? pattern::parse(*text, file) : tl::unexpected(text.error());
    if (parsed) {
      good.push_back(std::move(*parsed));
    } else {
      remarks.push_back(not_read("patterns", parsed.error(), file,
                                 "with it in the folder, none of the patterns is loaded"));
    }
  }
  const std::size_t count = good.size();
  const auto matcher = pattern::Matcher::make(std::move(good));
  if (!matcher) {
    remarks.push_back({Level::kProblem, "patterns", folder, matcher.error().message(), ""});
  } else if (count == files.size()) {
    remarks.push_back({Level::kOk, "patterns", folder, fmt::format("{} patterns load", count), ""});
  }
}

void check_lists(const Installation& installation, Timestamp now, Remarks& remarks) {
  if (is_there(installation.allow)) {
    const std::string& path = installation.allow.path;
    if (const Result<finding::AllowList> list = read_allow_file(path)) {
      report_expired("allow-list", path, list->entries().size(), list->expired(now), remarks);
    } else {
      remarks.push_back(not_read("allow-list", list.error(), path));
    }
  }
  for (const Place& place : installation.exemptions) check_exemptions(place.path, now, remarks);
}

// The store connects by itself, and says why it is not there as long as it is not.
void check_redis(const Installation& installation, Remarks& remarks) {
  if (installation.redis.empty()) return;
  store::StateRedisOptions options;
  options.url = installation.redis;
  const auto opened = store::open_state_redis(options);
  if (!opened) {
    remarks.push_back({Level::kProblem, "redis", "", opened.error().message(), ""});
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + kRedisPatience;
  std::string error = (*opened)->last_error();
  while (!error.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kRedisPause);
    error = (*opened)->last_error();
  }
  (*opened)->stop();
  if (error.empty()) {
    remarks.push_back({Level::kOk, "redis", "", "answers, and takes our script", ""});
  } else {
    remarks.push_back(
        {Level::kProblem, "redis", "", error, "while it is away, requests are relayed and not judged"});
  }
}

}  // namespace mogura::app
