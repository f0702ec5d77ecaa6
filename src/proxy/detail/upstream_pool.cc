#include "proxy/detail/upstream_pool.h"

#include <sys/socket.h>

#include <boost/intrusive/list.hpp>
#include <cerrno>
#include <deque>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/hash.h"

namespace mogura::proxy::detail {
namespace {

namespace intrusive = boost::intrusive;

constexpr std::size_t kSweepCloses = 256;  // of those idle for too long, in one sweep
constexpr std::size_t kSweepLooks = 64;    // at connections whether they are still open, in one sweep

using Link = intrusive::list_member_hook<>;

struct Host;

struct Node {
  Link in_all, in_host;
  Host* host = nullptr;
  std::optional<UpstreamPool::Idle> idle;  // nothing: this node is free
};
using NodesOfAll = intrusive::list<Node, intrusive::member_hook<Node, Link, &Node::in_all>>;
using NodesOfHost = intrusive::list<Node, intrusive::member_hook<Node, Link, &Node::in_host>>;

struct Host {
  std::string_view key;
  NodesOfHost nodes;  // the one used last in front
  Link in_empty;
};
using EmptyHosts = intrusive::list<Host, intrusive::member_hook<Host, Link, &Host::in_empty>>;

struct KeyHash {
  using is_transparent = void;
  std::uint64_t seed;
  std::size_t operator()(std::string_view key) const {
    return hash_bytes({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()}, seed);
  }
};

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

bool is_open_and_silent(Socket& socket) {
  char byte;
  const ssize_t count = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

// Nodes never move; hosts stay for a while when their last connection is taken, since it mostly comes back.
struct UpstreamPool::Impl {
  Impl(std::size_t of_host, std::size_t of_all, Duration to_keep)
      : per_host(of_host), all(of_all), keep(to_keep), hosts(0, KeyHash{random_seed()}) {}
  ~Impl() { clear(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Host& host_for(std::string_view key);
  Node& free_node();
  Idle release(Node& node);
  void forget_hosts(std::size_t most);
  void clear();

  const std::size_t per_host, all;
  const Duration keep;
  std::unordered_map<std::string, Host, KeyHash, std::equal_to<>> hosts;
  std::deque<Node> nodes;  // at most `all`
  NodesOfAll idle, free;   // idle: the one used last in front
  EmptyHosts empty;        // the one used last in front; at most `all`
  std::size_t cursor = 0;  // of sweep(), in nodes
};

Host& UpstreamPool::Impl::host_for(std::string_view key) {
  if (const auto found = hosts.find(key); found != hosts.end()) return found->second;
  const auto made = hosts.try_emplace(std::string(key)).first;
  made->second.key = made->first;
  empty.push_front(made->second);
  return made->second;
}

Node& UpstreamPool::Impl::free_node() {
  if (free.empty()) return nodes.emplace_back();
  Node& node = free.front();
  free.pop_front();
  return node;
}

// Takes the connection out of its node, which is then free.
UpstreamPool::Idle UpstreamPool::Impl::release(Node& node) {
  Host& host = *std::exchange(node.host, nullptr);
  host.nodes.erase(host.nodes.iterator_to(node));
  if (host.nodes.empty()) empty.push_front(host);
  idle.erase(idle.iterator_to(node));
  free.push_front(node);
  Idle taken = *std::move(node.idle);
  node.idle.reset();
  return taken;
}

void UpstreamPool::Impl::forget_hosts(std::size_t most) {
  while (empty.size() > most) {
    Host& host = empty.back();
    empty.pop_back();
    hosts.erase(hosts.find(host.key));
  }
}

void UpstreamPool::Impl::clear() {
  while (!idle.empty()) release(idle.back());
  forget_hosts(0);
  free.clear();
  nodes.clear();
  cursor = 0;
}

UpstreamPool::UpstreamPool(std::size_t per_host, std::size_t all, Duration keep)
    : impl_(std::make_unique<Impl>(per_host, all, keep)) {}

UpstreamPool::~UpstreamPool() = default;

std::optional<UpstreamPool::Idle> UpstreamPool::take(std::string_view key, Timestamp now) {
  const auto found = impl_->hosts.find(key);
  if (found == impl_->hosts.end()) return std::nullopt;
  NodesOfHost& nodes = found->second.nodes;
  while (!nodes.empty()) {
    std::optional<Idle> taken(impl_->release(nodes.front()));
    if (now - taken->since < impl_->keep && is_open_and_silent(taken->socket)) return taken;
  }
  return std::nullopt;
}

void UpstreamPool::put(std::string_view key, Idle idle) {
  Impl& pool = *impl_;
  if (pool.per_host == 0 || pool.all == 0) return;
  Host& host = pool.host_for(key);
  // What was used last is worth most: the oldest makes room.
  if (host.nodes.size() >= pool.per_host) {
    pool.release(host.nodes.back());
  } else if (pool.idle.size() >= pool.all) {
    pool.release(pool.idle.back());
  }
  Node& node = pool.free_node();
  node.idle.emplace(std::move(idle));
  node.host = &host;
  if (host.nodes.empty()) pool.empty.erase(pool.empty.iterator_to(host));
  host.nodes.push_front(node);
  pool.idle.push_front(node);
  pool.forget_hosts(pool.all);
}

void UpstreamPool::sweep(Timestamp now) {
  Impl& pool = *impl_;
  for (std::size_t n = 0; n < kSweepCloses && !pool.idle.empty(); ++n) {
    if (now - pool.idle.back().idle->since < pool.keep) break;
    pool.release(pool.idle.back());
  }
  for (std::size_t n = 0; n < kSweepLooks && n < pool.nodes.size(); ++n) {
    if (pool.cursor >= pool.nodes.size()) pool.cursor = 0;
    Node& node = pool.nodes[pool.cursor++];
    if (node.idle && !is_open_and_silent(node.idle->socket)) pool.release(node);
  }
}

void UpstreamPool::clear() {
  impl_->clear();
}

std::size_t UpstreamPool::size() const {
  return impl_->idle.size();
}

}  // namespace mogura::proxy::detail
