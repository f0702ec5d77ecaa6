#include "identity/detail/rules.h"

#include <array>

namespace mogura::identity::detail {
namespace {

struct Kind {
  std::string_view name;
  double weight;
  bool is_weak;
};

// In the order of Source.
constexpr std::array<Kind, kSources> kKinds = {{
    {"domain", 0.80, false},
    {"user_agent", 0.75, false},
    {"inner", 0.85, false},
    {"bytes", 0.90, false},
    {"string", 0.80, false},
    {"certificate", 0.80, false},
    {"ja3", 0.50, false},
    {"ja4", 0.50, false},
    {"port", 0.15, true},
    {"ndpi", 0.50, false},
    {"whois", 0.40, false},
    {"path", 0.50, false},
    {"shape", 0.25, true},
    {"absent", 0.10, true},
    {"kind", 0.10, true},
    {"upgrade", 0.10, true},
    {"alpn", 0.10, true},
    {"combination", 0.50, false},
}};

const Kind& kind_of(Source source) {
  return kKinds[static_cast<std::size_t>(source)];
}

}  // namespace

std::string_view name_of(Source source) {
  return kind_of(source).name;
}

double default_weight(Source source) {
  return kind_of(source).weight;
}

bool is_weak(Source source) {
  return kind_of(source).is_weak;
}

}  // namespace mogura::identity::detail
