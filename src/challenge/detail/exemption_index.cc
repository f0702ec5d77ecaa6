#include "challenge/detail/exemption_index.h"

#include <algorithm>

namespace mogura::challenge::detail {

void ExemptionIndex::add_suffix(std::string_view suffix, std::uint32_t number) {
  suffixes_[std::string(suffix)].push_back(number);
  lengths_.set(suffix.size());
}

void ExemptionIndex::add_client(const Network& network, std::uint32_t number) {
  const bool is_v4 = network.address.is_v4();
  const Mask mask{static_cast<std::uint8_t>(network.prefix + (is_v4 ? 96 : 0)), is_v4};
  if (std::find(masks_.begin(), masks_.end(), mask) == masks_.end()) masks_.push_back(mask);
  clients_[masked(network.address, mask)].push_back(number);
}

}  // namespace mogura::challenge::detail
