#pragma once

// What clients answered to the challenge within the last day, and what was noticed of them, for the analysis
// of the population: events become values of room finding. Any thread.

#include <chrono>
#include <cstdint>
#include <mutex>

#include "finding/answers.h"
#include "proxy/proxy.h"
#include "session/redactor.h"

namespace mogura::app {

class AnswerBook {
 public:
  // `redactor`: nullptr where clients are told by their addresses; it must outlive this.
  AnswerBook(const session::Redactor* redactor, std::chrono::seconds window)
      : redactor_(redactor), window_(window) {}

  void add(const proxy::Event& event);
  // Of an earlier run.
  void restore(finding::Answers answers);
  // A copy, without what has left the window.
  [[nodiscard]] finding::Answers at(Timestamp now);
  // Programs that were too many.
  [[nodiscard]] std::uint64_t lost();

 private:
  const session::Redactor* const redactor_;
  const std::chrono::seconds window_;
  std::mutex mutex_;  // guards the rest
  finding::Answers answers_;
};

}  // namespace mogura::app
