#pragma once

// The database of a running `watch`: sessions and alerts are queued and written by a thread of its own, and
// committed every second. What the file cannot take is counted, and said once.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "finding/allow.h"
#include "report/archive.h"
#include "store/store.h"

namespace mogura::app {

struct StoreWriterOptions {
  // A full queue makes add() wait instead of losing sessions: for files, which can wait.
  bool waits = false;
  // What is older than this, against the latest session, is deleted (store::Store::forget_before); 0:
  // nothing.
  std::chrono::seconds keep{};
};

struct StoreWriterCounters {
  store::StoreCounters store;
  std::uint64_t queued = 0;  // sessions
  std::uint64_t lost = 0;    // sessions and other rows that found the queue full
};

// add() and the questions: any thread, the latter wait for the writer.
class StoreWriter {
 public:
  // Sessions waiting to be written, each of some kilobytes; and from how many the writer begins at once.
  static constexpr std::size_t kQueued = 16'384;
  static constexpr std::size_t kMuch = 2'048;

  StoreWriter(store::Store store, const StoreWriterOptions& options)
      : options_(options), store_(std::move(store)) {}
  ~StoreWriter() { stop(); }

  void start();
  // Writes what is queued. May be called again.
  void stop();

  void add(const session::Session& session);
  void add(const report::Alert& alert);
  void add(const report::VerdictRow& verdict);
  void add(const report::ChallengeHour& hour);  // its count on top of what is there
  // The latest is kept, written with the next commit.
  void put(const report::Sensor& sensor);

  // As Store's; `on_line` must not use this.
  Result<void> read_sessions(Timestamp from, Timestamp to,
                             const std::function<void(std::string_view)>& on_line);
  [[nodiscard]] bool has_alert(const std::string& alert_id);
  [[nodiscard]] bool is_announced(const std::string& finding_id);
  // By a person, in the console; a finding that cannot be asked for is not.
  [[nodiscard]] bool is_sanctioned(const std::string& finding_id, Timestamp now);
  // Queued behind the alerts added before: a killed program has announced nothing whose alert is not stored.
  void set_announced(const std::string& finding_id, Timestamp time);
  // The allow list of what is stored; nullptr: an empty one. It is applied at once and after each analysis.
  void set_allowed(std::shared_ptr<const finding::AllowList> allowed, Timestamp now);
  // As Store's.
  void put_answers(const finding::Answers& answers);
  [[nodiscard]] Result<finding::Answers> read_answers();
  void put_analysis(const report::Analysis& analysis, Timestamp now);
  void put_findings_without_sessions(const std::vector<finding::Finding>& findings, Timestamp now);

  [[nodiscard]] StoreWriterCounters counters();

 private:
  struct Work {
    std::vector<session::Session> sessions;
    std::vector<report::Alert> alerts;
    std::vector<std::pair<std::string, Timestamp>> announced;
    std::vector<report::VerdictRow> verdicts;
    std::vector<report::ChallengeHour> challenges;
    std::optional<report::Sensor> sensor;
  };

  void run();
  // Counted as lost where the queue is full.
  template <class Row>
  void add_to(std::vector<Row>& queue, const Row& row);
  void write(const Work& work);
  Result<void> write_rest(const Work& work);
  Result<void> write_announced();
  void forget_old();
  Result<void> apply_allowed(Timestamp now);
  // Says that writing fails, once until it works again.
  void tell(const Result<void>& done);

  const StoreWriterOptions options_;

  std::mutex mutex_;  // guards the queue
  std::condition_variable filled_, emptied_;
  Work queue_;
  bool is_stopping_ = false;
  std::uint64_t lost_ = 0;

  std::mutex store_mutex_;  // guards the rest
  store::Store store_;
  std::shared_ptr<const finding::AllowList> allowed_;
  std::vector<std::pair<std::string, Timestamp>> announced_;  // until a commit of their alerts has worked
  bool is_failing_ = false;
  Timestamp latest_{};                  // end of a session
  std::optional<Timestamp> forgotten_;  // when old sessions were last deleted

  std::thread thread_;
};

}  // namespace mogura::app
