#include "doctor/disk.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <charconv>
#include <limits>

namespace mogura::doctor {
namespace {

constexpr double kMegabyte = 1 << 20;
constexpr double kScarce = 0.05, kScarceBytes = 64 * kMegabyte;
constexpr double kScarceDays = 7;
// Logs, the database, connections to origins kept for later.
constexpr std::uint64_t kOtherDescriptors = 256;

}  // namespace

DiskFacts look_at_disk(const std::string& path) {
  struct statvfs facts {};
  if (statvfs(path.c_str(), &facts) != 0) return {};
  return {true, std::uint64_t{facts.f_blocks} * facts.f_frsize,
          std::uint64_t{facts.f_bavail} * facts.f_frsize};
}

Remark judge_disk(const std::string& path, const DiskFacts& facts, double bytes_per_day) {
  if (!facts.is_known) return {Level::kUnseen, "disk", path, "how much is free cannot be seen", ""};
  const auto free_bytes = static_cast<double>(facts.free_bytes);
  std::string text = fmt::format("{:.0f} MB are free", free_bytes / kMegabyte);
  const double days =
      bytes_per_day > 0 ? free_bytes / bytes_per_day : std::numeric_limits<double>::infinity();
  if (bytes_per_day > 0) text += fmt::format("; {:.1f} MB a day are written", bytes_per_day / kMegabyte);
  const bool is_full = free_bytes < kScarceBytes || days < 1;
  const bool is_scarce = free_bytes < kScarce * static_cast<double>(facts.bytes) || days < kScarceDays;
  if (!is_full && !is_scarce) return {Level::kOk, "disk", path, std::move(text), ""};
  return {is_full ? Level::kProblem : Level::kWarning, "disk", path, std::move(text),
          "make room, or keep less: --keep of watch, rotate in /etc/logrotate.d/mogura"};
}

std::optional<std::uint64_t> parse_descriptors(std::string_view limits) {
  constexpr std::string_view kLine = "Max open files";
  std::size_t at = limits.find(kLine);
  if (at == std::string_view::npos) return std::nullopt;
  at = limits.find_first_not_of(' ', at + kLine.size());
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = limits.substr(at);
  if (rest.starts_with("unlimited")) return std::numeric_limits<std::uint64_t>::max();
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), limit);
  if (error != std::errc() || end == rest.data()) return std::nullopt;
  return limit;
}

Remark judge_descriptors(const std::string& whose, std::uint64_t limit, std::uint64_t connections) {
  const std::uint64_t wanted = 2 * connections + kOtherDescriptors;
  if (limit >= wanted)
    return {Level::kOk, "descriptors", whose, fmt::format("{} for {} connections", limit, connections), ""};
  return {Level::kWarning, "descriptors", whose,
          fmt::format("{} are too few for {} connections of clients, which may need {}", limit, connections,
                      wanted),
          "LimitNOFILE= of the unit, or ulimit -n; or a smaller limits.connections"};
}

}  // namespace mogura::doctor
