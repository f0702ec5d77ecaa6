#pragma once

// What another program's dissector says about the first bytes of a session: nDPI's, where the program was
// built with it. Its name for the protocol is one more clue (source "ndpi"), not a verdict. One thread: nDPI
// keeps state between flows.

#include <memory>
#include <string>

#include "identity/identity.h"

namespace mogura::identity {

class SecondOpinion {
 public:
  SecondOpinion();
  ~SecondOpinion();
  SecondOpinion(SecondOpinion&&) noexcept;
  SecondOpinion& operator=(SecondOpinion&&) noexcept;

  [[nodiscard]] static bool is_available();  // at build time
  // The protocol's name as nDPI writes it ("SSH", "OpenVPN", "TLS.AnyDesk"); empty where it does not know or
  // is not there. Guesses from port numbers are left out: none are given to it.
  // The first question takes some milliseconds: nDPI builds its tables.
  [[nodiscard]] std::string ask(const FirstBytes& bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::identity
