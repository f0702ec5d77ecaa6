#include "identity/identity.h"

#include <gtest/gtest.h>

#include <set>

namespace mogura::identity {
namespace {

constexpr unsigned kLast = static_cast<unsigned>(Class::kCloudStorage);

TEST(IdentityClass, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (unsigned cls = 0; cls <= kLast; ++cls) names.insert(name_of(static_cast<Class>(cls)));
  EXPECT_EQ(names.size(), kLast + 1);
  EXPECT_EQ(name_of(Class::kRemoteAccess), "remote-access");
}

TEST(IdentityClass, IsNeverBothSuspiciousAndOrdinary) {
  for (unsigned cls = 0; cls <= kLast; ++cls) {
    EXPECT_FALSE(is_suspicious(static_cast<Class>(cls)) && is_ordinary(static_cast<Class>(cls))) << cls;
  }
}

TEST(IdentityClass, UnknownIsNeither) {
  EXPECT_FALSE(is_suspicious(Class::kUnknown));
  EXPECT_FALSE(is_ordinary(Class::kUnknown));
}

}  // namespace
}  // namespace mogura::identity
