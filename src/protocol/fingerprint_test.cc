#include "protocol/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "protocol/detail/handshake_collector.h"
#include "protocol/detail/tls_test_bytes.h"

namespace mogura::protocol {
namespace {

ClientHello hello_with(std::vector<std::uint16_t> suites, std::vector<std::uint16_t> extensions,
                       std::uint16_t version = 0x0303) {
  ClientHello hello;
  hello.legacy_version = version;
  hello.cipher_suites = std::move(suites);
  hello.extensions = std::move(extensions);
  hello.has_server_name = std::count(hello.extensions.begin(), hello.extensions.end(), 0) != 0;
  return hello;
}

ClientHello recorded_hello(const std::string& name) {
  const auto stream = test::recorded("protocol_client_hello_fuzz/" + name + ".bin");
  ClientHello hello;
  parse_client_hello(as_bytes(detail::collect_handshake(stream, {}).messages.at(0).second), hello);
  return hello;
}

// The worked example of the published description of JA4, with the extensions in some order.
ClientHello published_hello() {
  ClientHello hello = hello_with({0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8,
                                  0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035},
                                 {0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005,
                                  0x0023, 0x0012, 0x002B, 0xFF01, 0x000B, 0x000A, 0x0015});
  hello.alpn = {"h2", "http/1.1"};
  hello.supported_versions = {0x0304, 0x0303};
  hello.signature_algorithms = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
  return hello;
}

TEST(CipherList, IsInOfferedOrderWithoutGrease) {
  EXPECT_EQ(cipher_list_of(hello_with({0xDADA, 0x1301, 0x00FF, 0xC02B}, {})), "1301-00ff-c02b");
  EXPECT_EQ(cipher_list_of(hello_with({0xDADA}, {})), "");
  EXPECT_EQ(cipher_list_of({}), "");
}

struct Ja3Case {
  const char* why;
  ClientHello hello;
  const char* text;
};

TEST(Ja3, JoinsFiveListsOfDecimalsWithoutGrease) {
  ClientHello full = hello_with({0x1A1A, 0x1301, 0xC02F}, {0x2A2A, 0, 10, 11, 0xFF01});
  full.groups = {0x3A3A, 29, 23};
  full.point_formats = {0, 1};
  const Ja3Case cases[] = {
      {"every list", full, "771,4865-49199,0-10-11-65281,29-23,0-1"},
      {"no extensions", hello_with({4, 5}, {}, 0x0301), "769,4-5,,,"},
      {"SSL 3.0", hello_with({4, 5}, {}, 0x0300), "768,4-5,,,"},
      {"nothing", {}, "0,,,,"},
      {"GREASE alone", hello_with({0x0A0A}, {0xFAFA}), "771,,,,"},
      {"numbers of one to five digits", hello_with({9, 10, 99, 100, 999, 1000, 9999, 10000, 65535, 0}, {}),
       "771,9-10-99-100-999-1000-9999-10000-65535-0,,,"},
  };
  for (const Ja3Case& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(ja3_text(c.hello), c.text);
  }
}

TEST(Ja3, IsTheMd5OfItsText) {
  EXPECT_EQ(ja3(hello_with({4, 5}, {}, 0x0301)), "1d70598d8ccdfcb836bfeb091ab8e469");
}

TEST(Ja3s, JoinsVersionSuiteAndExtensionsAsTheyStand) {
  ServerHello hello;
  hello.legacy_version = 0x0303;
  hello.selected_version = 0x0304;
  hello.cipher_suite = 0x1302;
  hello.extensions = {43, 51};
  EXPECT_EQ(ja3s_text(hello), "771,4866,43-51") << "the version is the one of the field";
  EXPECT_EQ(ja3s(hello), "15af977ce25de452b96affa2addb1036");
  hello.extensions = {0x0A0A};
  EXPECT_EQ(ja3s_text(hello), "771,4866,2570") << "GREASE stays";
  hello.extensions.clear();
  EXPECT_EQ(ja3s_text(hello), "771,4866,");
}

TEST(Ja4, GivesThePublishedExample) {
  const Ja4 result = ja4(published_hello());
  EXPECT_EQ(result.hashed, "t13d1516h2_8daaf6152771_e5627efa2ab1");
  EXPECT_EQ(result.raw,
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"
            "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"
            "0403,0804,0401,0503,0805,0501,0806,0601");
}

struct Ja4Case {
  const char* why;
  ClientHello hello;
  const char* raw;
  const char* hashed;
};

TEST(Ja4, FollowsTheRulesWhereTheyAreOdd) {
  const auto with = [](ClientHello hello, auto&& change) {
    change(hello);
    return hello;
  };
  const Ja4Case cases[] = {
      {"TLS 1.0 without extensions", hello_with({0xC02F, 0x002F}, {}, 0x0301), "t10i020000_002f,c02f_",
       "t10i020000_37f356531c84_000000000000"},
      {"SSL 3.0", hello_with({5, 4}, {}, 0x0300), "ts3i020000_0004,0005_",
       "ts3i020000_6e254592683c_000000000000"},
      {"SSL 2.0", hello_with({5, 4}, {}, 0x0002), "ts2i020000_0004,0005_",
       "ts2i020000_6e254592683c_000000000000"},
      {"a version nobody knows", hello_with({5, 4}, {}, 0x7F1C), "t00i020000_0004,0005_",
       "t00i020000_6e254592683c_000000000000"},
      {"no cipher suites", hello_with({}, {0x000A}), "t12i000100__000a",
       "t12i000100_000000000000_a8f3e973773c"},
      {"nothing but GREASE", hello_with({0x0A0A}, {0x1A1A}), "t12i000000__",
       "t12i000000_000000000000_000000000000"},
      {"only extensions that are left out of the list: counted all the same", hello_with({0x1301}, {0, 16}),
       "t12d010200_1301_", "t12d010200_0f2cb44170f4_000000000000"},
      {"no signature algorithms: no underscore", hello_with({0x1301, 0x1302}, {0, 0x000A}),
       "t12d020200_1301,1302_000a", "t12d020200_62ed6f6ca7ad_a8f3e973773c"},
      {"signature algorithms keep their order",
       with(hello_with({0x1302, 0x1301}, {0x000D}),
            [](ClientHello& h) {
              h.signature_algorithms = {0x0804, 0x0403};
            }),
       "t12i020100_1301,1302_000d_0804,0403", "t12i020100_62ed6f6ca7ad_b5b2a7d538fe"},
      {"GREASE nowhere: suites, extensions, versions, signature algorithms",
       with(hello_with({0x0A0A, 0x1302, 0x1301}, {0x1A1A, 0x000D, 0x2A2A}),
            [](ClientHello& h) {
              h.signature_algorithms = {0x3A3A, 0x0804, 0x0403};
              h.supported_versions = {0xFAFA, 0x0303};
            }),
       "t12i020100_1301,1302_000d_0804,0403", "t12i020100_62ed6f6ca7ad_b5b2a7d538fe"},
      {"the highest version of the extension, wherever it stands",
       with(hello_with({0x1301}, {0x002B}),
            [](ClientHello& h) {
              h.supported_versions = {0x0302, 0x0304, 0x0303};
            }),
       "t13i010100_1301_002b", "t13i010100_0f2cb44170f4_b9a491fefe05"},
      {"an extension given twice counts twice", hello_with({0x1301}, {0x000A, 0, 0}), "t12d010300_1301_000a",
       "t12d010300_0f2cb44170f4_a8f3e973773c"},
      {"the SCSV is a cipher suite", hello_with({0x00FF}, {}), "t12i010000_00ff_",
       "t12i010000_8909cde2f411_000000000000"},
  };
  for (const Ja4Case& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(ja4(c.hello).raw, c.raw);
    EXPECT_EQ(ja4(c.hello).hashed, c.hashed);
  }
}

TEST(Ja4, CountsNoFurtherThan99ButHashesAll) {
  std::vector<std::uint16_t> suites(120);
  std::iota(suites.begin(), suites.end(), std::uint16_t{1});
  EXPECT_EQ(ja4(hello_with(suites, {})).hashed, "t12i990000_0f8860b09f90_000000000000");
  suites.resize(99);
  EXPECT_EQ(ja4(hello_with(suites, {})).hashed.substr(0, 10), "t12i990000");
  suites.resize(98);
  EXPECT_EQ(ja4(hello_with(suites, suites)).hashed.substr(0, 10), "t12i989800");
}

struct AlpnCase {
  const char* why;
  std::vector<std::string> alpn;
  const char* expected;
};

TEST(Ja4, WritesTheEndsOfTheFirstProtocol) {
  const AlpnCase cases[] = {
      {"none", {}, "00"},
      {"an empty one first", {"", "h2"}, "00"},
      {"two characters", {"h2"}, "h2"},
      {"more", {"http/1.1", "h2"}, "h1"},
      {"one character is both ends", {"h"}, "hh"},
      {"upper case", {"Zq9"}, "Z9"},
      {"one byte that is not alphanumeric", {"\xAB"}, "ab"},
      {"two such bytes", {"\xAB\xCD"}, "ad"},
      {"the last is not", {"0\xAB"}, "3b"},
      {"only the ends count", {"01\xAB\xCD"}, "3d"},
      {"not what is between them",
       {"0\xAB\xCD"
        "1"},
       "01"},
      {"GREASE is a protocol like any other", {"\x0A\x0A", "h2"}, "0a"},
      {"ASCII, but not alphanumeric", {"_h"}, "58"},
  };
  for (const AlpnCase& c : cases) {
    SCOPED_TRACE(c.why);
    ClientHello hello = hello_with({0x1301}, {16});
    hello.alpn = c.alpn;
    EXPECT_EQ(ja4(hello).hashed.substr(8, 2), c.expected);
    EXPECT_EQ(ja4(hello).raw.substr(8, 2), c.expected);
  }
}

struct RecordedCase {
  const char* name;
  const char* server_name;
  const char* ja3;  // as another program computes it
  const char* ja4;
  bool has_ech_outer;
};

TEST(Fingerprints, OfRecordedClients) {
  const RecordedCase cases[] = {
      {"chromium", "img.tesfentinnews.com", "a01dc6a83f4ae599f1b33e7413ccfe63",
       "t13d1517h2_8daaf6152771_cb7bf5808d99", true},
      {"firefox", "www.sargarfensport.org", "6447ab086255d194909d4013b1a89e87",
       "t13d1617h2_86a278354501_3cbfd9057e0d", true},
      {"curl", "www.fenulmveltravel.io", "0149f47eabf9a20d0893e2a44e5a6323",
       "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6", false},
      {"java", "api.sarquildax.com", "eea0a26d87c4721f5818bb176368f238",
       "t13d3713h2_db35923f8641_7c76daad20ec", false},
      {"stunnel", "secure.ostrigon.net", "0c3f0f475283706337017a6849083317",
       "t13d461000_0cb0c5806038_1f22a2ca17c4", false},
      {"go", "api.sarquildax.com", "473cd7cb9faa642487833865d516e578", "t13d190900_9dc949149365_97f8aa674fd9",
       false},
      {"node", "api.sarquildax.com", "1a28e69016765d92e3b381168d68922c",
       "t13d5911h1_a33745022dd6_1f22a2ca17c4", false},
  };
  for (const RecordedCase& c : cases) {
    SCOPED_TRACE(c.name);
    const ClientHello hello = recorded_hello(c.name);
    EXPECT_EQ(hello.server_name, c.server_name);
    EXPECT_EQ(ja3(hello), c.ja3);
    EXPECT_EQ(ja4(hello).hashed, c.ja4);
    EXPECT_EQ(hello.has_ech_outer, c.has_ech_outer);
  }
}

TEST(OfferedVersion, IsTheHighestOfTheExtensionOrTheOldField) {
  ClientHello hello = hello_with({}, {});
  EXPECT_EQ(offered_version(hello), 0x0303);
  hello.supported_versions = {0x0A0A};
  EXPECT_EQ(offered_version(hello), 0x0303) << "GREASE alone says nothing";
  hello.supported_versions = {0x0A0A, 0x0301, 0x0304};
  EXPECT_EQ(offered_version(hello), 0x0304);
}

TEST(TlsVersionName, NamesWhatHasANameAndNumbersTheRest) {
  EXPECT_EQ(tls_version_name(0x0304), "TLS 1.3");
  EXPECT_EQ(tls_version_name(0x0303), "TLS 1.2");
  EXPECT_EQ(tls_version_name(0x0302), "TLS 1.1");
  EXPECT_EQ(tls_version_name(0x0301), "TLS 1.0");
  EXPECT_EQ(tls_version_name(0x0300), "SSL 3.0");
  EXPECT_EQ(tls_version_name(0x0002), "SSL 2.0");
  EXPECT_EQ(tls_version_name(0x7F1C), "0x7f1c");
  EXPECT_EQ(tls_version_name(0x0A), "0x000a");
}

struct KeyCase {
  const char* why;
  void (*change)(ClientHello&);
  bool is_same;
};

TEST(FingerprintKey, ChangesWithEverythingThatFingerprintsLookAt) {
  const KeyCase cases[] = {
      {"nothing", [](ClientHello&) {}, true},
      {"another name of the server", [](ClientHello& h) { h.server_name = "b.example"; }, true},
      {"another random", [](ClientHello& h) { h.random[0] = 1; }, true},
      {"another GREASE value", [](ClientHello& h) { h.cipher_suites[0] = 0xDADA; }, true},
      {"the old version field", [](ClientHello& h) { h.legacy_version = 0x0301; }, false},
      {"no server name", [](ClientHello& h) { h.has_server_name = false; }, false},
      {"suites in another order", [](ClientHello& h) { std::swap(h.cipher_suites[1], h.cipher_suites[2]); },
       false},
      {"extensions in another order", [](ClientHello& h) { std::swap(h.extensions[1], h.extensions[2]); },
       false},
      {"a number that moves to the next list",
       [](ClientHello& h) {
         h.extensions.insert(h.extensions.begin(), h.cipher_suites.back());
         h.cipher_suites.pop_back();
       },
       false},
      {"another group", [](ClientHello& h) { h.groups.push_back(24); }, false},
      {"another point format", [](ClientHello& h) { h.point_formats.push_back(2); }, false},
      {"another signature algorithm", [](ClientHello& h) { h.signature_algorithms.push_back(0x0807); },
       false},
      {"another version", [](ClientHello& h) { h.supported_versions.push_back(0x0302); }, false},
      {"another protocol", [](ClientHello& h) { h.alpn.push_back("h3"); }, false},
  };
  ClientHello hello = published_hello();
  hello.cipher_suites.insert(hello.cipher_suites.begin(), 0x0A0A);
  for (const KeyCase& c : cases) {
    SCOPED_TRACE(c.why);
    ClientHello changed = hello;
    c.change(changed);
    EXPECT_EQ(fingerprint_key(changed) == fingerprint_key(hello), c.is_same);
  }
}

void expect_as_computed(FingerprintCache& cache, const ClientHello& hello) {
  const Fingerprints& found = cache.of(hello);
  EXPECT_EQ(found.cipher_list, cipher_list_of(hello));
  EXPECT_EQ(found.ja3, ja3(hello));
  EXPECT_EQ(found.ja4, ja4(hello).hashed);
  EXPECT_EQ(found.ja4_r, ja4(hello).raw);
}

TEST(FingerprintCache, AnswersWhatIsComputed) {
  FingerprintCache cache(7);
  for (int round = 0; round < 2; ++round) {
    expect_as_computed(cache, {});
    expect_as_computed(cache, published_hello());
    for (const std::string_view name : test::kRecordedClients)
      expect_as_computed(cache, recorded_hello(std::string(name)));
  }
  EXPECT_EQ(cache.computed()[0], 9u) << "once each";
  EXPECT_EQ(cache.computed()[1], 9u);
}

TEST(FingerprintCache, RemembersServersByAllThatJa3sSays) {
  FingerprintCache cache(7);
  ServerHello hello;
  hello.legacy_version = 0x0303;
  hello.cipher_suite = 0x1301;
  hello.extensions = {43, 51};
  for (int round = 0; round < 2; ++round) EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello));
  std::swap(hello.extensions[0], hello.extensions[1]);
  EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello)) << "the order counts";
  hello.cipher_suite = 0x1302;
  EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello));
  hello.legacy_version = 0x0301;
  EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello));
  hello.extensions = {0x0A0A, 51};
  EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello));
  hello.extensions = {0x1A1A, 51};
  EXPECT_EQ(cache.ja3s_of(hello), ja3s(hello)) << "no GREASE is taken out of a server's hello";
}

TEST(FingerprintCache, ComputesJa3AloneForPermutedExtensions) {
  FingerprintCache cache(7);
  ClientHello hello = published_hello();
  for (int i = 0; i < 5; ++i) {
    std::rotate(hello.extensions.begin(), hello.extensions.begin() + 1, hello.extensions.end());
    expect_as_computed(cache, hello);
  }
  EXPECT_EQ(cache.computed()[0], 5u);
  EXPECT_EQ(cache.computed()[1], 1u);
}

TEST(FingerprintCache, TellsHellosApartThatDifferInOneThing) {
  FingerprintCache cache(7);
  ClientHello hello = published_hello();
  expect_as_computed(cache, hello);
  hello.has_server_name = false;
  expect_as_computed(cache, hello);
  hello.alpn.front() = "h3";
  expect_as_computed(cache, hello);
  hello.supported_versions = {0x0303};
  expect_as_computed(cache, hello);
  hello.signature_algorithms.clear();
  expect_as_computed(cache, hello);
  hello.extensions.push_back(0x0A0A);
  expect_as_computed(cache, hello);
}

TEST(FingerprintCache, StaysRightWithMoreHellosThanSlots) {
  FingerprintCache cache(12345);
  ClientHello hello = hello_with({0}, {});
  for (std::size_t i = 0; i < 3 * FingerprintCache::kSlots; ++i) {
    hello.cipher_suites[0] = static_cast<std::uint16_t>(i);
    ASSERT_EQ(cache.of(hello).cipher_list, cipher_list_of(hello)) << i;
    ASSERT_EQ(cache.of(hello).ja3, ja3(hello)) << i;
  }
}

TEST(FingerprintCache, KeepsNoTextBeyondItsLimit) {
  // A cipher list of n suites has 5 n - 1 characters; JA4's raw form 13 more than that.
  constexpr std::size_t kMost = (FingerprintCache::kKeptBytes - 12) / 5;
  for (const std::size_t count : {kMost - 1, kMost, kMost + 1}) {
    FingerprintCache cache(7);
    const ClientHello hello = hello_with(std::vector<std::uint16_t>(count, 0x1301), {});
    const bool fits = ja4(hello).raw.size() <= FingerprintCache::kKeptBytes;
    expect_as_computed(cache, hello);
    expect_as_computed(cache, hello);
    EXPECT_EQ(cache.computed()[1], fits ? 1u : 2u) << count;
  }
}

}  // namespace
}  // namespace mogura::protocol
