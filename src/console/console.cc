#include "console/console.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/network.h"
#include "console/detail/server.h"

namespace mogura::console {
namespace {

constexpr unsigned kMostThreads = 64;
constexpr std::size_t kHostNameBytes = 255;

bool is_loopback(const Address& address) {
  static const Network kV4 = *Network::parse("127.0.0.0/8");
  static const Network kV6 = *Network::parse("::1");
  return kV4.contains(address) || kV6.contains(address);
}

bool is_host_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kHostNameBytes && std::all_of(name.begin(), name.end(), is_letter);
}

std::string bad_name_in(const Options& options) {
  for (const std::string& name : options.host_names) {
    if (!is_host_name(name)) return "--host-name must be a name or an address, as it stands in a URL";
  }
  return {};
}

}  // namespace

std::string contradiction_in(const Options& options) {
  if (options.certificate.empty() != options.key.empty()) return "--certificate and --key belong together";
  if (options.threads < 1 || options.threads > kMostThreads) return "--threads must be 1 to 64";
  if (options.session_idle.count() <= 0 || options.session_longest < options.session_idle)
    return "a session must be allowed to be idle for a while, and to last as long as that";
  const bool is_open = !is_loopback(options.listen.address);
  if (is_open && !options.has_tls())
    return fmt::format("--listen {} needs --certificate and --key: others could read along",
                       options.listen.to_string());
  if (is_open && !options.has_login())
    return fmt::format("--listen {} needs --htpasswd or --token: anybody could look",
                       options.listen.to_string());
  return bad_name_in(options);
}

struct Console::Impl {
  std::unique_ptr<detail::Server> server;
};

Console::Console(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Console::~Console() {
  stop();
}

Result<std::unique_ptr<Console>> Console::open(const Options& options, Surroundings surroundings) {
  if (std::string why = contradiction_in(options); !why.empty())
    return fail(ErrorCode::kUsage, "", std::move(why));
  auto server = detail::Server::open(options, std::move(surroundings));
  if (!server) return tl::unexpected(std::move(server.error()));
  auto impl = std::make_unique<Impl>();
  impl->server = std::move(*server);
  return std::unique_ptr<Console>(new Console(std::move(impl)));
}

void Console::start() {
  impl_->server->start();
}

void Console::stop() {
  impl_->server->stop();
}

void Console::reload() {
  impl_->server->reload();
}

Endpoint Console::endpoint() const {
  return impl_->server->endpoint();
}

}  // namespace mogura::console
