#include "logs/log_source.h"

#include <algorithm>
#include <map>

#include "logs/detail/input_file.h"
#include "logs/detail/missing.h"
#include "logs/detail/open_sessions.h"
#include "logs/detail/zeek_files.h"
#include "logs/eve.h"
#include "logs/session_line.h"
#include "logs/squid.h"

namespace mogura::logs {
namespace {

using detail::InputFile;

// Squid's times end at milliseconds. The line's number takes the place of what is behind, so that two
// requests of one client in one millisecond are two sessions with two names.
Duration below_millisecond(std::uint64_t line_number) {
  return std::chrono::microseconds(line_number % 1000);
}

// One call of read().
class Reading {
 public:
  Reading(const Limits& limits, const Consumer& on_session, const Progress& on_progress)
      : limits_(limits), on_session_(on_session), on_progress_(on_progress) {}

  Outcome run(const std::vector<std::string>& paths, std::optional<Format> given) {
    files_ = detail::find_files(paths, given);
    for (InputFile& file : files_) {
      if (on_progress_) file.on_read = [this] { show_progress(); };
      all_bytes_ += file.size();
      if (file.recognise(given)) by_format_[file.format()].push_back(&file);
    }
    for (InputFile& file : files_) {
      if (!is_recognised(file)) continue;
      if (file.format() == Format::kSquid) read_squid(file);
      if (file.format() == Format::kSessions) read_sessions(file);
    }
    read_zeek(by_format_[Format::kZeek]);
    read_eve(by_format_[Format::kEve]);
    return outcome();
  }

 private:
  [[nodiscard]] bool is_recognised(const InputFile& file) const {
    return std::any_of(by_format_.begin(), by_format_.end(), [&file](const auto& group) {
      return std::find(group.second.begin(), group.second.end(), &file) != group.second.end();
    });
  }

  void show_progress() const {
    std::uint64_t done = 0;
    for (const InputFile& file : files_) done += file.position();
    on_progress_(done, std::max(all_bytes_, done));
  }

  void hand_out(InputFile& file, const session::Session& session) const {
    file.saw(session.start);
    file.saw(session.end);
    on_session_(session);
  }

  void read_sessions(InputFile& file) {
    file.report.format = "sessions";
    file.forget_beginning();
    fields_.sessions = true;
    SessionLineParser parser;
    session::Session session;
    for (std::string_view line; file.next(line);) {
      const Result<void> parsed = parser.parse(line, session);
      if (parsed) {
        hand_out(file, session);
      } else {
        file.bad_line(parsed.error());
      }
    }
  }

  void read_squid(InputFile& file) {
    file.report.format = "squid";
    file.forget_beginning();
    session::Session session;
    for (std::string_view line; file.next(line);) {
      const Result<SquidOutcome> parsed = parse_squid_line(line, limits_, session);
      if (!parsed) {
        file.bad_line(parsed.error());
        continue;
      }
      file.report.format = name_of(parsed->format);
      fields_.squid[static_cast<std::size_t>(parsed->format)] = true;
      if (parsed->line == SquidLine::kNoRequest) {
        ++counters_["squid_without_request"];
        continue;
      }
      session.start += below_millisecond(file.line_number());
      session.end += below_millisecond(file.line_number());
      hand_out(file, session);
    }
  }

  // Remembers, on the way to the consumer, what the sessions have.
  Consumer noting(detail::MonitorFields& fields) const {
    return [this, &fields](const session::Session& session) {
      fields.saw(session);
      on_session_(session);
    };
  }

  void read_zeek(const std::vector<InputFile*>& files) {
    if (files.empty()) return;
    fields_.zeek.was_read = true;
    detail::OpenSessions sessions(limits_, kOpenSessions, noting(fields_.zeek));
    const detail::ZeekCounters counters = detail::read_zeek(files, sessions);
    counters_["zeek_not_tcp"] += counters.not_tcp;
    counters_["zeek_other_logs"] += counters.other_logs;
    counters_["sessions_handed_out_early"] += sessions.handed_out_early();
  }

  void read_eve(const std::vector<InputFile*>& files) {
    if (files.empty()) return;
    fields_.eve.was_read = true;
    detail::OpenSessions sessions(limits_, kOpenSessions, noting(fields_.eve));
    for (InputFile* const file : files) read_eve(*file, sessions);
    sessions.finish();
    counters_["sessions_handed_out_early"] += sessions.handed_out_early();
  }

  void read_eve(InputFile& file, detail::OpenSessions& sessions) {
    file.report.format = "eve";
    file.forget_beginning();
    EveReader reader;
    EveRow row;
    for (std::string_view line; file.next(line);) {
      const Result<void> read = reader.read(line, row);
      const Result<EveUse> use = read ? add_eve_row(row, sessions) : tl::unexpected(read.error());
      if (!use) {
        file.bad_line(use.error());
        continue;
      }
      count(row, *use);
      if (const auto time = time_of(row)) file.saw(*time);
    }
  }

  void count(const EveRow& row, EveUse use) {
    // Names of events come from the log; there are some forty.
    constexpr std::size_t kNames = 100;
    if (use == EveUse::kNotTcp) ++counters_["eve_not_tcp"];
    if (use != EveUse::kOtherEvent) return;
    const std::string_view event = row.at(EveColumn::kEvent).substr(0, 32);
    const std::string name = "eve_" + std::string(event) + "_ignored";
    ++counters_[counters_.size() < kNames || counters_.contains(name) ? name : "eve_other_ignored"];
  }

  Outcome outcome() {
    Outcome outcome;
    for (InputFile& file : files_) outcome.inputs.push_back(std::move(file.report));
    for (const auto& [name, number] : counters_) {
      if (number != 0) outcome.counters.emplace_back(name, number);
    }
    outcome.fields_missing = detail::missing_of(fields_);
    outcome.seen = detail::seen_of(fields_);
    return outcome;
  }

  const Limits& limits_;
  const Consumer& on_session_;
  const Progress& on_progress_;
  std::vector<InputFile> files_;
  std::map<Format, std::vector<InputFile*>> by_format_;
  std::uint64_t all_bytes_ = 0;
  detail::FieldsSeen fields_;
  std::map<std::string, std::uint64_t> counters_;
};

}  // namespace

Outcome read(const std::vector<std::string>& paths, std::optional<Format> format, const Limits& limits,
             const Consumer& on_session, const Progress& on_progress) {
  return Reading(limits, on_session, on_progress).run(paths, format);
}

}  // namespace mogura::logs
