#pragma once

// What a service of the challenge (`mogura proxy`, `mogura icap`) judges with: the secret, the store of
// states, the gate; and the database that it writes what it saw into. Made from one configuration.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/commands.h"
#include "app/proxy_sessions.h"
#include "app/suspect_board.h"
#include "challenge/gate.h"
#include "challenge/state_store.h"
#include "proxy/options.h"

namespace mogura::app {

class JudgingParts {
 public:
  using Gate = std::shared_ptr<const challenge::Gate>;

  // The secret and the store. Errors: as of the files and addresses they are in. `note` is told what the user
  // should know; `is_quiet`: only what went wrong.
  Result<void> open(const proxy::Options& options, bool is_quiet,
                    const std::function<void(const std::string&)>& note);
  // After open(), and again at each reload: reads the exemptions.
  [[nodiscard]] Result<Gate> make_gate(const proxy::Options& options) const;
  [[nodiscard]] challenge::StateStore& store() const { return *state_; }
  // Whom the gates ask; everybody, until whoever judges the population says more.
  [[nodiscard]] const std::shared_ptr<SuspectBoard>& suspects() const { return suspects_; }

 private:
  Result<void> open_secret(const std::string& file);
  Result<void> open_state(const proxy::Options& options, const std::function<void(const std::string&)>& note);

  std::optional<challenge::Secret> secret_;
  std::unique_ptr<challenge::StateStore> state_;
  std::shared_ptr<SuspectBoard> suspects_;
};

// nullptr where the configuration wants no database. `sees_sessions`: as ProxySessions::Prefilter's.
Result<std::unique_ptr<ProxySessions>> open_sessions(const proxy::Options& options,
                                                     std::shared_ptr<SuspectBoard> suspects,
                                                     bool sees_sessions = true);

// What could not be opened is an input until all inputs are read, and an address or output from then on.
Exit exit_of(const Error& error, bool are_inputs_read);

}  // namespace mogura::app
