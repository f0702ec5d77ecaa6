#pragma once

// Files and folders: who owns them, who may what, and whether that is as it should be. Any thread.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "doctor/remark.h"

namespace mogura::doctor {

// Whom the services run as.
struct Account {
  std::string name;
  uid_t user = 0;
  std::vector<gid_t> groups;
};
// Nothing: there is no such user.
std::optional<Account> find_account(const std::string& name);
// Whoever runs the doctor.
Account this_account();

struct FileFacts {
  std::string path;
  int error = 0;  // of stat(): ENOENT, EACCES; 0: the rest is known
  bool is_folder = false;
  uid_t owner = 0;
  gid_t group = 0;
  unsigned mode = 0;  // 07777
};
FileFacts look_at(const std::string& path);
// The folders on the way to a path, from the root, without the path itself.
std::vector<FileFacts> folders_above(const std::string& path);

// Permissions as the mode says: access control lists and read-only mounts are not looked at.
inline constexpr unsigned kRead = 4, kWrite = 2, kEnter = 1;
bool may(const Account& account, const FileFacts& file, unsigned wanted);

// A file with a secret: nobody but its owner and root, and whoever must read it can.
Remark judge_secret(const FileFacts& file, const Account& reader);
// A file that a service reads, and nobody but root (or the service itself) may change.
Remark judge_configuration(const FileFacts& file, const std::vector<FileFacts>& above, const Account& reader);
// A folder that a service writes into. `check`: "folder", or what it is for.
Remark judge_writable_folder(const FileFacts& folder, const std::vector<FileFacts>& above,
                             const Account& writer);

}  // namespace mogura::doctor
