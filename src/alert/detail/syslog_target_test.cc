#include "alert/detail/syslog_target.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::alert::detail {
namespace {

TEST(SyslogTarget, ReadsSchemeHostAndPort) {
  const struct {
    const char* text;
    SyslogTransport transport;
    const char* shown;
    const char* why;
  } rows[] = {
      {"udp://log.example", SyslogTransport::kUdp, "log.example:514", "RFC 5426 §3.3"},
      {"tcp://log.example", SyslogTransport::kTcp, "log.example:601", "RFC 6587 §4 (RFC 3195)"},
      {"tls://log.example", SyslogTransport::kTls, "log.example:6514", "RFC 5425 §4.1"},
      {"tls://log.example:10514", SyslogTransport::kTls, "log.example:10514", "a port"},
      {"udp://192.0.2.1:1", SyslogTransport::kUdp, "192.0.2.1:1", "an address, the lowest port"},
      {"tcp://[2001:db8::1]", SyslogTransport::kTcp, "[2001:db8::1]:601", "IPv6"},
      {"tcp://[2001:db8::1]:65535", SyslogTransport::kTcp, "[2001:db8::1]:65535",
       "IPv6 and the highest port"},
      {"unix:///dev/log", SyslogTransport::kUnix, "/dev/log", "a path"},
  };
  for (const auto& row : rows) {
    const auto target = parse_syslog_target(row.text);
    ASSERT_TRUE(target) << row.text;
    EXPECT_EQ(target->transport, row.transport) << row.why;
    EXPECT_EQ(target->to_string(), row.shown) << row.why;
  }
}

TEST(SyslogTarget, RefusesWhatIsNone) {
  const std::string long_path = "unix:///" + std::string(107, 'x');
  for (const std::string text : {"",
                                 "log.example",
                                 "http://log.example",
                                 "udp:/log.example",
                                 "udp://",
                                 "udp://:514",
                                 "udp://a:",
                                 "udp://a:0",
                                 "udp://a:65536",
                                 "udp://a:99999999999999999999",
                                 "udp://a:1x",
                                 "udp://a b",
                                 "udp://a/path",
                                 "udp://user@a",
                                 "udp://2001:db8::1",
                                 "udp://[2001:db8::1",
                                 "udp://[2001:db8::1]x",
                                 "udp://[]:514",
                                 "udp://a\nb",
                                 "unix://relative",
                                 "unix://",
                                 long_path.c_str()}) {
    const auto target = parse_syslog_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, ErrorCode::kUsage) << text;
  }
  EXPECT_TRUE(parse_syslog_target(long_path.substr(0, long_path.size() - 1)));
}

}  // namespace
}  // namespace mogura::alert::detail
