#pragma once

// Remembers answers in a folder, one file each. The name of a file is a digest of what was asked, so that
// nothing a server or user wrote becomes a path. A file that cannot be read, or is not whole, is as good as
// none. The caller brings the time. One thread; several programs may share a folder, since files are put in
// place whole.
//
//   mogura-whois 1 LF  seconds-since-1970 LF  server SP server ... LF  LF  text

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace mogura::whois::detail {

struct Remembered {
  std::vector<std::string> servers;
  std::string text;
};

class Cache {
 public:
  // An empty folder: remembers nothing. The folder is made when first needed.
  Cache(std::string folder, std::chrono::hours time) : folder_(std::move(folder)), time_(time) {}

  // `server`: where the question began.
  [[nodiscard]] std::optional<Remembered> find(std::string_view server, std::string_view query,
                                               Timestamp now) const;
  // Failures are silent: without a cache everything is only slower.
  void keep(std::string_view server, std::string_view query, const Remembered& answer, Timestamp now) const;

  [[nodiscard]] std::string path_of(std::string_view server, std::string_view query) const;

 private:
  std::string folder_;
  std::chrono::hours time_;
};

}  // namespace mogura::whois::detail
