#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kCases[] = {
    {"register", "'NICK bob\\r\\nUSER bob 0 * :Bob\\r\\n'", "':irc.test NOTICE * :*** Looking up\\r\\n'",
     Inner::kIrc, "the usual dialogue"},
    {"capabilities", "'CAP LS 302\\r\\nNICK bob\\r\\n'", "", Inner::kIrc, "IRCv3"},
    {"password", "'PASS secret\\r\\nnick bob\\r\\n'", "", Inner::kIrc, "a password first"},
    {"user", "'USER bob 0 * :Bob\\r\\n'", "", Inner::kIrc, "four parameters"},
    {"server", "", "':irc.test 001 bob :Welcome\\r\\n'", Inner::kIrc, "only the server was captured"},
    {"server-notice", "", "'NOTICE AUTH :*** Checking Ident\\r\\n'", Inner::kIrc, "an old server"},
    {"ftp-user", "'USER bob\\r\\n'", "", Inner::kUnknown, "one parameter: FTP or POP3"},
    {"password-only", "'PASS secret\\r\\n'", "", Inner::kUnknown, "FTP and POP3 have it too"},
    {"passwords", "'PASS a\\r\\nPASS b\\r\\nPASS c\\r\\nNICK bob\\r\\n'", "", Inner::kUnknown,
     "nobody registers so"},
    {"prefix", "", "':not a server\\r\\n'", Inner::kUnknown, "no reply follows"},
    {"nick", "'NICK \\r\\n'", "", Inner::kUnknown, "no name"},
};

TEST(InnerIrc, NeedsARegistrationOrAServersMessage) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
