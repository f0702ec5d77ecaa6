#include "account/htpasswd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace mogura::account {
namespace {

using ::testing::HasSubstr;

// All of "secret Ω", as the tools of Debian 12 write them.
constexpr std::string_view kPassword = "secret \xCE\xA9";
constexpr std::string_view kBcryptHash = "$2y$05$Uzh5h4bwM/uAgL9RjlXnKON56V2.YPhH3hl6inisGjAuUafQvi6M6";
constexpr std::string_view kSha256Hash = "$5$lZ/VE/FUwPaeoooA$dzoAvNKn4x5xH379P1bUk2KnkS4uoX9N7wr5GV3.tu0";
constexpr std::string_view kSha512Hash =
    "$6$yejZKv.INJX9/jrc$ZgM7kARoaTTQzSKJQKYC/"
    "FXAsMrN8jZGupqozMy3QuzWl980HrM5oEeYj02p6Uqd2akQ9IRX3dDlU0A9.ZW2v.";
constexpr std::string_view kApr1Hash = "$apr1$DxaFARwL$S2Zb2lySk4Df80epjCk5B0";
constexpr std::string_view kSha1Hash = "{SHA}A1c16YqksL1Vy7y3czaOglSy5tg=";

PasswordEntry entry_of(std::string_view hash) {
  return {"alice", std::string(hash), kind_of_hash(hash).value(), 1};
}

TEST(Htpasswd, KnowsTheRightPasswordOfEachKind) {
  for (const std::string_view hash : {kBcryptHash, kSha256Hash, kSha512Hash, kApr1Hash, kSha1Hash}) {
    const PasswordEntry entry = entry_of(hash);
    EXPECT_TRUE(is_password(entry, kPassword)) << hash;
    for (const std::string_view wrong : {"", "secret", "secret \xCE\xA9 ", "Secret \xCE\xA9"}) {
      EXPECT_FALSE(is_password(entry, wrong)) << hash << " " << wrong;
    }
  }
}

TEST(Htpasswd, ANulEndsNoPassword) {
  std::string with_nul(kPassword);
  with_nul += '\0';
  for (const std::string_view hash : {kBcryptHash, kSha512Hash, kApr1Hash, kSha1Hash}) {
    EXPECT_FALSE(is_password(entry_of(hash), with_nul)) << hash;
    EXPECT_FALSE(is_password(entry_of(hash), with_nul + "more")) << hash;
  }
}

TEST(Htpasswd, PasswordsHaveABound) {
  const std::string longest(kPasswordBytes, 'a');
  PasswordEntry entry = entry_of(kApr1Hash);
  entry.hash = "$apr1$salt$" + apr1(longest, "salt");
  EXPECT_TRUE(is_password(entry, longest));
  entry.hash = "$apr1$salt$" + apr1(longest + "a", "salt");
  EXPECT_FALSE(is_password(entry, longest + "a"));
}

TEST(Htpasswd, Apr1FitsTheOtherProgramsAnswers) {
  // openssl passwd -apr1 -salt SALT PASSWORD
  const struct {
    const char* password;
    const char* salt;
    const char* hash;
  } cases[] = {
      {"", "s", "e2aCb9PLCjZ2t55SoAxXn."},
      {"a", "salt", "bXyKpShCa.c/9qWoinNZb0"},
      {"abc", "12345678", "645h6VqFNJnFRjqOSiKm60"},
      {"0123456789abcde", "x", "Aq9avACy/ky8gPWOwEj9E0"},
      {"0123456789abcdef", "x", "7smHx4qPUie9g3UogSau.0"},
      {"0123456789abcdefg", "./Zz09aA", "w2B45qYzqdOnk0aP/R1TZ1"},
      {"m\xC3\xB6we", "pepper", "PbCrCPGtMgIId1VARF59i0"},
      {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "long", "p5WkxTXc99wWn/Mso/sVN1"},
  };
  for (const auto& [password, salt, hash] : cases) EXPECT_EQ(apr1(password, salt), hash) << password;
}

TEST(Htpasswd, KnowsTheKindsOfHashes) {
  const std::string salt16(16, 's');
  const std::string hash43(43, 'h');
  const struct {
    std::string hash;
    std::optional<HashKind> kind;
    const char* why;
  } cases[] = {
      {std::string(kBcryptHash), HashKind::kBcrypt, "as htpasswd -B writes it"},
      {"$2a$" + std::string(kBcryptHash.substr(4)), HashKind::kBcrypt, "other programs'"},
      {"$2b$" + std::string(kBcryptHash.substr(4)), HashKind::kBcrypt, "other programs'"},
      {"$2x$" + std::string(kBcryptHash.substr(4)), {}, "made by a program with a fault"},
      {"$2y$17$" + std::string(kBcryptHash.substr(7)), HashKind::kBcrypt, "the highest cost"},
      {"$2y$18$" + std::string(kBcryptHash.substr(7)), {}, "would take ever longer"},
      {"$2y$03$" + std::string(kBcryptHash.substr(7)), {}, "below what bcrypt has"},
      {"$2y$0x$" + std::string(kBcryptHash.substr(7)), {}, "no cost"},
      {std::string(kBcryptHash.substr(0, 59)), {}, "one letter short"},
      {std::string(kBcryptHash) + "a", {}, "one letter more"},
      {"$5$" + salt16 + "$" + hash43, HashKind::kShaCrypt, "the longest salt"},
      {"$5$" + salt16 + "s$" + hash43, {}, "a longer one"},
      {"$5$s$" + hash43 + "h", {}, "one letter more"},
      {"$5$rounds=1000$s$" + hash43, HashKind::kShaCrypt, "rounds"},
      {"$5$rounds=10000000$s$" + hash43, HashKind::kShaCrypt, "the most rounds"},
      {"$5$rounds=10000001$s$" + hash43, {}, "would take too long"},
      {"$5$rounds=999$s$" + hash43, {}, "crypt would take them for 1000"},
      {"$5$rounds=$s$" + hash43, {}, "no number"},
      {"$6$rounds=5000" + hash43, {}, "no salt"},
      {"$6$s$" + hash43, {}, "too short for SHA-512"},
      {std::string(kApr1Hash), HashKind::kApr1, ""},
      {"$apr1$" + std::string(9, 's') + "$" + std::string(22, 'h'), {}, "salt too long"},
      {"$apr1$s$" + std::string(21, 'h'), {}, "one letter short"},
      {"$1$s$" + std::string(22, 'h'), {}, "FreeBSD's MD5"},
      {std::string(kSha1Hash), HashKind::kSha1, ""},
      {"{SHA}" + std::string(27, 'a'), {}, "too short"},
      {"{SSHA}" + std::string(28, 'a'), {}, "salted, of directory servers"},
      {"fSKBURljzaZpU", {}, "DES: eight letters only"},
      {"$y$j9T$abc$def", {}, "yescrypt"},
      {"secret", {}, "plain text"},
      {"", {}, "no password"},
      {"*", {}, "locked"},
  };
  for (const auto& [hash, kind, why] : cases) EXPECT_EQ(kind_of_hash(hash), kind) << hash << ": " << why;
}

std::string line_of(std::string_view user, std::string_view hash = kSha1Hash) {
  return std::string(user) + ":" + std::string(hash) + "\n";
}

TEST(Htpasswd, ReadsAFile) {
  const std::string text = "# staff\n\n" + line_of("alice") + line_of("b\xC3\xB6", kBcryptHash) +
                           "carol:" + std::string(kApr1Hash) +
                           ":more of Apache's\r\ndave:" + std::string(kSha512Hash);
  const Result<Htpasswd> read = Htpasswd::parse(text, "users");
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->entries().size(), 4u);
  EXPECT_EQ(read->find("alice")->line, 3u);
  EXPECT_EQ(read->find("b\xC3\xB6")->hash, kBcryptHash);
  EXPECT_EQ(read->find("carol")->hash, kApr1Hash);
  EXPECT_EQ(read->find("dave")->hash, kSha512Hash);
  EXPECT_EQ(read->find("Alice"), nullptr);
  EXPECT_EQ(read->find(""), nullptr);
}

TEST(Htpasswd, UsersAreStillFoundWhenItIsMoved) {
  Result<Htpasswd> read = Htpasswd::parse(line_of("a") + line_of("someone with a long name"), "users");
  const Htpasswd moved = std::move(*read);
  EXPECT_EQ(moved.find("a")->user, "a");
  EXPECT_EQ(moved.find("someone with a long name")->line, 2u);
}

TEST(Htpasswd, RefusesWithTheLineAndNotItsText) {
  const struct {
    std::string text;
    const char* error;
  } cases[] = {
      {line_of("alice") + "bob:hunter2\n", "users line 2: the password is not hashed by"},
      {"\n\nbob hunter2\n", "users line 3: must be USER:HASH"},
      {line_of(""), "users line 1: the user's name is empty"},
      {line_of("a\x01"), "users line 1: the user's name is empty, long or has control characters"},
      {line_of(std::string(256, 'a')), "users line 1: the user's name"},
      {line_of("a") + line_of("b") + line_of("a"), "users line 3: this user stands on line 1 already"},
  };
  for (const auto& [text, error] : cases) {
    const Result<Htpasswd> read = Htpasswd::parse(text, "users");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kFormat);
    EXPECT_THAT(read.error().message(), HasSubstr(error));
    EXPECT_EQ(read.error().message().find("hunter2"), std::string::npos);
  }
}

TEST(Htpasswd, HasBounds) {
  EXPECT_TRUE(Htpasswd::parse(line_of(std::string(255, 'a')), "users"));
  std::string text;
  for (std::size_t i = 0; i < kPasswordUsers; ++i) text += line_of(std::to_string(i));
  const Result<Htpasswd> most = Htpasswd::parse(text, "users");
  ASSERT_TRUE(most);
  EXPECT_EQ(most->entries().size(), kPasswordUsers);
  EXPECT_EQ(Htpasswd::parse(text + line_of("one more"), "users").error().code, ErrorCode::kLimit);
  EXPECT_TRUE(Htpasswd::parse(std::string(kPasswordFileBytes, '#'), "users"));
  EXPECT_EQ(Htpasswd::parse(std::string(kPasswordFileBytes + 1, '#'), "users").error().code,
            ErrorCode::kLimit);
}

TEST(Htpasswd, EveryTruncationIsReadOrRefused) {
  const std::string text = "#\n" + line_of("alice", kBcryptHash) + line_of("bob", kSha512Hash);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    text.copy(exact.get(), size);
    const Result<Htpasswd> read = Htpasswd::parse({exact.get(), size}, "users");
    const bool ends_with_entry = size <= 2 || size == 68 || size == 69 || size + 1 == text.size();
    EXPECT_EQ(read.has_value(), ends_with_entry) << size;
  }
}

TEST(Htpasswd, WhoIsNotThereHasAStandIn) {
  const Result<Htpasswd> read = Htpasswd::parse(line_of("a") + line_of("b", kBcryptHash), "users");
  EXPECT_EQ(read->stand_in("nobody", 7), read->stand_in("nobody", 7)) << "the same each time";
  bool has_a = false;
  bool has_b = false;
  for (int i = 0; i < 64; ++i) {
    const PasswordEntry* const entry = read->stand_in(std::to_string(i), 7);
    has_a |= entry->user == "a";
    has_b |= entry->user == "b";
  }
  EXPECT_TRUE(has_a && has_b) << "as many of each kind as there are users with it";
  EXPECT_EQ(Htpasswd::parse("", "users")->stand_in("nobody", 7), nullptr);
}

// What a command writes.
std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string text;
  std::array<char, 256> piece;
  while (pipe && std::fgets(piece.data(), piece.size(), pipe.get()) != nullptr) text += piece.data();
  return text;
}

TEST(Htpasswd, ReadsWhatTheRealToolWrites) {
  if (output_of("command -v htpasswd").empty()) GTEST_SKIP() << "htpasswd (apache2-utils) is not installed";
  for (const char* const options : {"-m", "-B", "-BC 4", "-2", "-5", "-2r 1000", "-5r 20000", "-s"}) {
    for (const char* const password :
         {"a", "correct horse battery staple", "m\xC3\xB6we", "0123456789abcdef", ""}) {
      const std::string text =
          output_of(std::string("htpasswd -nb ") + options + " alice '" + password + "' 2>/dev/null");
      const Result<Htpasswd> read = Htpasswd::parse(text, "users");
      ASSERT_TRUE(read) << options << ": " << text;
      ASSERT_EQ(read->entries().size(), 1u) << options << ": " << text;
      EXPECT_TRUE(is_password(read->entries()[0], password)) << options << ": " << text;
      EXPECT_FALSE(is_password(read->entries()[0], std::string(password) + "x")) << options << ": " << text;
    }
  }
  for (const char* const options : {"-d", "-p"}) {
    const std::string text = output_of(std::string("htpasswd -nb ") + options + " alice secret 2>/dev/null");
    EXPECT_FALSE(Htpasswd::parse(text, "users")) << text;
  }
}

}  // namespace
}  // namespace mogura::account
