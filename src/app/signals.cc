#include "app/signals.h"

namespace mogura::app {

Signals::Signals() {
  sigemptyset(&held_);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT, kWake}) sigaddset(&held_, signal);
  pthread_sigmask(SIG_BLOCK, &held_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction interrupt {};
  interrupt.sa_handler = [](int) {};
  sigaction(kInterrupt, &interrupt, nullptr);  // without SA_RESTART
}

int Signals::wait(std::chrono::milliseconds patience) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timespec time{seconds.count(), std::chrono::nanoseconds(patience - seconds).count()};
  const int signal = sigtimedwait(&held_, nullptr, &time);
  return signal > 0 ? signal : 0;
}

}  // namespace mogura::app
