#pragma once

// Rights that a program started as root by hand gives up: it goes on as a user of its own. In two steps, so
// that what it opens in between is opened as that user, and what it can open once it can open again, at a
// reload too:
//
//   step_down()  early, before files are opened and threads are started: groups and effective user are the
//   other
//                one's, no_new_privs is set, the bounding set is empty; only what is `kept` is left, for
//                sockets.
//   settle()     when the sockets are open: nothing is left, in any thread, and there is no way back.
//
// What only root may read or write cannot be used by a program that has stepped down: that is said at once,
// when it opens it the first time. Credentials are the whole process's; call both on the main thread.

#include <initializer_list>
#include <string>

#include "base/result.h"

namespace mogura::app {

// The user of the services (packaging/sysusers.conf).
inline constexpr const char* kServiceUser = "mogura";

// By their numbers in linux/capability.h.
enum class Capability : unsigned { kDacReadSearch = 2, kNetBindService = 10, kNetRaw = 13 };

struct SteppedDown {
  std::string user;     // as whom it goes on; empty: as before
  std::string warning;  // why it goes on as root, where nobody has asked for that
};

// `user`: a name; "root" to stay; empty: kServiceUser, and where there is no such user, or it is none of this
// user namespace, it stays root with a warning. Not started as root: nothing happens. Errors: kUsage (no such
// user, or only root can become it), kIo (the system refuses; rights may then be gone in part, so end).
Result<SteppedDown> step_down(const std::string& user, std::initializer_list<Capability> kept);

// step_down(), saying on stderr what came of it: the warning in any case, the user unless `is_quiet`.
Result<void> step_down_aloud(const std::string& user, std::initializer_list<Capability> kept, bool is_quiet);

// Without step_down(): gives up capabilities that came with the file or from systemd, in this thread and
// those that it starts; root stays root.
Result<void> settle();

// The text of /proc/self/uid_map: whether this user namespace has the user.
bool has_user(const std::string& uid_map, unsigned user);

}  // namespace mogura::app
