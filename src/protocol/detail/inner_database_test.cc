#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"mysql", "", "4a0000 00 0a '8.0.36\\0' 0b000000 0102030405060708 00 ffff ff 0200", Inner::kMySql,
     "server greeting"},
    {"mysql-login", "200000 01 8da2ff01 00000001",
     "4a0000 00 0a '8.0.36\\0' 0b000000 0102030405060708 00 ffff", Inner::kMySql, "answered"},
    {"mariadb", "", "590000 00 0a '5.5.5-10.11.6-MariaDB\\0' 0b000000 0102030405060708 00 fef7",
     Inner::kMySql, "a fork's version"},
    {"mysql-sequence", "", "4a0000 01 0a '8.0.36\\0' 0b000000 0102030405060708 00", Inner::kUnknown,
     "not the first"},
    {"mysql-version", "", "4a0000 00 0a 'beta\\0' 0b000000 0102030405060708 00", Inner::kUnknown,
     "no version number"},
    {"mysql-filler", "", "4a0000 00 0a '8.0.36\\0' 0b000000 0102030405060708 01", Inner::kUnknown,
     "the filler is zero"},
    {"mysql-x", "", "4a0000 00 09 '8.0.36\\0' 0b000000 0102030405060708 00", Inner::kUnknown, "protocol 9"},
    {"postgresql", "00000029 00030000 'user\\0bob\\0database\\0shop\\0\\0'", "'R' 00000008 00000000",
     Inner::kPostgreSql, "start-up"},
    {"postgresql-3.2", "00000029 00030002 'user\\0bob\\0\\0'", "", Inner::kPostgreSql,
     "a newer minor version"},
    {"postgresql-tls", "00000008 04d2162f", "'S'", Inner::kPostgreSql, "asks for TLS"},
    {"postgresql-gss", "00000008 04d21630", "'N'", Inner::kPostgreSql, "asks for GSSAPI"},
    {"postgresql-cancel", "00000010 04d2162e 00001234 deadbeef", "", Inner::kPostgreSql, "cancels a query"},
    {"postgresql-server", "", "'R' 00000017 0000000a 'SCRAM-SHA-256\\0\\0'", Inner::kPostgreSql,
     "only the server was captured"},
    {"postgresql-2", "00000029 00020000 'user\\0bob\\0\\0'", "", Inner::kUnknown,
     "protocol 2 has another form"},
    {"postgresql-no-name", "00000029 00030000 00 00", "", Inner::kUnknown, "a parameter has a name"},
    {"postgresql-size", "0000ff29 00030000 'user\\0bob\\0\\0'", "", Inner::kUnknown,
     "longer than a server takes"},
    {"postgresql-code", "00000008 04d21631", "", Inner::kUnknown, "no such request"},
};

TEST(InnerDatabase, RecognisesMySqlAndPostgreSqlByTheirOpening) {
  check(kCases);
}

TEST(InnerDatabase, VersionTextEndsAtItsLimit) {
  const std::string start = bytes_of("4a0000 00 0a '8.'");
  const std::string end = bytes_of("00 0b000000 0102030405060708 00");
  const auto protocol = [&](std::size_t digits) {
    return recognise_texts("", start + std::string(digits, '1') + end, true, true).protocol;
  };
  EXPECT_EQ(protocol(61), Inner::kMySql);
  EXPECT_EQ(protocol(62), Inner::kMySql);
  EXPECT_EQ(protocol(63), Inner::kUnknown);
}

}  // namespace
}  // namespace mogura::protocol::inner
