#include "app/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <vector>

#include "app/read_file.h"

namespace mogura::app {
namespace {

constexpr std::size_t kMostUserBytes = std::size_t{64} << 10;
constexpr std::size_t kMostMapBytes = std::size_t{64} << 10;
constexpr unsigned kMostCapabilities = 64;
constexpr uid_t kSame = static_cast<uid_t>(-1);

struct User {
  std::string name;
  uid_t id = 0;
  gid_t group = 0;
};

Result<void> refused(const char* what) {
  return fail(ErrorCode::kIo, what, std::strerror(errno));
}

// Nothing: there is no such user.
Result<User> find_user(const std::string& name) {
  std::vector<char> bytes(kMostUserBytes);
  passwd entry{};
  passwd* found = nullptr;
  const int error = getpwnam_r(name.c_str(), &entry, bytes.data(), bytes.size(), &found);
  if (found == nullptr) {
    return fail(ErrorCode::kUsage, name, error == 0 ? "there is no such user" : std::strerror(error));
  }
  return User{name, entry.pw_uid, entry.pw_gid};
}

bool is_of_this_namespace(uid_t user) {
  const Result<std::string> map = read_file("/proc/self/uid_map", kMostMapBytes);
  return !map || has_user(*map, user);
}

Result<void> set_capabilities(std::uint64_t set) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].permitted = data[i].effective = static_cast<std::uint32_t>(set >> (32 * i));
  }
  if (syscall(SYS_capset, &header, data.data()) != 0) return refused("capset");
  return {};
}

// What no program that this one may start can have again. It starts none; this is for the day it is made to.
Result<void> close_ways_back() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("no_new_privs");
  for (unsigned capability = 0; capability < kMostCapabilities; ++capability) {
    // EINVAL: the kernel has no more. EPERM: root, but without CAP_SETPCAP.
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) break;
  }
  return {};
}

Result<void> become(const User& user, std::uint64_t kept) {
  if (Result<void> closed = close_ways_back(); !closed) return closed;
  if (initgroups(user.name.c_str(), user.group) != 0) return refused("initgroups");
  if (setresgid(user.group, user.group, user.group) != 0) return refused("setresgid");
  if (setresuid(kSame, user.id, kSame) != 0) return refused("setresuid");
  return set_capabilities(kept);
}

SteppedDown stay_root(const std::string& why) {
  return {{}, fmt::format("{}: staying root (--user NAME names another, --user root means it)", why)};
}

}  // namespace

bool has_user(const std::string& uid_map, unsigned user) {
  std::istringstream lines(uid_map);
  std::uint64_t inside = 0, outside = 0, count = 0;
  while (lines >> inside >> outside >> count) {
    if (user >= inside && user - inside < count) return true;
  }
  return false;
}

Result<SteppedDown> step_down(const std::string& name, std::initializer_list<Capability> kept) {
  const bool is_asked_for = !name.empty();
  const std::string wanted = is_asked_for ? name : kServiceUser;
  if (!is_asked_for && geteuid() != 0) return SteppedDown{};
  const Result<User> user = find_user(wanted);
  if (!user) {
    if (is_asked_for) return tl::unexpected(user.error());
    return stay_root("there is no user " + wanted);
  }
  if (user->id == geteuid()) return SteppedDown{};
  if (geteuid() != 0) return fail(ErrorCode::kUsage, wanted, "only root can go on as another user");
  if (!is_of_this_namespace(user->id)) {
    if (is_asked_for) return fail(ErrorCode::kUsage, wanted, "is no user of this user namespace");
    return stay_root("the user " + wanted + " is none of this user namespace");
  }
  std::uint64_t set = 0;
  for (const Capability capability : kept) set |= std::uint64_t{1} << static_cast<unsigned>(capability);
  Result<void> became = become(*user, set);
  if (!became) return tl::unexpected(std::move(became.error()));
  return SteppedDown{wanted, {}};
}

Result<void> step_down_aloud(const std::string& user, std::initializer_list<Capability> kept, bool is_quiet) {
  const Result<SteppedDown> done = step_down(user, kept);
  if (!done) return tl::unexpected(done.error());
  if (!done->warning.empty()) fmt::print(stderr, "mogura: {}\n", done->warning);
  if (!done->user.empty() && !is_quiet) {
    fmt::print(
        stderr,
        "mogura: going on as the user {}; files must be its own to read and write (--user root: stay root)\n",
        done->user);
  }
  return {};
}

// Of all threads: the C library has each of them do it, and a thread whose last user ID that was root's
// becomes another loses its capabilities (capabilities(7), "Effect of user ID changes on capabilities").
Result<void> settle() {
  const uid_t user = geteuid();
  if (user == 0) return {};
  uid_t real = 0, effective = 0, saved = 0;
  if (getresuid(&real, &effective, &saved) != 0) return refused("getresuid");
  if (real == user && saved == user) {
    // Best done, and no harm where a filter of system calls does not let it: whoever gave them knows.
    (void)set_capabilities(0);
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return {};
  }
  if (setresuid(user, user, user) != 0) return refused("setresuid");
  if (Result<void> emptied = set_capabilities(0); !emptied) return emptied;
  if (setresuid(kSame, 0, kSame) == 0)
    return fail(ErrorCode::kIo, "setresuid", "there is still a way back to root");
  return {};
}

}  // namespace mogura::app
