#pragma once

// What an analyst may do next about a service whose name the catalogue does not settle (paper 1, §4.3): look
// its most telling strings up, and ask the person at the machine. Text to copy; names nobody but the machines
// that were seen. What came from the wire is quoted, cut, and without control characters.

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "identity/identity.h"

namespace mogura::identity {

// Bytes of a quoted value, at most; and clients named in a question, the others are counted.
inline constexpr std::size_t kQuotedBytes = 80;
inline constexpr std::size_t kClientsNamed = 5;

// `destination` is host:port; `clients` addresses as text, at least one; `first` and `last` the service's
// first and last traffic.
Question questions_for(const Clues& clues, const Application& application, std::string_view destination,
                       std::span<const std::string> clients, Timestamp first, Timestamp last);

}  // namespace mogura::identity
