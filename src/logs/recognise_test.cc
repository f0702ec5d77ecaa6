#include <gtest/gtest.h>

#include "logs/detail/folder_test.h"
#include "logs/log_source.h"

namespace mogura::logs {
namespace {

std::string shown(std::optional<Format> format) {
  return format ? std::string(name_of(*format)) : "none";
}

TEST(Recognise, ByContent) {
  struct {
    std::string_view beginning;
    const char* expected;
    const char* why;
  } const cases[] = {
      {"#separator \\x09\n#set_separator\t,\n", "zeek", "Zeek's header"},
      {"#fields\tts\tuid\n", "zeek", "a header that lost its first lines"},
      {R"({"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1"})", "zeek", "Zeek's JSON"},
      {R"({"timestamp":"x","flow_id":1,"event_type":"tls"})", "eve", "Suricata"},
      {R"({"session_id":"1:x=-1","start":"x","kind":"ssl"})", "sessions", "session lines"},
      {"1546169125.919 208 10.1.2.3 TCP_MISS/200 1 GET http://a.example/ - HIER_NONE/- -\n", "squid",
       "Squid"},
      {"1546169125.919 208 10.1.2.3 NONE/400 1 NONE error:invalid-request - HIER_NONE/- -\n", "squid",
       "no request"},
      {"\n\r\n1546169125.919 208 10.1.2.3 TCP_MISS/200 1 CONNECT a.example:443 - HIER_NONE/- -", "squid",
       "empty lines"},
      {R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/ HTTP/1.1" 200 39 T:H)", "squid",
       "common"},
      {R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET /index.html HTTP/1.1" 200 39)", "none",
       "a web server's log"},
      {std::string_view("\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8), "none", "pcap"},
      {std::string_view("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", 8), "none", "pcapng"},
      {std::string_view("\x1f\x8b\x08\x00", 4), "none", "gzip that was not decompressed"},
      {"{\"schema\":\"mogura.analysis/1\"}", "none", "another document"},
      {"hello world\n", "none", "a text"},
      {"", "none", "empty"},
      {"\n\n\n\n\n#separator \\x09\n", "none", "too late"},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(recognise(c.beginning)), c.expected) << c.why;
}

TEST(RecogniseFile, IsSilentAboutWhatCannotBeRead) {
  const testing::Folder folder;
  EXPECT_EQ(shown(recognise_file(folder.add("a.log", "#separator \\x09\n"))), "zeek");
  EXPECT_EQ(shown(recognise_file(folder.path())), "none");
  EXPECT_EQ(shown(recognise_file(folder.path() + "/nothing")), "none");
}

}  // namespace
}  // namespace mogura::logs
