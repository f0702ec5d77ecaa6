#pragma once

// Signals are the main thread's matter: threads that begin while this lives never get one. Writing to what
// nobody reads any more is then an error in them, not SIGPIPE.

#include <pthread.h>

#include <csignal>

namespace mogura::service {

class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace mogura::service
