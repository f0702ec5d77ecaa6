// The allow list's reader on any text: it refuses or gives a list, and a list that was read covers only what
// its entries say.

#include <cstdlib>
#include <string_view>

#include "finding/allow.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mogura;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<finding::AllowList> list = finding::AllowList::parse(text, "allow.toml");
  if (!list) {
    if (list.error().place.rfind("allow.toml", 0) != 0 || list.error().cause.empty()) std::abort();
    return 0;
  }
  finding::Finding finding;
  finding.destination = "[2001:db8::1]:443";
  finding.clients = {"10.0.0.1"};
  finding.clients_count = 1;
  finding.user_agents = {"tool/1"};
  finding.user_agents_count = 1;
  finding.evidence = {{"code", "text", 0.7, {}, {}}};
  finding::settle(finding);
  const Timestamp now = Timestamp(std::chrono::seconds(1'800'000'000));
  list->apply(finding, now);
  const bool is_covered = list->covering(finding, now) != nullptr;
  if (is_covered != (finding.status == finding::Status::kSanctioned)) std::abort();
  if (is_covered ? finding.score != 0 : finding.score != 0.7) std::abort();
  return 0;
}
