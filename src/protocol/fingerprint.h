#pragma once

// Fingerprints of TLS hellos that others compute too, so that they can be compared: JA3 and JA3S (Salesforce,
// BSD), JA4 for TLS clients (FoxIO, BSD), and the plain cipher list that Torii and Komura group by (paper 1,
// §4.1.3). The other members of the JA4 family are not free and not here. docs/formats/fingerprints.md has
// the grammar and vectors. Any thread; a FingerprintCache belongs to one.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/tls.h"

namespace mogura::protocol {

// "1301-1302-c02b": hexadecimal, in offered order, GREASE removed.
std::string cipher_list_of(const ClientHello& hello);

// The text and its MD5 in hexadecimal.
std::string ja3_text(const ClientHello& hello);
std::string ja3(const ClientHello& hello);
std::string ja3s_text(const ServerHello& hello);
std::string ja3s(const ServerHello& hello);

struct Ja4 {
  std::string hashed;  // t13d1516h2_8daaf6152771_e5627efa2ab1
  std::string raw;     // ja4_r: the same with the sorted lists themselves
};
// Transport is TCP ('t').
Ja4 ja4(const ClientHello& hello);

// The highest version the client offers: of supported_versions, GREASE aside, or legacy_version.
std::uint16_t offered_version(const ClientHello& hello);

// "TLS 1.3", "TLS 1.2", "SSL 3.0", …; "0x7f1c" for numbers without a name.
std::string tls_version_name(std::uint16_t version);

// 128 bits over everything that fingerprints look at (versions, cipher suites, extensions, groups, point
// formats, signature algorithms, ALPN, whether there is a server name), GREASE removed. Hellos of one key
// have the same fingerprints: by chance two others never meet, but the hash is not made to withstand someone
// who aims for it.
struct FingerprintKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const FingerprintKey&) const = default;
};
FingerprintKey fingerprint_key(const ClientHello& hello);

struct Fingerprints {
  std::string_view cipher_list;
  std::string_view ja3;
  std::string_view ja4;
  std::string_view ja4_r;
};

// Remembers fingerprints, for hellos repeat: a digest costs ten times what looking one up does. JA3 and the
// others are remembered apart, because browsers permute their extensions, which changes JA3 alone. Memory is
// bounded by kSlots: a new hello takes the place of an older one with the same slots. The seed, a secret of
// the process, keeps anybody from making a hello that is taken for another; no answer depends on it.
class FingerprintCache {
 public:
  static constexpr std::size_t kSlots = 2048;
  // Longer texts are computed, but not kept.
  static constexpr std::size_t kKeptBytes = 4096;

  explicit FingerprintCache(std::uint64_t seed)
      : seed_(seed), ja3_slots_(kSlots), set_slots_(kSlots), server_slots_(kSlots) {}

  // Valid until the next call.
  Fingerprints of(const ClientHello& hello);
  // JA3S, likewise.
  std::string_view ja3s_of(const ServerHello& hello);

  // How often a text had to be computed, for measuring: {JA3, the others}.
  [[nodiscard]] std::array<std::uint64_t, 2> computed() const { return computed_; }

 private:
  // A key of zero: not used.
  struct Ja3Slot {  // what the order of extensions changes
    FingerprintKey key;
    std::array<char, 32> ja3{};
  };
  struct SetSlot {  // what it does not
    FingerprintKey key;
    std::string cipher_list;
    Ja4 ja4;
  };
  template <class Slot>
  Slot& find(std::vector<Slot>& slots, const FingerprintKey& key) const;
  const Ja3Slot& ja3_slot(const FingerprintKey& key, const ClientHello& hello);
  const SetSlot& set_slot(const FingerprintKey& key, const ClientHello& hello);

  std::uint64_t seed_;
  std::vector<Ja3Slot> ja3_slots_;
  std::vector<SetSlot> set_slots_;
  std::vector<Ja3Slot> server_slots_;
  SetSlot unkept_;
  std::array<std::uint64_t, 2> computed_{};
};

}  // namespace mogura::protocol
