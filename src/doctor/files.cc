#include "doctor/files.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mogura::doctor {
namespace {

constexpr int kMostGroups = 65'536;
constexpr std::size_t kMostUserBytes = std::size_t{64} << 10;

bool is_in(const Account& account, gid_t group) {
  return std::find(account.groups.begin(), account.groups.end(), group) != account.groups.end();
}

// What hinders the account on the way; nullptr: nothing that could be seen.
const FileFacts* barrier(const std::vector<FileFacts>& above, const Account& account) {
  const auto found = std::find_if(above.begin(), above.end(), [&account](const FileFacts& folder) {
    return folder.error == 0 && !may(account, folder, kEnter);
  });
  return found == above.end() ? nullptr : &*found;
}

Remark not_seen(const char* check, const FileFacts& file) {
  const bool is_missing = file.error == ENOENT || file.error == ENOTDIR;
  return {is_missing ? Level::kProblem : Level::kUnseen, check, file.path, std::strerror(file.error),
          is_missing ? "" : "run the doctor as root to look there"};
}

std::string barrier_text(const FileFacts& folder, const Account& account) {
  return fmt::format("the user {} cannot enter {}", account.name, folder.path);
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
  std::vector<char> bytes(kMostUserBytes);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(name.c_str(), &entry, bytes.data(), bytes.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  int count = kMostGroups;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (getgrouplist(name.c_str(), entry.pw_gid, groups.data(), &count) < 0) count = 0;
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return Account{name, entry.pw_uid, std::move(groups)};
}

Account this_account() {
  Account account{"", geteuid(), {getegid()}};
  const passwd* const entry = getpwuid(account.user);
  account.name = entry != nullptr ? entry->pw_name : fmt::format("{}", account.user);
  std::vector<gid_t> groups(kMostGroups);
  const int count = getgroups(kMostGroups, groups.data());
  for (int i = 0; i < count; ++i) account.groups.push_back(groups[static_cast<std::size_t>(i)]);
  return account;
}

FileFacts look_at(const std::string& path) {
  FileFacts facts;
  facts.path = path;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    facts.error = errno;
    return facts;
  }
  facts.is_folder = S_ISDIR(status.st_mode);
  facts.owner = status.st_uid;
  facts.group = status.st_gid;
  facts.mode = status.st_mode & 07777u;
  return facts;
}

std::vector<FileFacts> folders_above(const std::string& path) {
  std::vector<FileFacts> folders;
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (slash + 1 == path.size()) break;
    folders.push_back(look_at(slash == 0 ? "/" : path.substr(0, slash)));
  }
  return folders;
}

bool may(const Account& account, const FileFacts& file, unsigned wanted) {
  if (file.error != 0) return false;
  if (account.user == 0) return true;
  const unsigned shift = account.user == file.owner ? 6 : is_in(account, file.group) ? 3 : 0;
  return (file.mode >> shift & wanted) == wanted;
}

Remark judge_secret(const FileFacts& file, const Account& reader) {
  if (file.error != 0) return not_seen("secret", file);
  if (file.is_folder) return {Level::kProblem, "secret", file.path, "is a folder", ""};
  if ((file.mode & 077u) != 0) {
    return {Level::kProblem, "secret", file.path, fmt::format("is open to others (mode {:04o})", file.mode),
            fmt::format("chmod 600 {}; if others may have read it, replace it", file.path)};
  }
  if (!may(reader, file, kRead)) {
    return {Level::kProblem, "secret", file.path, fmt::format("the user {} cannot read it", reader.name),
            fmt::format("chown {} {}", reader.name, file.path)};
  }
  return {Level::kOk, "secret", file.path, "is its owner's alone", ""};
}

Remark judge_configuration(const FileFacts& file, const std::vector<FileFacts>& above,
                           const Account& reader) {
  if (file.error != 0) return not_seen("configuration", file);
  const bool is_others = file.owner != 0 && file.owner != reader.user;
  const bool is_open =
      (file.mode & 02u) != 0 || ((file.mode & 020u) != 0 && file.group != 0 && !is_in(reader, file.group));
  if (is_others || is_open) {
    return {Level::kProblem, "configuration", file.path,
            fmt::format("others than root may change it (owner {}, mode {:04o})", file.owner, file.mode),
            fmt::format("chown root:{} {}; chmod o-w,g-w {}", reader.name, file.path, file.path)};
  }
  if (const FileFacts* const folder = barrier(above, reader)) {
    return {Level::kProblem, "configuration", file.path, barrier_text(*folder, reader),
            fmt::format("chgrp {} {}; chmod g+x {}", reader.name, folder->path, folder->path)};
  }
  if (!may(reader, file, file.is_folder ? kRead | kEnter : kRead)) {
    return {Level::kProblem, "configuration", file.path,
            fmt::format("the user {} cannot read it", reader.name),
            fmt::format("chgrp {} {}; chmod g+r {}", reader.name, file.path, file.path)};
  }
  return {Level::kOk, "configuration", file.path, "can be read by the services, and changed by root only",
          ""};
}

Remark judge_writable_folder(const FileFacts& folder, const std::vector<FileFacts>& above,
                             const Account& writer) {
  if (folder.error != 0) return not_seen("folder", folder);
  if (!folder.is_folder) return {Level::kProblem, "folder", folder.path, "is no folder", ""};
  if (const FileFacts* const barred = barrier(above, writer)) {
    return {Level::kProblem, "folder", folder.path, barrier_text(*barred, writer),
            fmt::format("chmod o+x {}", barred->path)};
  }
  if (!may(writer, folder, kRead | kWrite | kEnter)) {
    return {Level::kProblem, "folder", folder.path,
            fmt::format("the user {} cannot write there", writer.name),
            fmt::format("chown {} {}", writer.name, folder.path)};
  }
  if ((folder.mode & 02u) != 0) {
    return {Level::kProblem, "folder", folder.path,
            fmt::format("everybody may write there (mode {:04o})", folder.mode),
            fmt::format("chmod o-w {}", folder.path)};
  }
  if ((folder.mode & 05u) != 0) {
    return {Level::kWarning, "folder", folder.path,
            fmt::format("everybody may look into it (mode {:04o}), where addresses and names are kept",
                        folder.mode),
            fmt::format("chmod o-rx {}", folder.path)};
  }
  return {Level::kOk, "folder", folder.path, fmt::format("the user {} can write there", writer.name), ""};
}

}  // namespace mogura::doctor
