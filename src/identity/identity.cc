#include "identity/identity.h"

namespace mogura::identity {

std::string_view name_of(Class cls) {
  switch (cls) {
    case Class::kUnknown:
      return "unknown";
    case Class::kTunnel:
      return "tunnel";
    case Class::kVpn:
      return "vpn";
    case Class::kRemoteAccess:
      return "remote-access";
    case Class::kFileSharing:
      return "file-sharing";
    case Class::kAnonymizer:
      return "anonymizer";
    case Class::kBackdoor:
      return "backdoor";
    case Class::kUpdater:
      return "updater";
    case Class::kDeveloperTool:
      return "developer-tool";
    case Class::kBrowser:
      return "browser";
    case Class::kMessaging:
      return "messaging";
    case Class::kMonitoring:
      return "monitoring";
    case Class::kCloudStorage:
      return "cloud-storage";
  }
  return "unknown";
}

bool is_suspicious(Class cls) {
  return cls == Class::kTunnel || cls == Class::kVpn || cls == Class::kRemoteAccess ||
         cls == Class::kFileSharing || cls == Class::kAnonymizer || cls == Class::kBackdoor;
}

bool is_ordinary(Class cls) {
  return cls == Class::kUpdater || cls == Class::kDeveloperTool || cls == Class::kBrowser ||
         cls == Class::kMonitoring;
}

}  // namespace mogura::identity
