#include "whois/detail/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::whois::detail {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(WhoisAnswer, AReferralOfTheRoot) {
  const Facts facts = read_answer(
      "% IANA WHOIS server\n\nrefer:        whois.registry.example\n\ndomain:       EXAMPLE\n"
      "organisation: Registry Services\nwhois:        whois.registry.example\nstatus:       ACTIVE\n");
  EXPECT_EQ(facts.referral, "whois.registry.example");
  EXPECT_EQ(facts.organisation, "Registry Services");
  EXPECT_FALSE(facts.knows_nothing);
}

TEST(WhoisAnswer, ARegistrarsWords) {
  const Facts facts = read_answer(
      "Domain Name: RELAY.EXAMPLE\r\nRegistrar WHOIS Server: whois.registrar.example\r\n"
      "Registrar URL: http://registrar.example\r\nCreation Date: 2024-02-01T10:00:00Z\r\n"
      "Registrar: Registrar, Inc.\r\nRegistrant Organization: Relay Works\r\nRegistrant Country: JP\r\n");
  EXPECT_EQ(facts.referral, "whois.registrar.example");
  EXPECT_EQ(facts.created, "2024-02-01T10:00:00Z");
  EXPECT_EQ(facts.registrar, "Registrar, Inc.");
  EXPECT_EQ(facts.organisation, "Relay Works");
  EXPECT_EQ(facts.country, "JP");
}

TEST(WhoisAnswer, ARegionalRegistrysWords) {
  const Facts facts = read_answer(
      "% comment\ninetnum:        192.0.2.0 - 192.0.2.255\nnetname:        RELAY-NET\ndescr:          Some "
      "words\ncountry:        NL\n\norganisation:   ORG-1\norg-name:       Relay Works\n");
  EXPECT_EQ(facts.network, "192.0.2.0 - 192.0.2.255");
  EXPECT_EQ(facts.country, "NL");
  EXPECT_EQ(facts.organisation, "Relay Works");
}

TEST(WhoisAnswer, JapaneseBrackets) {
  const Facts facts = read_answer(
      "[ JPRS database ]\nDomain Information:\na. [Domain Name]   RELAY.JP\ng. [Organization]  Relay Works "
      "KK\n"
      "[Registrant]                    Relay KK\n[Created on]                    2001/03/22\n");
  EXPECT_EQ(facts.organisation, "Relay KK");
  EXPECT_EQ(facts.created, "2001/03/22");
}

TEST(WhoisAnswer, DottedKeys) {
  EXPECT_EQ(read_answer("registrar.........: Registrar Oy\ncreated..........: 1.1.2020\n").registrar,
            "Registrar Oy");
}

TEST(WhoisAnswer, KnowsNothingAndRefuses) {
  struct Case {
    std::string_view text;
    bool knows_nothing, is_refusal;
  };
  for (const Case& c : {
           Case{"", true, false},
           {"\r\n\r\n% only comments\n", true, false},
           {"No match for \"X.EXAMPLE\".\n>>> Last update", true, false},
           {"Domain not found.\n", true, false},
           {"% No entries found for the selected source(s).\n", true, false},
           {"Status: free\n", true, false},
           {"% Query rate limit exceeded. Try again later.\n", true, true},
           {"WHOIS LIMIT EXCEEDED - SEE WWW.EXAMPLE/WHOIS FOR DETAILS\n", false, true},
           {"Registrar: A\nTERMS: ... quota exceeded ...\n", false, false},
           {"Registrar: A\n", false, false},
       }) {
    const Facts facts = read_answer(c.text);
    EXPECT_EQ(facts.knows_nothing, c.knows_nothing) << c.text;
    EXPECT_EQ(facts.is_refusal, c.is_refusal) << c.text;
  }
}

TEST(WhoisAnswer, ReferralsAreServersOrNothing) {
  struct Case {
    std::string_view line, referral;
  };
  for (const Case& c : {
           Case{"ReferralServer: whois://whois.registry.example", "whois.registry.example"},
           {"ReferralServer: whois://whois.registry.example:4343/path", "whois.registry.example:4343"},
           {"ReferralServer: rwhois://rwhois.example:4321", ""},
           {"Registrar WHOIS Server: https://registrar.example/whois", ""},
           {"whois: whois.example\x01", ""},
           {"refer: a b", ""},
           {"refer: 192.0.2.1", "192.0.2.1"},
           {"refer: [2001:db8::1]:43", "2001:db8::1"},
       }) {
    EXPECT_EQ(read_answer(c.line).referral, c.referral) << c.line;
  }
}

TEST(WhoisAnswer, ValuesAreCleanAndCut) {
  EXPECT_EQ(read_answer("org-name: a\x1b[31mb\x07 \xff\xfe c\n").organisation, "a[31mb ?? c");
  EXPECT_EQ(clean_value("\xe6\xa0\xaa\xe5\xbc\x8f"), "\xe6\xa0\xaa\xe5\xbc\x8f");
  EXPECT_EQ(clean_value("a\xe2\x80\xae"
                        "b"),
            "ab")
      << "right-to-left override";
  EXPECT_EQ(clean_value("a\xc2\x9b"
                        "b"),
            "ab")
      << "a control character of two bytes";
  EXPECT_EQ(clean_value("\xed\xa0\x80"), "???") << "half of a surrogate pair";
  const std::string value = clean_value(std::string(199, 'x') + "\xe6\xa0\xaa");
  EXPECT_EQ(value.size(), 199u) << "cut between characters";
  EXPECT_EQ(clean_text("a\r\nb\tc\x1b\n"), "a\nb\tc\n");
}

TEST(WhoisAnswer, EveryTruncationIsRead) {
  const std::string_view text =
      "refer: whois.example\r\n[Registrant] \xe6\xa0\xaa\r\ncreated: 2020\xf0\x9f\x98\x80\r\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string cut(text.substr(0, size));
    const Facts facts = read_answer(cut);
    EXPECT_LE(facts.organisation.size(), kValueBytes);
    EXPECT_THAT(clean_text(cut), Not(HasSubstr("\r")));
  }
}

TEST(WhoisAnswer, OnlySoManyLinesAreRead) {
  std::string text;
  for (std::size_t i = 0; i < kLines - 1; ++i) text += "x\n";
  EXPECT_EQ(read_answer(text + "registrar: A\n").registrar, "A");
  EXPECT_EQ(read_answer(text + "x\nregistrar: A\n").registrar, "");
}

}  // namespace
}  // namespace mogura::whois::detail
