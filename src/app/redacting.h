#pragma once

// What of a session everything behind gets to see: the session itself, or a redacted copy. One thread each.

#include "session/redactor.h"

namespace mogura::app {

class Redacting {
 public:
  // nullptr: nothing is redacted. It must outlive this.
  explicit Redacting(const session::Redactor* redactor = nullptr) : redactor_(redactor) {}

  // Valid until the next call, and as long as `session`.
  const session::Session& operator()(const session::Session& session) {
    if (redactor_ == nullptr) return session;
    copy_ = session;
    redactor_->redact(copy_);
    return copy_;
  }

 private:
  const session::Redactor* redactor_;
  session::Session copy_;
};

}  // namespace mogura::app
