#pragma once

// One POST at a time to one URL, in a way that another thread can interrupt. libcurl inside; redirects are
// not followed, and nothing but http and https is spoken. What the proxy variables of the environment say
// holds. One thread, but for wake().

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace mogura::alert::detail {

struct HttpAnswer {
  long status = 0;  // 0: there was none
  std::chrono::seconds retry_after{0};
  std::string error;  // why there was none
};

class HttpPost {
 public:
  struct Options {
    std::string url, ca_file;
    double timeout_s = 10;
  };
  // Errors: kUsage.
  static Result<std::unique_ptr<HttpPost>> make(const Options& options);
  ~HttpPost();
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;

  void begin(const std::string& body);  // copied. Not while one is under way
  [[nodiscard]] bool is_under_way() const;
  void cancel();
  // Works on the transfer, until it has ended, `most` has passed or somebody woke it. Without a transfer it
  // only waits.
  std::optional<HttpAnswer> wait(std::chrono::milliseconds most);
  // Ends a wait(), or the next one if there is none now. Any thread.
  void wake();

  // Scheme, host and port of the URL; no more of it is to be shown.
  [[nodiscard]] const std::string& place() const;

 private:
  struct State;
  explicit HttpPost(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mogura::alert::detail
