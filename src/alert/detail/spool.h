#pragma once

// A queue of lines in a file, for alerts that wait for better times. One thread, one process (the file is
// locked). Nothing is synced to disk: a killed process loses no line, a power failure may lose the last ones.
//
//   # mogura.spool/1
//   #"alert_id":…            taken: the first byte, '{', has become '#'
//   {"alert_id":…            waiting; the first of them is front()
//   {"aler                   cut short by a crash: forgotten at open(), and counted
//
// When the last line is taken the file becomes short again; when its limit is reached and taken lines fill
// half of it, the others are copied to a new file.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alert/detail/descriptor.h"
#include "base/result.h"

namespace mogura::alert::detail {

inline constexpr std::string_view kSpoolHead = "# mogura.spool/1\n";
// A longer line is not taken; one found in the file is damaged.
inline constexpr std::size_t kSpoolLineBytes = std::size_t{1} << 20;

class Spool {
 public:
  // Makes the file (mode 0600) or reads what an earlier process left. Errors: kIo; kFormat: a file with
  // something else in it, which is left as it was.
  static Result<Spool> open(const std::string& path, std::size_t limit_bytes);

  // A line that begins with '{' and has no line feed. Errors: kLimit (full), kIo (disk full, …), kFormat (not
  // such a line); then nothing of it is in the file.
  Result<void> append(std::string_view line);
  // The oldest line waiting, without line feed; nothing when there is none. Errors: kIo.
  Result<std::optional<std::string>> front();
  // Takes it out.
  Result<void> pop_front();

  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  // Lines found at open() that were cut short or are none of ours.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

 private:
  Spool(std::string path, std::size_t limit) : path_(std::move(path)), limit_(limit) {}
  Result<void> read_all(std::uint64_t size);
  Result<void> find_front();
  Result<void> shorten();
  Result<void> compact();
  [[nodiscard]] tl::unexpected<Error> io_error(int error) const;

  std::string path_;
  std::size_t limit_;
  Descriptor file_;
  std::uint64_t begin_ = kSpoolHead.size();  // of the front line; end_ if there is none
  std::uint64_t end_ = kSpoolHead.size();    // of the file
  std::uint64_t waiting_ = 0, damaged_ = 0;
  std::optional<std::string> front_;
};

enum class SpoolLine : std::uint8_t { kWaiting, kTaken, kDamaged };
SpoolLine kind_of(std::string_view line);

}  // namespace mogura::alert::detail
