#pragma once

// What there is to look at: options, the files of the package, what the configuration names, what runs.

#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "doctor/files.h"
#include "doctor/remark.h"
#include "doctor/systemd.h"
#include "proxy/options.h"

namespace mogura::app {

// Empty: what the installation says, and where it does not, the package's place, if there is something.
struct DoctorOptions {
  std::string folder = "/etc/mogura";  // of the configuration
  std::string config, database, patterns, redis;
  std::vector<std::string> interfaces;
  std::string user;
  bool json = false;
};

// A file or folder: named by somebody, or looked for where the package has it.
struct Place {
  std::string path;
  bool is_named = false;  // then it must be there
};

struct ConsolePlaces {
  std::string certificate, key, htpasswd, token;
  std::optional<Endpoint> listen;
};

struct Running {
  int process = 0;
  unsigned user = 0;
};
// A running `mogura COMMAND`, other than through a shell; nothing: there is none that could be seen.
std::optional<Running> find_running(const std::string& command);

struct Installation {
  doctor::Account service;
  doctor::SystemdFacts systemd;
  std::optional<proxy::Options> proxy;  // where its file could be read
  Place config, database, patterns, allow;
  std::vector<Place> exemptions;
  std::string redis;
  std::vector<std::string> interfaces;
  ConsolePlaces console;
};

// Adds what is to be said of the services' user and the configuration itself.
Installation find_installation(const DoctorOptions& options, doctor::Remarks& remarks);

// Whether there is something to look at: not so for what nobody named and nobody made.
bool is_there(const Place& place);

}  // namespace mogura::app
