#include "proxy/counters.h"

namespace mogura::proxy {

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kClient:
      return "client";
    case Refusal::kCredentials:
      return "credentials";
    case Refusal::kHead:
      return "head";
    case Refusal::kPort:
      return "port";
    case Refusal::kDestination:
      return "destination";
    case Refusal::kScheme:
      return "scheme";
    case Refusal::kLoop:
      return "loop";
    case Refusal::kMaxForwards:
      return "max-forwards";
    case Refusal::kExpectation:
      return "expectation";
    case Refusal::kConnections:
      return "connections";
    case Refusal::kSuspicious:
      return "suspicious";
    case Refusal::kName:
      return "name";
    case Refusal::kConnect:
      return "connect";
    case Refusal::kConnectTimeout:
      return "connect-timeout";
    case Refusal::kResponse:
      return "response";
    case Refusal::kResponseTimeout:
      return "response-timeout";
    case Refusal::kResources:
      return "resources";
    case Refusal::kTimeout:
      return "timeout";
    case Refusal::kCertificate:
      return "certificate";
    case Refusal::kTls:
      return "tls";
    case Refusal::kMisdirected:
      return "misdirected";
  }
  return "unknown";
}

std::string_view name_of(Unopened why) {
  switch (why) {
    case Unopened::kListed:
      return "listed";
    case Unopened::kLearned:
      return "learned";
    case Unopened::kClientCertificate:
      return "client-certificate";
    case Unopened::kProtocol:
      return "protocol";
    case Unopened::kNotTls:
      return "not-tls";
    case Unopened::kSilent:
      return "silent";
    case Unopened::kName:
      return "name";
  }
  return "unknown";
}

}  // namespace mogura::proxy
