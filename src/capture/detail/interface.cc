#include "capture/detail/interface.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "capture/detail/reader.h"

namespace mogura::capture::detail {
namespace {

// Names of interfaces listed in an error.
constexpr std::size_t kListed = 20;

std::string names_of_all() {
  std::string names;
  struct if_nameindex* all = if_nameindex();
  if (all == nullptr) return names;
  std::size_t count = 0;
  for (const struct if_nameindex* entry = all; entry->if_index != 0 && count < kListed; ++entry, ++count) {
    names += (names.empty() ? "" : ", ") + std::string(entry->if_name);
  }
  if_freenameindex(all);
  return names;
}

std::optional<packet::LinkType> link_type_of(unsigned hardware) {
  switch (hardware) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
      return packet::LinkType::kEthernet;
    case ARPHRD_NONE:  // tun, WireGuard
    case ARPHRD_RAWIP:
      return packet::LinkType::kRaw;
    default:
      return std::nullopt;
  }
}

}  // namespace

Error no_permission(const std::string& interface) {
  return {ErrorCode::kIo, interface,
          "capturing needs the capability CAP_NET_RAW: run mogura as root, or once "
          "\"setcap cap_net_raw+ep $(command -v mogura)\""};
}

Result<Interface> find_interface(const std::string& name) {
  if (name.empty() || name.size() >= IFNAMSIZ || if_nametoindex(name.c_str()) == 0) {
    const std::string names = names_of_all();
    return fail(ErrorCode::kUsage, name,
                "there is no such network interface" + (names.empty() ? "" : "; there are " + names));
  }
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (any < 0) return fail(ErrorCode::kIo, name, std::strerror(errno));
  ifreq flags{};
  ifreq hardware{};
  name.copy(flags.ifr_name, IFNAMSIZ - 1);
  name.copy(hardware.ifr_name, IFNAMSIZ - 1);
  const bool is_known = ioctl(any, SIOCGIFFLAGS, &flags) == 0 && ioctl(any, SIOCGIFHWADDR, &hardware) == 0;
  const int why = errno;
  close(any);
  if (!is_known) return fail(ErrorCode::kIo, name, std::strerror(why));
  const unsigned bits = static_cast<std::uint16_t>(flags.ifr_flags);
  if ((bits & IFF_UP) == 0) {
    return fail(ErrorCode::kIo, name,
                "the network interface is down; \"ip link set " + name + " up\" starts it");
  }
  return Interface{name, static_cast<int>(if_nametoindex(name.c_str())), (bits & IFF_LOOPBACK) != 0,
                   link_type_of(hardware.ifr_hwaddr.sa_family)};
}

}  // namespace mogura::capture::detail
