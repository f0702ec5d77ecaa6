#pragma once

// An authority of the proxy's and one of origins, in files, for tests of what is done with them.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "certificate/authority.h"
#include "proxy/options.h"

namespace mogura::proxy {

// Good for long, so that tests do not depend on when they run: OpenSSL looks at the clock.
inline const Timestamp kTestTime = Timestamp(std::chrono::seconds(1'700'000'000));
inline constexpr std::chrono::days kTestValid{7300};

class TlsFiles {
 public:
  TlsFiles() {
    std::string pattern = testing::TempDir() + "mogura-tls-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    write("ca.pem", own.certificate_pem());
    write("ca.key", std::string(own.key_pem().view()), 0600);
    write("roots.pem", origins.certificate_pem());
  }
  ~TlsFiles() { std::filesystem::remove_all(folder_); }
  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::ofstream(path(name), std::ios::binary) << text;
    chmod(path(name).c_str(), mode);
  }
  [[nodiscard]] Intercept options() const {
    Intercept options;
    options.enabled = true;
    options.certificate_file = path("ca.pem");
    options.key_file = path("ca.key");
    options.trust_files = {path("roots.pem")};
    return options;
  }

  const certificate::Authority own = *certificate::Authority::make("Own", kTestValid, kTestTime);
  const certificate::Authority origins = *certificate::Authority::make("Origins", kTestValid, kTestTime);

 private:
  std::string folder_;
};

}  // namespace mogura::proxy
