#pragma once

// nDPI behind a wall: it wants IP packets, so that first bytes are put into made-up ones. One thread.

#include <memory>
#include <string>
#include <string_view>

namespace mogura::identity::detail {

class NdpiOpinion {
 public:
  NdpiOpinion();
  ~NdpiOpinion();
  NdpiOpinion(NdpiOpinion&&) noexcept;

  [[nodiscard]] static bool is_available();
  // One flow of the client's bytes and the server's, in this or the other order. Empty where nDPI does not
  // know.
  std::string ask(std::string_view up, std::string_view down, bool server_first);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mogura::identity::detail
