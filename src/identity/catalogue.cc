#include "identity/catalogue.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "identity/detail/bundled_catalogue.h"
#include "identity/detail/catalogue_reader.h"
#include "identity/detail/index.h"
#include "identity/detail/verdict.h"

namespace mogura::identity {
namespace {

using detail::Candidate;
using detail::Hits;
using detail::Index;

// Looked at of a service; whoever gathers them keeps fewer.
constexpr std::size_t kMostClues = 1024;
constexpr std::size_t kMostFirstBytes = 64;
constexpr std::string_view kVersion = "{version}";
constexpr std::size_t kVersionBytes = 16;

// "9.2" of "9.2p1 Debian".
std::string_view version_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kVersionBytes &&
         ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) {
    ++end;
  }
  while (end > 0 && text[end - 1] == '.') --end;
  return text.substr(0, end);
}

std::string_view version_in(std::string_view text, const std::vector<std::string>& tokens) {
  for (const std::string& token : tokens) {
    const std::size_t at = text.find(token);
    if (at == std::string_view::npos) continue;
    const std::string_view version = version_at(text.substr(at + token.size()));
    if (!version.empty()) return version;
  }
  return {};
}

std::string_view version_of(const detail::Product& product, const std::vector<Clue>& speaking) {
  for (const Clue& clue : speaking) {
    const std::string_view version = version_in(clue.value, product.version_after);
    if (!version.empty()) return version;
  }
  return {};
}

std::string name_with_version(const detail::Product& product, const std::vector<Clue>& speaking) {
  std::string name = product.name;
  const std::size_t at = name.find(kVersion);
  if (at == std::string::npos) return name;
  const std::string_view version = version_of(product, speaking);
  // Without a version the blank in front of it goes too.
  const std::size_t begin = version.empty() && at > 0 && name[at - 1] == ' ' ? at - 1 : at;
  name.replace(begin, at + kVersion.size() - begin, version);
  return name;
}

// Clues that only support a name come after those that give it.
void put_telling_first(std::vector<Clue>& clues) {
  static constexpr std::array<std::string_view, 6> kSupporting = {"absent", "kind",    "shape",
                                                                  "port",   "upgrade", "alpn"};
  std::stable_partition(clues.begin(), clues.end(), [](const Clue& clue) {
    return std::find(kSupporting.begin(), kSupporting.end(), clue.source) == kSupporting.end();
  });
}

Application named(const Index& index, const Candidate& candidate, const Hits& hits) {
  const detail::Product& product = index.products()[candidate.product];
  Application application;
  application.cls = product.cls;
  application.confidence = std::round(candidate.confidence() * 1e4) / 1e4;
  for (const std::uint32_t clue : candidate.clues) {
    if (application.clues.size() == detail::kCluesShown) break;
    application.clues.push_back(hits.clues()[clue]);
  }
  put_telling_first(application.clues);
  application.name = name_with_version(product, application.clues);
  return application;
}

// What a person would look at first, where no product is known.
Application unnamed(const Clues& clues) {
  static constexpr std::array<std::string_view, 8> kOrder = {
      "user-agent", "banner", "certificate", "sni", "destination", "ndpi", "ja4", "string"};
  Application application;
  for (const std::string_view source : kOrder) {
    for (const Clue& clue : clues.clues) {
      if (application.clues.size() == detail::kTelling) return application;
      if (clue.source == source && !clue.value.empty()) application.clues.push_back(clue);
    }
  }
  return application;
}

}  // namespace

struct Catalogue::Rules {
  explicit Rules(detail::Tables tables) : index(std::move(tables)) {}
  Index index;
};

Catalogue::Catalogue() = default;
Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

Result<Catalogue> Catalogue::parse(std::string_view toml, std::string name) {
  Result<detail::Tables> tables = detail::read_catalogue(toml, name);
  if (!tables) return tl::unexpected(std::move(tables.error()));
  Catalogue catalogue;
  catalogue.rules_ = std::make_unique<const Rules>(std::move(*tables));
  return catalogue;
}

const Catalogue& Catalogue::bundled() {
  static const Catalogue catalogue = [] {
    Result<Catalogue> parsed = parse(detail::bundled_catalogue(), "catalogue.toml");
    MOGURA_CHECK(parsed.has_value());  // a test reads it at build time
    return std::move(*parsed);
  }();
  return catalogue;
}

Application Catalogue::identify(const Clues& clues) const {
  Hits hits;
  const std::size_t clues_count = std::min(clues.clues.size(), kMostClues);
  for (std::size_t i = 0; i < clues_count; ++i) rules_->index.meet(clues.clues[i], hits);
  const std::size_t bytes_count = std::min(clues.first_bytes.size(), kMostFirstBytes);
  for (std::size_t i = 0; i < bytes_count; ++i) rules_->index.meet(clues.first_bytes[i], hits);
  const std::vector<Candidate> found = detail::candidates(rules_->index, hits, false);
  const Candidate* chosen = detail::choose(rules_->index, found);
  return chosen != nullptr ? named(rules_->index, *chosen, hits) : unnamed(clues);
}

Application Catalogue::identify_user_agent(std::string_view user_agent) const {
  Hits hits;
  rules_->index.meet_user_agent(user_agent, hits);
  if (hits.hits().empty()) return {};
  const std::vector<Candidate> found = detail::candidates(rules_->index, hits, true);
  const Candidate* chosen = detail::choose(rules_->index, found);
  return chosen != nullptr ? named(rules_->index, *chosen, hits) : Application{};
}

std::size_t Catalogue::products() const {
  return rules_->index.products().size();
}

}  // namespace mogura::identity
