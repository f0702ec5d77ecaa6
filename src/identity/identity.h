#pragma once

// Which application is behind a finding (paper 1, §4.3): clues in, a name with the clues that speak for it
// out. The knowledge is a catalogue of products (identity/catalogue.h, data/catalogue.toml). No input or
// output here: answers of whois servers come in as clues.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::identity {

enum class Class : std::uint8_t {
  kUnknown,
  kTunnel,  // carries other protocols inside HTTP or TLS on purpose
  kVpn,
  kRemoteAccess,
  kFileSharing,
  kAnonymizer,     // Tor, Psiphon and the like
  kBackdoor,       // command and control frameworks
  kUpdater,        // of operating systems, browsers, virus scanners
  kDeveloperTool,  // git, package managers, HTTP libraries and command-line clients
  kBrowser,
  kMessaging,
  kMonitoring,
  kCloudStorage,  // synchronisation with a storage provider
};
std::string_view name_of(Class cls);  // "unknown", "tunnel", "vpn", "remote-access", …
// True for classes that carry other traffic or hand over control: a finding of these is what mogura is for.
bool is_suspicious(Class cls);
// True for updaters, developer tools, browsers, monitoring: explained, not accused.
bool is_ordinary(Class cls);

// Where a clue was seen: "destination", "sni", "certificate", "user-agent", "ja3", "ja4", "inner-protocol",
// "banner", "string", "first-bytes", "forwarded", "length", "port", "whois", "ndpi".
struct Clue {
  bool operator==(const Clue&) const = default;
  std::string source;
  std::string value;  // as on the wire: hostile text
};

// First bytes of a direction, for the catalogue's byte rules and for nDPI.
struct FirstBytes {
  std::string up, down;
};

struct Clues {
  std::vector<Clue> clues;
  std::vector<FirstBytes> first_bytes;  // of some sessions of the service
};

struct Application {
  std::string name;  // empty: not known
  Class cls = Class::kUnknown;
  double confidence = 0;    // 0 to 1
  std::vector<Clue> clues;  // those that speak for the name; where there is no name, the most telling ones
};

// What the analyst may want to do next, ready to copy (§4.3). `subject` etc. are hostile texts, quoted and
// cut.
struct Question {
  std::string search;  // for a search engine: the most telling strings, quoted
  std::string ask;     // to the sender: who, when, to what
};

}  // namespace mogura::identity
