#include "console/detail/api_allow_entry.h"

#include <gtest/gtest.h>

#include "finding/allow.h"
#include "report/analysis_json.h"

namespace mogura::console::detail {
namespace {

using finding::Finding;

const Timestamp kNow = Timestamp(std::chrono::seconds(1'795'300'000));

report::FindingRecord record_of(const Finding& finding) {
  report::FindingRecord record;
  record.row.finding_id = "0123456789abcdef";
  record.row.destination = finding.destination;
  record.line = report::write_finding_line(finding);
  return record;
}

std::string entry_for(const Finding& finding) {
  JsonReader json;
  return allow_entry(record_of(finding), json, kNow);
}

// Whether the entry, as the only one of a list, covers the finding it was written for.
bool covers(const std::string& entry, const Finding& finding) {
  const auto list = finding::AllowList::parse("format = 1\n\n" + entry, "allow.toml");
  EXPECT_TRUE(list) << (list ? "" : list.error().message()) << "\n" << entry;
  return list && list->entries().size() == 1 && list->covering(finding, kNow) != nullptr;
}

Finding at_destination(std::string destination) {
  Finding finding;
  finding.finding_id = "0123456789abcdef";
  finding.destination = std::move(destination);
  return finding;
}

TEST(AllowEntry, CoversItsFindingHoweverItIsNamed) {
  const char* const destinations[] = {"relay.example:443",
                                      "RELAY.example:443",
                                      "192.0.2.1:8443",
                                      "[2001:db8::1]:443",
                                      "日本.example:443",
                                      "quote\".example\\:443",
                                      "[{:1",
                                      "[}:1",
                                      "a,}:1",
                                      "~7e:1",
                                      "#:1",
                                      "'''\"\"\":1",
                                      "\u202e\u200b\U000e0041:1",
                                      "\x1b[2J\x7f\n[[allow]]\nnetwork = \"0.0.0.0/0\":1"};
  for (const char* destination : destinations) {
    const Finding finding = at_destination(destination);
    const std::string entry = entry_for(finding);
    EXPECT_TRUE(covers(entry, finding)) << entry;
    EXPECT_FALSE(covers(entry, at_destination("other.example:443"))) << entry;
  }
}

TEST(AllowEntry, SaysWhoAndUntilWhenWhereThatWasDecided) {
  report::FindingRecord record = record_of(at_destination("relay.example:443"));
  record.row.application = "Relay";
  JsonReader json;
  EXPECT_EQ(allow_entry(record, json, kNow),
            "[[allow]]\nhost = \"relay.example:443\"\n"
            "comment = \"finding 0123456789abcdef, Relay\"\n# expires = 2027-11-21\n");
  record.decision.owner = "storage \"team\"";
  record.decision.reason = "ticket 4711\nsecond line";
  record.decision.expires = Timestamp(std::chrono::sys_days(std::chrono::year(2027) / 1 / 31));
  EXPECT_EQ(allow_entry(record, json, kNow),
            "[[allow]]\nhost = \"relay.example:443\"\nowner = \"storage \\\"team\\\"\"\n"
            "comment = \"ticket 4711\\u000asecond line\"\nexpires = 2027-01-31\n");
  EXPECT_TRUE(finding::AllowList::parse(allow_entry(record, json, kNow), "allow.toml"));
}

TEST(AllowEntry, ProposesWhatWouldBeNarrower) {
  Finding finding = at_destination("relay.example:443");
  finding.user_agents = {"Tool/1.0"};
  finding.user_agents_count = 1;
  finding.ja4s = {"t13d"};
  finding.clients = {"10.0.0.1"};
  finding.clients_count = 1;
  const std::string entry = entry_for(finding);
  EXPECT_NE(
      entry.find("\n# user_agent = \"Tool/1.0\"\n# cipher_suites = \"t13d\"\n# network = \"10.0.0.1\"\n"),
      std::string::npos)
      << entry;
  std::string all = entry;
  for (std::size_t mark; (mark = all.find("# ")) != std::string::npos;) all.erase(mark, 2);
  EXPECT_TRUE(covers(all, finding)) << all;
}

TEST(AllowEntry, CoversAProgramThatGoesToSeveralPlaces) {
  Finding finding = at_destination("a.example.org:443");
  finding.destinations = {"a.example.org:443", "b.example.org:443"};
  EXPECT_NE(entry_for(finding).find("suffix = \"example.org\""), std::string::npos);
  EXPECT_TRUE(covers(entry_for(finding), finding));

  finding.destinations = {"192.0.2.1:443", "b.example.net:443"};
  finding.destination = finding.destinations.front();
  EXPECT_EQ(entry_for(finding), "") << "nothing in common that is known";

  finding.user_agents = {"Beacon/1.0 a", "Beacon/1.0 b"};
  finding.user_agents_count = 2;
  EXPECT_NE(entry_for(finding).find("user_agent = \"Beacon/1.0 *\""), std::string::npos);
  EXPECT_TRUE(covers(entry_for(finding), finding));

  finding.user_agents_count = 3;  // one is not listed
  EXPECT_EQ(entry_for(finding), "");
  finding.cipher_lists = {"1301-1302"};
  EXPECT_NE(entry_for(finding).find("cipher_suites = \"1301-1302\""), std::string::npos);
  EXPECT_TRUE(covers(entry_for(finding), finding));

  finding.cipher_lists = {"1301", "1302"};
  finding.clients = {"2001:db8::7"};
  finding.clients_count = 1;
  EXPECT_NE(entry_for(finding).find("network = \"2001:db8::7\""), std::string::npos);
  EXPECT_TRUE(covers(entry_for(finding), finding));
}

TEST(AllowEntry, LooksForAnotherWayWhereANameIsNoUtf8) {
  Finding finding = at_destination("\xff\xfe.example:443");
  EXPECT_EQ(entry_for(finding), "");
  finding.user_agents = {"Tool\xff 1"};
  finding.user_agents_count = 1;
  EXPECT_NE(entry_for(finding).find("user_agent = \"Tool* 1\""), std::string::npos);
  EXPECT_TRUE(covers(entry_for(finding), finding));
  finding.user_agents = {"\xff\xff"};
  EXPECT_EQ(entry_for(finding), "") << "it would cover every program";
}

TEST(AllowEntry, CannotSpeakOfABrokenLine) {
  report::FindingRecord record;
  record.line = "{";
  JsonReader json;
  EXPECT_EQ(allow_entry(record, json, kNow), "");
}

TEST(TomlText, EscapesWhatCannotBeSeen) {
  EXPECT_EQ(toml_text("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(toml_text("\x1b\u202e\U000e0041}"), R"("\u001b\u202e\U000e0041\u007d")");
  EXPECT_EQ(toml_text("\xff"), "");
  EXPECT_EQ(toml_text(""), "\"\"");
}

}  // namespace
}  // namespace mogura::console::detail
