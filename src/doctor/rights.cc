#include "doctor/rights.h"

#include <sys/xattr.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace mogura::doctor {
namespace {

constexpr std::uint64_t kNetRaw = std::uint64_t{1} << 13;
constexpr std::string_view kEffective = "CapEff:\t";
constexpr std::size_t kRevision2Bytes = 20;  // and revision 3: 4 more

std::uint32_t load_le32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= std::uint32_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
  }
  return value;
}

bool holds_net_raw(const std::optional<std::uint64_t>& set) {
  return set && (*set & kNetRaw) != 0;
}

}  // namespace

std::optional<std::uint64_t> parse_effective(std::string_view status) {
  const std::size_t at = status.find(kEffective);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = status.substr(at + kEffective.size());
  std::uint64_t set = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), set, 16);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return set;
}

// 0 magic and flags, 4 permitted (low), 8 inheritable, 12 permitted (high), 16 inheritable, 20 root's number
std::optional<std::uint64_t> parse_file_capabilities(std::string_view attribute) {
  if (attribute.size() < kRevision2Bytes) return std::nullopt;
  return std::uint64_t{load_le32(attribute, 12)} << 32 | load_le32(attribute, 4);
}

CaptureRights look_at_rights(bool has_unit) {
  std::ifstream file("/proc/self/status");
  const std::string status{std::istreambuf_iterator<char>(file), {}};
  std::array<char, 64> bytes{};
  const ssize_t size = getxattr("/proc/self/exe", "security.capability", bytes.data(), bytes.size());
  const std::string_view attribute(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return {holds_net_raw(parse_effective(status)), holds_net_raw(parse_file_capabilities(attribute)),
          has_unit};
}

Remark judge_rights(const CaptureRights& rights) {
  if (rights.has_effective) return {Level::kOk, "capture", "", "this process has CAP_NET_RAW", ""};
  if (rights.has_by_file) return {Level::kOk, "capture", "", "the program's file has CAP_NET_RAW", ""};
  if (rights.has_unit) {
    return {Level::kOk, "capture", "",
            "mogura-watch@ gets CAP_NET_RAW from its unit; by hand, root is needed", ""};
  }
  return {Level::kWarning, "capture", "", "without CAP_NET_RAW, this user cannot capture",
          "use mogura-watch@INTERFACE.service, or root, or: setcap cap_net_raw+ep $(command -v mogura)"};
}

}  // namespace mogura::doctor
