#pragma once

// The console: a web page over what has been kept, served from this process. HTTP/1.1 (TLS where there is a
// certificate), the front end built in, sessions in cookies. Loopback needs neither TLS nor login; any other
// address needs both. Strict by default: docs/guides/console.md says what protects what.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "console/workshop.h"
#include "report/archive.h"

namespace mogura::console {

struct Options {
  Endpoint listen{Address::v4(0x7F000001), 8470};
  std::string certificate{}, key{};       // PEM files; both or none
  std::string htpasswd{};                 // who may log in: bcrypt (htpasswd -B) or SHA-crypt
  std::string token_file{};               // a secret of 16 characters or more; who has it logs in as "token"
  std::vector<std::string> host_names{};  // by which it is asked for, besides its address and localhost
  bool is_read_only = false;
  unsigned threads = 2;  // 1 to 64; each has an Archive of its own
  std::chrono::seconds session_idle{8 * 3600}, session_longest{24 * 3600};

  [[nodiscard]] bool has_tls() const { return !certificate.empty(); }
  [[nodiscard]] bool has_login() const { return !htpasswd.empty() || !token_file.empty(); }
};

// Empty: they fit together. Else what does not, in words ("--listen 192.0.2.1:8470 needs --certificate …").
std::string contradiction_in(const Options& options);

// What others provide. Everything outlives the console.
struct Surroundings {
  // Called once per thread, on the thread of open().
  std::function<Result<std::unique_ptr<report::Archive>>()> open_archive;
  Workshop* workshop = nullptr;
  std::string version{};
  // What should be said to whoever runs it (a failing login, a limit that was hit), one line each; any
  // thread.
  std::function<void(const std::string&)> note;
};

class Console {
 public:
  // Binds. Errors: kUsage, kIo (address in use, files), kFormat (certificate, password file).
  static Result<std::unique_ptr<Console>> open(const Options& options, Surroundings surroundings);
  ~Console();

  void start();
  // Ends live events and idle connections at once; what is being answered gets five seconds.
  void stop();
  // Reads passwords, token and certificate again, as it does by itself some seconds after they have changed.
  // What cannot be read leaves what there was, and is noted. Any thread.
  void reload();
  [[nodiscard]] Endpoint endpoint() const;  // where it really listens

 private:
  struct Impl;
  explicit Console(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::console
