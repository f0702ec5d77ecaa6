#include "store/detail/audit_log.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::number;
using store::testing::Scene;

report::AuditEntry entry(std::int64_t n) {
  return {at(n),   "user" + std::to_string(n % 2),    "::1",
          "login", "subject" + std::to_string(n % 3), std::to_string(n)};
}

TEST(AuditLog, GivesBackNewestFirstPageByPage) {
  Scene scene;
  for (std::int64_t n = 0; n < 50; ++n) ASSERT_TRUE(scene.archive().add_audit(entry(n)));
  report::Page page{7, ""};
  std::int64_t expected = 50;
  do {
    const auto rows = scene.archive().audit(page);
    ASSERT_TRUE(rows);
    for (const auto& row : rows->rows) {
      EXPECT_EQ(row.detail, std::to_string(--expected));
      EXPECT_EQ(row.time, at(expected));
      EXPECT_EQ(row.address, "::1");
    }
    page.after = rows->next;
    ASSERT_TRUE(scene.archive().add_audit(entry(100))) << "what comes later changes nothing";
  } while (!page.after.empty());
  EXPECT_EQ(expected, 0);
  EXPECT_EQ(scene.archive().audit({7, "s1.2"}).error().code, ErrorCode::kUsage);
}

TEST(AuditLog, OnlyGrows) {
  Scene scene;
  ASSERT_TRUE(scene.archive().add_audit(entry(1)));
  for (const char* sql : {"UPDATE audit SET user = 'x'", "DELETE FROM audit",
                          "INSERT OR REPLACE INTO audit VALUES (1, 2, 'x', '', '', '', '')"}) {
    const auto done = scene.database().execute(sql);
    ASSERT_FALSE(done) << sql;
    EXPECT_NE(done.error().cause.find("the audit log only grows"), std::string::npos);
  }
  ASSERT_TRUE(scene.store().forget_before(at(INT64_MAX / 1000)));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM audit"), 1);
}

TEST(AuditLog, CutsWhatIsTooLong) {
  Scene scene;
  report::AuditEntry large = entry(1);
  large.user = std::string(1 << 20, 'u');
  ASSERT_TRUE(scene.archive().add_audit(large));
  EXPECT_EQ(scene.archive().audit({})->rows.at(0).user.size(), kGivenTextBytes);
}

}  // namespace
}  // namespace mogura::store::detail
