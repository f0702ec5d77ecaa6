#include "app/lookups.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "population/population.h"
#include "protocol/registrable_domain.h"
#include "whois/whois.h"

namespace mogura::app {
namespace {

constexpr std::size_t kQueries = 50;

std::string cache_folder() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != '\0') return std::string(cache) + "/mogura/whois";
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.cache/mogura/whois" : std::string();
}

std::string words_of(const whois::Answer& answer) {
  std::string text;
  const auto add = [&text](std::string_view label, const std::string& value) {
    if (value.empty()) return;
    text += (text.empty() ? "" : ", ") + std::string(label) + value;
  };
  add("", answer.organisation);
  add("", answer.country);
  add("network ", answer.network);
  add("created ", answer.created);
  add("registrar ", answer.registrar);
  return text;
}

}  // namespace

void look_up(std::vector<finding::Finding>& findings, const std::string& server) {
  whois::Options options;
  options.server = server;
  options.cache_folder = cache_folder();
  whois::Client client(options);
  std::map<std::string, std::string> known;  // by name
  for (finding::Finding& finding : findings) {
    if (finding.score < finding::kLookAt || known.size() >= kQueries) continue;
    const std::string name = protocol::registrable_domain(finding.destination);
    auto answer = known.find(name);
    if (answer == known.end()) {
      const Result<whois::Answer> asked = client.ask(name);
      if (!asked) fmt::print(stderr, "mogura: whois {}: {}\n", name, asked.error().message());
      answer = known.emplace(name, asked ? words_of(*asked) : std::string()).first;
    }
    if (!answer->second.empty()) finding.application.clues.push_back({"whois", answer->second});
  }
}

}  // namespace mogura::app
