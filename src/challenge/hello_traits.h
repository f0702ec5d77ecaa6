#pragma once

// Is the TLS hello one that the claimed browser's engine could have sent? Only traits that hold for every
// hello of an engine, whatever its version and settings, so that one connection is enough and no population
// is needed; `population` compares hellos with those of all other clients, and knows more.
//
//   Chromium (BoringSSL)  GREASE among the cipher suites (RFC 8701), ALPN
//   Firefox (NSS)         no GREASE there, record_size_limit (RFC 8449), ALPN
//
// A virus scanner on the client that opens TLS itself speaks with a hello of its own under the browser's
// User-Agent: docs/guides/challenges/hello.md. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "challenge/header_order.h"
#include "challenge/passive_evidence.h"
#include "protocol/tls.h"

namespace mogura::challenge {

enum class HelloVerdict : std::uint8_t {
  kNothing,  // no claim that is known here, or the hello is not whole
  kFits,
  kNoGrease,
  kGrease,
  kNoRecordSizeLimit,
  kNoAlpn,
};

// Whether the User-Agent names an engine whose hellos are known here; else judge_hello() says nothing.
bool names_known_engine(std::string_view user_agent);
// `user_agent`: of the CONNECT, or of a request inside.
HelloVerdict judge_hello(const protocol::ClientHello& hello, std::string_view user_agent);
inline bool contradicts(HelloVerdict verdict) {
  return verdict != HelloVerdict::kNothing && verdict != HelloVerdict::kFits;
}
// "hello-not-of-claimed-engine", of `judged` hellos of which `contradicting` did contradict, the latest as
// given.
std::optional<Evidence> judge_hellos(HelloVerdict verdict, Family claimed, std::uint64_t contradicting,
                                     std::uint64_t judged);

}  // namespace mogura::challenge
