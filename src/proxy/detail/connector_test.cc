#include "proxy/detail/connector.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <thread>

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

const Address kV4 = Address::v4(0x7F000001);
const Address kOtherV4 = Address::v4(0x7F000002);
const Address kThirdV4 = Address::v4(0x7F000003);
const Address kV6 = *Address::parse("::1");

std::map<std::string, std::vector<Address>>& names() {
  static std::map<std::string, std::vector<Address>> table;
  return table;
}

Result<std::vector<Address>> ask(const std::string& name) {
  const auto found = names().find(name);
  if (found == names().end()) return fail(ErrorCode::kIo, name, "no such name");
  if (found->second.empty()) return fail(ErrorCode::kLimit, name, "no descriptors");
  return found->second;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

bool is_ipv6_here() {
  asio::io_context loop;
  boost::system::error_code problem;
  Acceptor acceptor(loop);
  acceptor.open(tcp::v6(), problem);
  if (!problem) acceptor.bind({asio::ip::address_v6::loopback(), 0}, problem);
  return !problem;
}

class ConnectorTest : public ::testing::Test {
 protected:
  ConnectorTest() {
    Access given;
    given.destinations = {{kV4, 8}, {kV6, 128}};
    access_ = *AccessControl::make(given);
    names().clear();
  }

  enum class Role {
    kListens,
    kRefuses,  // bound, so that nobody else listens there
    kSilent,   // nobody answers: the listener's queue is full, what comes is dropped
  };
  using Places = std::vector<std::pair<Address, Role>>;

  // All at one port, which it returns.
  std::uint16_t serve(const Places& places) {
    while (true) {
      std::vector<Acceptor> acceptors;
      if (bind_all(places, acceptors)) {
        const std::uint16_t port = acceptors.front().local_endpoint().port();
        for (std::size_t n = 0; n < places.size(); ++n) begin(acceptors[n], places[n].second);
        std::move(acceptors.begin(), acceptors.end(), std::back_inserter(acceptors_));
        return port;
      }
    }
  }

  // False: a port that was free at the first address is not at another.
  bool bind_all(const Places& places, std::vector<Acceptor>& acceptors) {
    std::uint16_t port = 0;
    for (const auto& [address, role] : places) {
      const tcp::endpoint where(asio::ip::make_address(address.to_string()), port);
      boost::system::error_code problem;
      acceptors.emplace_back(loop_).open(where.protocol());
      acceptors.back().bind(where, problem);
      if (problem) return false;
      port = acceptors.back().local_endpoint().port();
    }
    return true;
  }

  void begin(Acceptor& acceptor, Role role) {
    if (role == Role::kListens) acceptor.listen();
    if (role != Role::kSilent) return;
    ::listen(acceptor.native_handle(), 0);
    const auto server = acceptor.local_endpoint();
    for (int i = 0; i < 4; ++i) {
      auto& filler = fillers_.emplace_back(loop_);
      filler.open(server.protocol());
      filler.non_blocking(true);
      static_cast<void>(
          ::connect(filler.native_handle(), server.data(), static_cast<socklen_t>(server.size())));
    }
  }
  std::uint16_t listen(const Address& address) { return serve({{address, Role::kListens}}); }

  Connected connect(const std::string& host, std::uint16_t port, bool checks_destination = true) {
    Connector connector(resolver_, *access_, options_);
    std::optional<Connected> connected;
    asio::co_spawn(
        loop_,
        [&]() -> Awaitable<void> {
          connected.emplace(co_await connector.connect(host, port, checks_destination));
        },
        asio::detached);
    loop_.restart();
    loop_.run();
    EXPECT_TRUE(connected);
    return std::move(*connected);
  }

  asio::io_context loop_{1};
  std::unique_ptr<AccessControl> access_;
  ResolverOptions resolver_options_{1, 100, std::chrono::seconds(60), std::chrono::seconds(0), 100, ask};
  Resolver resolver_{resolver_options_};
  ConnectorOptions options_;
  std::vector<Acceptor> acceptors_;
  std::vector<Socket> fillers_;
};

TEST_F(ConnectorTest, ConnectsToAName) {
  const std::uint16_t port = listen(kV4);
  names()["a.example"] = {kV4};
  Connected connected = connect("a.example", port);
  ASSERT_EQ(connected.failure, ConnectFailure::kNone) << connected.cause;
  EXPECT_EQ(connected.server, (Endpoint{kV4, port}));
  EXPECT_EQ(connected.socket.remote_endpoint().port(), port);
  EXPECT_TRUE(connected.socket.non_blocking());
  tcp::no_delay no_delay;
  connected.socket.get_option(no_delay);
  EXPECT_TRUE(no_delay.value());
}

TEST_F(ConnectorTest, ConnectsToAnAddressWithAndWithoutBrackets) {
  const std::uint16_t port = listen(kV4);
  EXPECT_EQ(connect("127.0.0.1", port).failure, ConnectFailure::kNone);
  if (!is_ipv6_here()) GTEST_SKIP() << "no IPv6 on this machine's loopback interface";
  const std::uint16_t port6 = listen(kV6);
  EXPECT_EQ(connect("[::1]", port6).failure, ConnectFailure::kNone);
  EXPECT_EQ(connect("::1", port6).server, (Endpoint{kV6, port6}));
}

TEST_F(ConnectorTest, GoesOnToTheNextAddressWhereOneRefuses) {
  const std::uint16_t port = serve({{kV4, Role::kRefuses}, {kOtherV4, Role::kListens}});
  names()["a.example"] = {kV4, kOtherV4};
  options_.attempt_delay = milliseconds(60'000);
  const Connected connected = connect("a.example", port);
  ASSERT_EQ(connected.failure, ConnectFailure::kNone) << connected.cause;
  EXPECT_EQ(connected.server.address, kOtherV4);
}

TEST_F(ConnectorTest, DoesNotWaitForAnAddressThatDoesNotAnswer) {
  const std::uint16_t port = serve({{kV4, Role::kSilent}, {kOtherV4, Role::kListens}});
  names()["a.example"] = {kV4, kOtherV4};
  options_.attempt_delay = milliseconds(1);
  const Connected connected = connect("a.example", port);
  ASSERT_EQ(connected.failure, ConnectFailure::kNone) << connected.cause;
  EXPECT_EQ(connected.server.address, kOtherV4);
}

TEST_F(ConnectorTest, AlternatesFamiliesBeginningWithTheFirst) {
  if (!is_ipv6_here()) GTEST_SKIP() << "no IPv6 on this machine's loopback interface";
  // The second and third of IPv4 listen, too, but the other family has its turn before.
  const std::uint16_t port = serve(
      {{kV4, Role::kRefuses}, {kOtherV4, Role::kListens}, {kThirdV4, Role::kListens}, {kV6, Role::kListens}});
  names()["a.example"] = {kV4, kOtherV4, kThirdV4, kV6};
  EXPECT_EQ(connect("a.example", port).server.address, kV6);
  names()["b.example"] = {kOtherV4, kV6};
  EXPECT_EQ(connect("b.example", port).server.address, kOtherV4);
  names()["c.example"] = {kV6, kOtherV4};
  EXPECT_EQ(connect("c.example", port).server.address, kV6);
}

TEST_F(ConnectorTest, SaysWhoRefused) {
  const std::uint16_t port = serve({{kV4, Role::kRefuses}});
  const Connected connected = connect("127.0.0.1", port);
  EXPECT_EQ(connected.failure, ConnectFailure::kRefused);
  EXPECT_EQ(connected.cause, "127.0.0.1:" + std::to_string(port) + ": Connection refused");
  EXPECT_FALSE(connected.socket.is_open());
}

TEST_F(ConnectorTest, EndsAtTheTimeoutWithoutAnswer) {
  const std::uint16_t port = serve({{kV4, Role::kSilent}});
  options_.timeout = milliseconds(20);
  const Connected connected = connect("127.0.0.1", port);
  EXPECT_EQ(connected.failure, ConnectFailure::kTimeout);
  EXPECT_EQ(connected.cause, "127.0.0.1:" + std::to_string(port) + " does not answer");
}

TEST_F(ConnectorTest, SaysWhatIsWrongWithTheName) {
  struct {
    std::string host;
    ConnectFailure failure;
    std::string why;
  } const cases[] = {
      {"missing.example", ConnectFailure::kName, "no such name"},
      {"", ConnectFailure::kName, "no name at all"},
      {"a b", ConnectFailure::kName, "no name"},
      {"limit.example", ConnectFailure::kResources, "nothing left to ask with"},
  };
  names()["limit.example"] = {};
  for (const auto& [host, failure, why] : cases) {
    const Connected connected = connect(host, 80);
    EXPECT_EQ(connected.failure, failure) << why;
    EXPECT_FALSE(connected.cause.empty()) << why;
  }
}

TEST_F(ConnectorTest, AsksOfEachAddressWhetherItMayBeGoneTo) {
  Access nothing;
  access_ = *AccessControl::make(nothing);
  const std::uint16_t port = serve({{kV4, Role::kListens}, {kOtherV4, Role::kListens}});
  names()["a.example"] = {kV4};
  for (const std::string host : {"a.example", "127.0.0.1"}) {
    const Connected connected = connect(host, port);
    EXPECT_EQ(connected.failure, ConnectFailure::kForbidden) << host;
    EXPECT_EQ(connect(host, port, false).failure, ConnectFailure::kNone) << "the parent proxy: " << host;
  }
  Access one;
  one.destinations = {{kOtherV4, 32}};
  access_ = *AccessControl::make(one);
  names()["b.example"] = {kV4, kOtherV4};
  const Connected connected = connect("b.example", port);
  ASSERT_EQ(connected.failure, ConnectFailure::kNone) << connected.cause;
  EXPECT_EQ(connected.server.address, kOtherV4) << "the one that is allowed";
}

#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define MOGURA_SANITIZER_NEEDS_DESCRIPTORS
#endif
#endif

TEST_F(ConnectorTest, SaysThatThereAreNoDescriptorsLeft) {
#ifdef MOGURA_SANITIZER_NEEDS_DESCRIPTORS
  GTEST_SKIP() << "the sanitizer looks at memory through a pipe, and takes it for bad where it gets none";
#endif
  const std::uint16_t port = listen(kV4);
  ASSERT_EQ(connect("127.0.0.1", port).failure, ConnectFailure::kNone);  // the loop has all that it needs
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const Connected connected = connect("127.0.0.1", port);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(connected.failure, ConnectFailure::kResources);
  EXPECT_EQ(connected.cause, "127.0.0.1:" + std::to_string(port) + ": Too many open files");
  EXPECT_EQ(connect("127.0.0.1", port).failure, ConnectFailure::kNone) << "and goes on afterwards";
}

TEST_F(ConnectorTest, LeavesNoDescriptorsBehind) {
  const std::uint16_t port =
      serve({{kV4, Role::kSilent}, {kOtherV4, Role::kRefuses}, {kThirdV4, Role::kListens}});
  names()["won.example"] = {kV4, kOtherV4, kThirdV4};
  names()["lost.example"] = {kOtherV4, kV4};
  options_.attempt_delay = milliseconds(1);
  options_.timeout = milliseconds(20'000);
  ASSERT_EQ(connect("won.example", port).failure, ConnectFailure::kNone);
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(connect("won.example", port).failure, ConnectFailure::kNone);
  options_.timeout = milliseconds(5);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(connect("lost.example", port).failure, ConnectFailure::kTimeout);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ConnectorTest, GivesUpWhenCancelled) {
  const std::uint16_t port = serve({{kV4, Role::kSilent}});
  Connector connector(resolver_, *access_, options_);
  asio::cancellation_signal signal;
  std::optional<ConnectFailure> failure;
  const std::size_t before = open_descriptors();
  asio::co_spawn(
      loop_,
      [&]() -> Awaitable<void> { failure = (co_await connector.connect("127.0.0.1", port, true)).failure; },
      asio::bind_cancellation_slot(signal.slot(), asio::detached));
  while (loop_.poll() != 0) {
  }
  EXPECT_EQ(open_descriptors(), before + 1);
  signal.emit(asio::cancellation_type::all);
  loop_.run();
  EXPECT_EQ(failure, ConnectFailure::kTimeout);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ConnectorTest, LetsALoopEndThatStillTries) {
  const std::uint16_t port = serve({{kV4, Role::kSilent}});
  Connector connector(resolver_, *access_, options_);
  const std::size_t before = open_descriptors();
  {
    asio::io_context other{1};
    asio::co_spawn(
        other, [&]() -> Awaitable<void> { co_await connector.connect("127.0.0.1", port, true); },
        asio::detached);
    while (other.poll() != 0) {
    }
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(ConnectFailure, HasNames) {
  EXPECT_EQ(name_of(ConnectFailure::kName), "name");
  EXPECT_EQ(name_of(ConnectFailure::kForbidden), "forbidden");
  EXPECT_EQ(name_of(ConnectFailure::kRefused), "refused");
  EXPECT_EQ(name_of(ConnectFailure::kTimeout), "timeout");
  EXPECT_EQ(name_of(ConnectFailure::kResources), "resources");
}

}  // namespace
}  // namespace mogura::proxy::detail
