#pragma once

// The one way errors from outside (files, packets, users) travel: as values. Broken invariants of ours do not
// come this way; see base/check.h. Any thread.

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace mogura {

enum class ErrorCode {
  kUsage,        // the user asked for something that makes no sense
  kIo,           // the operating system refused: open, read, write
  kFormat,       // the bytes are not of the format they claim
  kTruncated,    // the bytes end in the middle of something
  kLimit,        // a named limit was reached
  kUnsupported,  // well-formed, but not handled
};

struct Error {
  ErrorCode code;
  std::string place;  // file, offset, key: where; may be empty
  std::string
      cause;  // one plain sentence without a full stop; never holds Cookie or Proxy-Authorization values

  // "place: cause", for people.
  [[nodiscard]] std::string message() const { return place.empty() ? cause : place + ": " + cause; }
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string place, std::string cause) {
  return tl::unexpected<Error>(Error{code, std::move(place), std::move(cause)});
}

}  // namespace mogura
