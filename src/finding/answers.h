#pragma once

// What the challenge was answered, and what was noticed of programs without asking them, as `finding` takes
// it: for each host the programs that gave something to weigh. Made by whoever has the events of a proxy or a
// gateway; knows nothing of how was asked. Plain values, bounded: what goes beyond is counted. Texts are
// hostile, as all of Finding. One thread.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "finding/finding.h"

namespace mogura::finding {

// Of one program (a User-Agent of one client) at one host.
struct Answer {
  Timestamp time{};
  std::string client{};  // as in Finding::clients
  std::string user_agent{};
  std::string host{};  // lower case, without port; IPv6 in brackets
  // The verdict: its name as the code ("no-jar", "tampering", …), its sentences as one, the score of the
  // answer alone as the weight. Nothing where nobody was asked, or the answer was good.
  std::optional<Evidence> verdict{};
  // Codes "header-…", "hello-…", "cookie-…", "regular-requests", "declared-program".
  std::vector<Evidence> noticed{};
};

// A program at a host, over all that came of it.
struct AnsweringProgram {
  std::string client{}, user_agent{};
  Timestamp first{}, last{};
  std::optional<Evidence> verdict{};    // the heaviest; the latest of these
  std::vector<Evidence> noticed{};      // the latest
  [[nodiscard]] double score() const;   // 0 to 1: of all its weights together
  [[nodiscard]] bool accuses() const {  // by itself, as an alert does
    return score() >= kLookAt;
  }
};

class Answers {
 public:
  // In all; and of one host. Beyond, new programs are counted and not kept.
  static constexpr std::size_t kPrograms = 4'096, kProgramsOfHost = 64;
  // Pieces of evidence of one program; bytes of a text, which is cut there.
  static constexpr std::size_t kNoticed = 12, kTextBytes = 1'024, kHostBytes = 255;

  // An answer without anything to weigh is passed over: it takes nothing back, since another program may
  // have given it under the same name.
  void add(const Answer& answer);
  // Programs of which nothing has come since.
  void forget_before(Timestamp time);
  // Programs that began later.
  void forget_after(Timestamp time);

  using Programs = std::vector<AnsweringProgram>;
  // By host; of a host in order of client, then User-Agent.
  [[nodiscard]] const std::map<std::string, Programs, std::less<>>& hosts() const { return hosts_; }
  [[nodiscard]] std::size_t programs() const { return programs_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  template <class IsMeant>
  void forget_if(IsMeant is_meant);

  std::map<std::string, Programs, std::less<>> hosts_;
  std::size_t programs_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace mogura::finding
