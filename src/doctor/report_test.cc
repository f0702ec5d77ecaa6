#include "doctor/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mogura::doctor {
namespace {

const Remarks kRemarks{
    {Level::kOk, "clock", "", "is set by the network", ""},
    {Level::kProblem, "secret", "/etc/\x1b[31m\u202e", "is open to others", "chmod 600 it"},
};

TEST(DoctorReport, PutsOneRemarkOnALineAndWhatToDoBelow) {
  EXPECT_EQ(to_text({kRemarks[0]}, true),
            "ok       clock: is set by the network\n1 ok, 0 unseen, 0 warnings, 0 problems\n");
  EXPECT_NE(to_text(kRemarks, true).find("is open to others\n           chmod 600 it\n"), std::string::npos);
}

TEST(DoctorReport, EscapesNamesForTheTerminal) {
  for (const bool utf8 : {false, true}) {
    const std::string text = to_text(kRemarks, utf8);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\u202e"), std::string::npos);
    EXPECT_NE(text.find("\\x1b[31m\\u202e"), std::string::npos);
  }
}

TEST(DoctorReport, WritesADocument) {
  const auto document = nlohmann::json::parse(to_json(kRemarks, "1.2.3", Timestamp{}));
  EXPECT_EQ(document["schema"], "mogura.doctor/1");
  EXPECT_EQ(document["version"], "1.2.3");
  EXPECT_EQ(document["counts"], (nlohmann::json{{"ok", 1}, {"unseen", 0}, {"warning", 0}, {"problem", 1}}));
  EXPECT_EQ(document["remarks"][1]["subject"], "/etc/\x1b[31m\u202e");
  EXPECT_EQ(document["remarks"][1]["advice"], "chmod 600 it");
  EXPECT_FALSE(document["remarks"][0].contains("subject"));
}

}  // namespace
}  // namespace mogura::doctor
