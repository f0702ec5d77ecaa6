#pragma once

// Whois (RFC 3912): asks a server over TCP port 43, follows referrals to the registrar or regional registry,
// within time, size and rate limits, and remembers answers. Only used where the user asked for it. One
// thread.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mogura::whois {

struct Options {
  std::string server;                         // HOST[:PORT] to begin with; empty: whois.iana.org
  std::chrono::milliseconds timeout{10'000};  // of each server
  unsigned referrals = 4;                     // followed at most
  std::size_t answer_bytes = std::size_t{256} << 10;
  std::chrono::milliseconds pause{1'000};  // between queries to one server
  std::string cache_folder;                // empty: none
  std::chrono::hours cache_time{24 * 7};
};

struct Answer {
  std::string query;
  std::vector<std::string> servers;  // asked, in order
  std::string text;                  // of the last server that knew something; hostile
  // What could be read out of it, clean and short; empty where not said.
  std::string organisation, country, registrar, created, network;
};

class Client {
 public:
  explicit Client(const Options& options);
  ~Client();
  Client(Client&&) noexcept;
  // `query`: a name (reduced to its registrable part by the caller, if wanted) or an address. Blocks, also
  // for the pause. Errors: kUsage (no such query or server; line breaks and blanks are refused), kIo, kLimit
  // (time, or the server refuses more questions). Referrals lead to public addresses and port 43 only, unless
  // the first server is an address inside the network itself.
  Result<Answer> ask(std::string_view query);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An answer's text for a terminal: its lines, without other control characters, and "?" for what is no UTF-8.
std::string readable(std::string_view text);

}  // namespace mogura::whois
