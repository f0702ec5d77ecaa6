#include "alert/detail/connect.h"

#include <gtest/gtest.h>
#include <sys/un.h>

#include <string>

#include "alert/detail/scene_test.h"

namespace mogura::alert::detail {
namespace {

using testing::Server;
using testing::soon;

TEST(ConnectTo, ReachesANameAndAnAddress) {
  Server server;
  const Bell bell;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto socket = connect_to(host, std::to_string(server.port()), SOCK_STREAM, soon(), bell);
    ASSERT_TRUE(socket) << host << ": " << socket.error().message();
    testing::Peer peer = server.accept();
    EXPECT_EQ(::send(socket->get(), "hello", 5, 0), 5);
    EXPECT_EQ(peer.read(5), "hello");
  }
}

TEST(ConnectTo, NamesHostPortAndCause) {
  Server server;
  const std::string port = std::to_string(server.port());
  server.stop();
  const Bell bell;
  EXPECT_EQ(connect_to("127.0.0.1", port, SOCK_STREAM, soon(), bell).error().message(),
            "127.0.0.1:" + port + ": Connection refused");
  EXPECT_EQ(connect_to("::1", port, SOCK_STREAM, soon(), bell).error().place, "[::1]:" + port);
  EXPECT_FALSE(connect_to("no-such-host.invalid", port, SOCK_STREAM, soon(), bell));
}

TEST(ConnectTo, EndsWhenTheBellIsRung) {
  const Bell bell;
  bell.ring();
  Server server;
  // Either way is right: a connection to this machine may be there before anybody has waited.
  (void)connect_to("127.0.0.1", std::to_string(server.port()), SOCK_STREAM, soon(), bell);
  EXPECT_EQ(connect_to("localhost", "1", SOCK_STREAM, soon(), bell).error().cause,
            "looking up the name took too long");
}

TEST(ConnectToPath, ReachesADatagramSocket) {
  const testing::Folder folder;
  const std::string path = folder.file("log");
  EXPECT_EQ(connect_to_path(path).error().message(), path + ": No such file or directory");
  const Descriptor server(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto socket = connect_to_path(path);
  ASSERT_TRUE(socket);
  EXPECT_EQ(::send(socket->get(), "hello", 5, 0), 5);
  EXPECT_FALSE(connect_to_path("/" + std::string(200, 'x')));
}

}  // namespace
}  // namespace mogura::alert::detail
