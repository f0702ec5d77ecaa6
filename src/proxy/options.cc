#include "proxy/options.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mogura::proxy {
namespace {

using Named = std::pair<std::string_view, const std::string*>;

// Two that are the same file, or both standard output; empty: there are none.
std::string shared_file(const Options& options) {
  const std::vector<Named> files{{"logs.access", &options.logs.access},
                                 {"logs.events", &options.logs.events},
                                 {"logs.database", &options.logs.database},
                                 {"state.snapshot", &options.state.snapshot},
                                 {"challenge.secret", &options.challenge.secret_file},
                                 {"logs.redact_key", &options.logs.redact_key},
                                 {"access.htpasswd", &options.access.htpasswd}};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = i + 1; j < files.size(); ++j) {
      if (files[i].second->empty() || *files[i].second != *files[j].second) continue;
      return std::string(files[i].first) + " and " + std::string(files[j].first) + " are the same file";
    }
  }
  return {};
}

std::string contradiction_in_addresses(const Options& options) {
  std::vector<Endpoint> endpoints = options.listen.endpoints;
  if (endpoints.empty()) return "proxy.listen is empty: nobody could reach the proxy";
  if (options.icap.endpoints.empty()) return "icap.listen is empty: no gateway could reach the service";
  // Port 0 is another one each time.
  std::erase_if(endpoints, [](const Endpoint& endpoint) { return endpoint.port == 0; });
  std::sort(endpoints.begin(), endpoints.end());
  const auto twice = std::adjacent_find(endpoints.begin(), endpoints.end());
  if (twice != endpoints.end()) return "proxy.listen names " + twice->to_string() + " twice";
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.to_string() == options.logs.metrics) return "logs.metrics is one of proxy.listen";
    if (endpoint.to_string() == options.upstream.parent) return "upstream.parent is one of proxy.listen";
  }
  return {};
}

void add_doubts_about_redaction(const Logs& logs, std::vector<std::string>& doubts) {
  if (logs.database.empty()) {
    doubts.emplace_back("logs.redact without logs.database: the other logs are not redacted");
  } else if (logs.redact_key.empty()) {
    doubts.emplace_back(
        "logs.redact without logs.redact_key: after a restart, clients have other pseudonyms in the "
        "database");
  }
}

bool is_open_to_all(const Network& network) {
  return network.prefix == 0;
}

}  // namespace

std::vector<Network> private_networks() {
  std::vector<Network> networks;
  for (const std::string_view text : {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                      "169.254.0.0/16", "::1", "fc00::/7", "fe80::/10"}) {
    networks.push_back(*Network::parse(text));
  }
  return networks;
}

std::string contradiction_in(const Options& options) {
  std::string contradiction = contradiction_in_addresses(options);
  if (contradiction.empty()) contradiction = shared_file(options);
  if (!contradiction.empty()) return contradiction;
  if (!options.logs.redact_key.empty() && options.logs.redact == Redaction::kNone) {
    return "logs.redact_key is for logs.redact";
  }
  if (options.access.clients.empty()) return "access.clients is empty: nobody could use the proxy";
  if (options.limits.target_bytes > options.limits.head_bytes) {
    return "limits.target is larger than limits.head, which it is a part of";
  }
  return {};
}

std::vector<std::string> doubts_about(const Options& options) {
  std::vector<std::string> doubts;
  const bool is_judging = options.challenge.policy.mode != challenge::Mode::kOff;
  if (is_judging && options.challenge.secret_file.empty()) {
    if (options.state.store != "memory") {
      doubts.emplace_back(
          "state.store can be shared, but there is no challenge.secret to share: other proxies will not know "
          "this one's clients");
    }
    if (!options.state.snapshot.empty()) {
      doubts.emplace_back(
          "state.snapshot without challenge.secret: with a new secret after a restart, nothing in it is "
          "found");
    }
  }
  if (options.logs.redact != Redaction::kNone) add_doubts_about_redaction(options.logs, doubts);
  const auto& clients = options.access.clients;
  if (options.access.htpasswd.empty() && std::any_of(clients.begin(), clients.end(), is_open_to_all)) {
    doubts.emplace_back("access.clients lets everybody in, and nobody is asked for a password");
  }
  return doubts;
}

}  // namespace mogura::proxy
