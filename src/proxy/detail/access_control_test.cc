#include "proxy/detail/access_control.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/bytes.h"
#include "base/digest.h"

namespace mogura::proxy::detail {
namespace {

// Passwords: alice "open" (bcrypt, the lowest cost), bob "sesame" ({SHA}), carol "open" (APR1).
constexpr const char* kUsers =
    "alice:$2y$04$S3iNDNxjxISMLbK2U4lR4OJQUsvkMrlTGEemtOa2Jvg17lGKc7/vS\n"
    "bob:{SHA}CEo1Ae3vaEXy8eQZjsOiuBz1xrw=\n"
    "carol:$apr1$3uFnk7EV$JNAwS2ZVJsV1MyfQX6V7J0\n";

class File {
 public:
  explicit File(const std::string& text) {
    const int descriptor = mkstemp(path_.data());
    EXPECT_GE(descriptor, 0);
    close(descriptor);
    std::ofstream(path_) << text;
  }
  ~File() { unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "users-XXXXXX";
};

std::unique_ptr<AccessControl> made(const Access& access) {
  Result<std::unique_ptr<AccessControl>> access_control = AccessControl::make(access);
  EXPECT_TRUE(access_control) << access_control.error().message();
  return std::move(*access_control);
}

std::unique_ptr<AccessControl> with_users(const std::string& text = kUsers) {
  const File file(text);
  Access access;
  access.htpasswd = file.path();
  return made(access);
}

std::string basic(const std::string& text) {
  return "Basic " + to_base64(as_bytes(text));
}

Address address(const char* text) {
  return Address::parse(text).value();
}

// As a caller asks: at once, and where that is not enough, again.
std::optional<std::string> check(const AccessControl& control, const std::string& value) {
  bool is_slow = false;
  const std::optional<std::string> user = control.check_fast(value, is_slow);
  return is_slow ? control.check_slow(value) : user;
}

TEST(AccessControl, AdmitsClientsOfItsNetworks) {
  Access access;
  access.clients = {*Network::parse("10.0.0.0/8"), *Network::parse("2001:db8::/32")};
  const auto control = made(access);
  EXPECT_TRUE(control->admits_client(address("10.1.2.3")));
  EXPECT_TRUE(control->admits_client(address("::ffff:10.1.2.3"))) << "as a socket for both families says it";
  EXPECT_TRUE(control->admits_client(address("2001:db8::1")));
  EXPECT_FALSE(control->admits_client(address("11.0.0.1")));
  EXPECT_FALSE(control->admits_client(address("127.0.0.1")));
  EXPECT_FALSE(control->admits_client(address("2001:db9::1")));
}

TEST(AccessControl, AdmitsNobodyWithoutNetworks) {
  Access access;
  access.clients.clear();
  EXPECT_FALSE(made(access)->admits_client(address("127.0.0.1")));
}

TEST(AccessControl, AdmitsTheNamedPortsOnly) {
  Access access;
  access.connect_ports = {443, 65'535};
  const auto some = made(access);
  EXPECT_TRUE(some->admits_connect_port(443));
  EXPECT_TRUE(some->admits_connect_port(65'535));
  for (const std::uint16_t port : std::array<std::uint16_t, 5>{0, 22, 25, 442, 444})
    EXPECT_FALSE(some->admits_connect_port(port)) << port;
  access.connect_ports.clear();
  EXPECT_FALSE(made(access)->admits_connect_port(443));
  access.any_connect_port = true;
  EXPECT_TRUE(made(access)->admits_connect_port(22));
}

TEST(AccessControl, RefusesDestinationsInside) {
  const auto control = made(Access{});
  for (const char* const inside : {"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "0.0.0.0",
                                   "::", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "fe80::1"}) {
    EXPECT_FALSE(control->admits_destination(address(inside))) << inside;
  }
  EXPECT_TRUE(control->admits_destination(address("192.0.2.1")));
  EXPECT_TRUE(control->admits_destination(address("2001:db8::1")));
}

TEST(AccessControl, AdmitsInsideDestinationsThatAreNamed) {
  Access access;
  access.destinations = {*Network::parse("127.0.0.1"), *Network::parse("10.5.0.0/16"),
                         *Network::parse("fd00::/8")};
  const auto control = made(access);
  const struct {
    const char* address;
    bool is_admitted;
    const char* why;
  } cases[] = {
      {"127.0.0.1", true, "named"},
      {"::ffff:127.0.0.1", true, "the same address"},
      {"127.0.0.2", false, "its neighbour"},
      {"10.5.255.255", true, "of a named network"},
      {"10.6.0.0", false, "behind it"},
      {"fd12::1", true, "of a named network"},
      {"64:ff9b::a05:1", false, "through a gateway, which is another way"},
      {"192.0.2.1", true, "outside, as ever"},
  };
  for (const auto& [text, is_admitted, why] : cases) {
    EXPECT_EQ(control->admits_destination(address(text)), is_admitted) << text << ": " << why;
  }
}

TEST(AccessControl, AsksForCredentialsOnlyWithAPasswordFile) {
  EXPECT_FALSE(made(Access{})->needs_credentials());
  EXPECT_TRUE(with_users()->needs_credentials());
  EXPECT_TRUE(with_users("")->needs_credentials()) << "an empty file lets nobody in";
  EXPECT_EQ(check(*with_users(""), basic("alice:open")), std::nullopt);
}

TEST(AccessControl, KnowsItsUsers) {
  const auto control = with_users();
  const struct {
    std::string credentials;
    std::optional<std::string> user;
    const char* why;
  } cases[] = {
      {basic("alice:open"), "alice", "bcrypt"},
      {basic("bob:sesame"), "bob", "SHA-1"},
      {basic("carol:open"), "carol", "APR1"},
      {basic("alice:Open"), {}, "wrong password"},
      {basic("alice:sesame"), {}, "somebody else's password"},
      {basic("bob:"), {}, "no password"},
      {basic("dave:open"), {}, "nobody, with a password that fits others"},
      {basic("dave:sesame"), {}, "nobody, with a password that fits others"},
      {basic("Alice:open"), {}, "users' names are what they are"},
      {basic(":open"), {}, "no user"},
      {"Bearer abc", {}, "another scheme"},
      {"", {}, "nothing"},
  };
  for (int round = 0; round < 2; ++round) {
    for (const auto& [credentials, user, why] : cases) EXPECT_EQ(check(*control, credentials), user) << why;
  }
}

TEST(AccessControl, AStandInsPasswordLetsNobodyIn) {
  const auto control = with_users();
  for (int i = 0; i < 100; ++i) {
    for (const char* const password : {":open", ":sesame"}) {
      EXPECT_EQ(check(*control, basic("nobody" + std::to_string(i) + password)), std::nullopt);
    }
  }
}

TEST(AccessControl, ASlowHashIsComputedOnce) {
  const auto control = with_users();
  for (const char* const text : {"alice:open", "alice:wrong", "carol:open"}) {
    const std::string value = basic(text);
    bool is_slow = false;
    EXPECT_EQ(control->check_fast(value, is_slow), std::nullopt);
    EXPECT_TRUE(is_slow) << text;
    const std::optional<std::string> user = control->check_slow(value);
    EXPECT_EQ(control->check_fast(value, is_slow), user);
    EXPECT_FALSE(is_slow) << text << ": remembered, right or wrong";
  }
  bool is_slow = true;
  EXPECT_EQ(control->check_fast(basic("bob:sesame"), is_slow), "bob");
  EXPECT_FALSE(is_slow) << "a fast one never is";
  EXPECT_EQ(control->check_fast("Bearer abc", is_slow), std::nullopt);
  EXPECT_FALSE(is_slow) << "nor is nonsense";
}

TEST(AccessControl, WhoIsNotThereTakesAsLongAsWhoIs) {
  const auto control = with_users("alice:$2y$04$S3iNDNxjxISMLbK2U4lR4OJQUsvkMrlTGEemtOa2Jvg17lGKc7/vS\n");
  bool is_slow = false;
  EXPECT_EQ(control->check_fast(basic("nobody:open"), is_slow), std::nullopt);
  EXPECT_TRUE(is_slow);
  EXPECT_EQ(control->check_slow(basic("nobody:open")), std::nullopt);
}

TEST(AccessControl, MayBeAskedFromSeveralThreads) {
  const auto control = with_users();
  const std::vector<std::string> values{basic("alice:open"), basic("bob:sesame"), basic("carol:open"),
                                        basic("dave:open")};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(check(*control, values[i % 4]).has_value(), i % 4 != 3);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(AccessControl, RefusesPasswordFilesThatCannotBeUsed) {
  Access access;
  access.htpasswd = "/nonexistent/users";
  EXPECT_EQ(AccessControl::make(access).error().code, ErrorCode::kIo);
  access.htpasswd = testing::TempDir();
  EXPECT_EQ(AccessControl::make(access).error().code, ErrorCode::kIo) << "a folder";
  const File plain("alice:open\n");
  access.htpasswd = plain.path();
  const auto refused = AccessControl::make(access);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kFormat);
  EXPECT_EQ(refused.error().place, plain.path() + " line 1");
}

}  // namespace
}  // namespace mogura::proxy::detail
