#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

constexpr Case kSmtpAndFtp[] = {
    {"smtp", "'EHLO me\\r\\n'", "'220 mx.test ESMTP Postfix\\r\\n250-mx.test\\r\\n'", Inner::kSmtp,
     "the usual dialogue"},
    {"smtp-silent-greeting", "'helo me\\r\\n'", "'220 mx.test ready\\r\\n'", Inner::kSmtp,
     "the client's command tells"},
    {"smtp-client", "'EHLO me\\r\\n'", "", Inner::kSmtp, "only the client's direction was captured"},
    {"smtp-server", "", "'220 mx.test ESMTP\\r\\n'", Inner::kSmtp,
     "only the server's direction was captured"},
    {"smtp-quit", "'QUIT\\r\\n'", "'220 mx.test SMTP\\r\\n'", Inner::kSmtp, "the greeting tells"},
    {"smtp-on-ftp-host", "'EHLO me\\r\\n'", "'220 host FTP server\\r\\n'", Inner::kSmtp,
     "the command outweighs"},
    {"ftp", "'USER bob\\r\\n'", "'220 (vsFTPd 3.0.3)\\r\\n'", Inner::kFtp, "the usual dialogue"},
    {"ftp-silent-greeting", "'AUTH TLS\\r\\n'", "'220-FileZilla Server 1.7.2\\r\\n220 hi\\r\\n'", Inner::kFtp,
     "the client's command tells"},
    {"ftp-server", "", "'220 ProFTPD Server (x) [10.0.0.1]\\r\\n'", Inner::kFtp,
     "only the server was captured"},
    {"ftp-on-smtp-host", "", "'220 smtp.test FTP server ready\\r\\n'", Inner::kFtp,
     "smtp is part of the name only"},
    {"open", "'QUIT\\r\\n'", "'220 hello\\r\\n'", Inner::kUnknown, "nothing tells which"},
    {"open-server", "", "'220 hello\\r\\n'", Inner::kUnknown, "nothing tells which"},
    {"user-alone", "'USER bob\\r\\n'", "", Inner::kUnknown, "FTP or POP3"},
    {"unfinished", "'USER bob\\r\\n'", "'220 (vsFTPd'", Inner::kUnknown, "the greeting's line does not end"},
    {"binary", "'USER bob\\r\\n'", "'220 ' 01 'x\\r\\n'", Inner::kUnknown, "a greeting is text"},
    {"no-code", "'USER bob\\r\\n'", "'2200 FTP\\r\\n'", Inner::kUnknown, "not a reply"},
};

constexpr Case kPop3AndImap[] = {
    {"pop3", "'CAPA\\r\\n'", "'+OK Dovecot ready.\\r\\n'", Inner::kPop3, "the usual dialogue"},
    {"pop3-bare", "'USER bob\\r\\n'", "'+OK\\r\\n'", Inner::kPop3, "a greeting without text"},
    {"pop3-server", "", "'+OK POP3 ready <1.2@x>\\r\\n'", Inner::kPop3, "only the server was captured"},
    {"redis", "'SET a b\\r\\n'", "'+OK\\r\\n'", Inner::kUnknown, "not a command of POP3"},
    {"redis-server", "", "'+OK\\r\\n'", Inner::kUnknown, "Redis answers so"},
    {"pop3-client", "'USER bob\\r\\nPASS x\\r\\n'", "", Inner::kUnknown, "FTP or POP3"},
    {"imap", "'a001 CAPABILITY\\r\\n'", "'* OK [CAPABILITY IMAP4rev1] ready\\r\\n'", Inner::kImap,
     "the usual dialogue"},
    {"imap-client", "'A1 LOGIN bob x\\r\\n'", "", Inner::kImap, "only the client's direction was captured"},
    {"imap-server", "", "'* PREAUTH hello bob\\r\\n'", Inner::kImap,
     "only the server's direction was captured"},
    {"imap-tag", "'( LOGIN bob x\\r\\n'", "", Inner::kUnknown, "not a tag"},
    {"imap-untagged", "", "'* LIST () x\\r\\n'", Inner::kUnknown, "not a greeting"},
};

TEST(InnerMail, TellsSmtpFromFtpByCommandThenByGreeting) {
  check(kSmtpAndFtp);
}

TEST(InnerMail, RecognisesPop3AndImap) {
  check(kPop3AndImap);
}

TEST(InnerMail, GreetingIsNotFinalUntilTheClientSpeaks) {
  const Recognition greeted = recognise_texts("", "220 mx.test ESMTP\r\n", false, false);
  EXPECT_EQ(greeted.protocol, Inner::kSmtp);
  EXPECT_FALSE(greeted.is_final);
  EXPECT_TRUE(recognise_texts("EHLO m", "220 mx.test ESMTP\r\n", false, false).is_final);
}

TEST(InnerMail, ImapTagEndsAtItsLimit) {
  const auto protocol = [](std::size_t size) {
    return recognise_texts(std::string(size, '1') + " LOGIN a b\r\n", "", true, true).protocol;
  };
  EXPECT_EQ(protocol(31), Inner::kImap);
  EXPECT_EQ(protocol(32), Inner::kImap);
  EXPECT_EQ(protocol(33), Inner::kUnknown);
}

}  // namespace
}  // namespace mogura::protocol::inner
