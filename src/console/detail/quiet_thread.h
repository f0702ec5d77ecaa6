#pragma once

// Signals are the main thread's matter: a thread begun here never gets one.

#include <pthread.h>

#include <csignal>
#include <thread>
#include <utility>

namespace mogura::console::detail {

template <class Function>
std::thread quiet_thread(Function function) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(function));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace mogura::console::detail
