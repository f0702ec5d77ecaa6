#include "identity/second_opinion.h"

#include "identity/detail/ndpi_opinion.h"

namespace mogura::identity {

struct SecondOpinion::State {
  detail::NdpiOpinion ndpi;
};

SecondOpinion::SecondOpinion() = default;
SecondOpinion::~SecondOpinion() = default;
SecondOpinion::SecondOpinion(SecondOpinion&&) noexcept = default;
SecondOpinion& SecondOpinion::operator=(SecondOpinion&&) noexcept = default;

bool SecondOpinion::is_available() {
  return detail::NdpiOpinion::is_available();
}

std::string SecondOpinion::ask(const FirstBytes& bytes) {
  if (!state_) state_ = std::make_unique<State>();
  // Some dissectors want the server to speak first.
  for (const bool server_first : {false, true}) {
    std::string name = state_->ndpi.ask(bytes.up, bytes.down, server_first);
    if (!name.empty()) return name;
  }
  return {};
}

}  // namespace mogura::identity
