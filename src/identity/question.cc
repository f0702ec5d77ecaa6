#include "identity/question.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/address.h"
#include "identity/detail/names.h"

namespace mogura::identity {
namespace {

// Strings of a search query: more find nothing.
constexpr std::size_t kSearched = 4;

// In quotes, readable whatever was in it, and unable to end its quotes.
std::string quoted(std::string_view text) {
  std::string clean = "\"";
  for (const char c : text.substr(0, kQuotedBytes)) {
    const bool is_safe = c >= 0x20 && c <= 0x7E && c != '"' && c != '\\';
    clean += is_safe ? c : (c == '"' || c == '\\') ? '\'' : ' ';
  }
  if (text.size() > kQuotedBytes) clean += "...";
  return clean + '"';
}

// The same without quotes, for names of ours with a version in them.
std::string plain(std::string_view text) {
  const std::string text_in_quotes = quoted(text);
  return text_in_quotes.substr(1, text_in_quotes.size() - 2);
}

// What a search engine may know about: no addresses, which are many people's.
std::optional<std::string_view> searchable(const Clue& clue) {
  static constexpr std::array<std::string_view, 6> kTold = {"user-agent", "banner",      "string",
                                                            "sni",        "destination", "certificate"};
  if (std::find(kTold.begin(), kTold.end(), clue.source) == kTold.end()) return {};
  std::string_view value = clue.value;
  if (clue.source == "destination" || clue.source == "sni") value = detail::host_of(value);
  if (clue.source == "certificate") value = detail::common_name_of(value);
  if (value.empty() || Address::parse(value)) return {};
  return value;
}

void add_searched(std::vector<std::string>& words, std::string word) {
  if (words.size() == kSearched || std::find(words.begin(), words.end(), word) != words.end()) return;
  words.push_back(std::move(word));
}

std::string search_for(const Clues& clues, const Application& application, std::string_view destination) {
  std::vector<std::string> words;
  if (!application.name.empty()) add_searched(words, quoted(application.name));
  for (const std::vector<Clue>* some : {&application.clues, &clues.clues}) {
    for (const Clue& clue : *some) {
      if (const auto value = searchable(clue)) add_searched(words, quoted(*value));
    }
  }
  const std::string_view host = detail::host_of(destination);
  if (words.empty() && !host.empty()) add_searched(words, quoted(host));
  std::string query;
  for (const std::string& word : words) query += (query.empty() ? "" : " ") + word;
  return query;
}

// 2026-11-22 06:26 UTC
std::string minute_of(Timestamp time) {
  std::string text = to_rfc3339(time).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

std::string names_of(std::span<const std::string> clients) {
  std::string names;
  const std::size_t named = std::min(clients.size(), kClientsNamed);
  for (std::size_t i = 0; i < named; ++i) {
    if (i != 0) names += i + 1 == clients.size() ? " and " : ", ";
    names += plain(clients[i]);
  }
  if (clients.size() > named) names += " and " + std::to_string(clients.size() - named) + " more";
  return names;
}

std::string_view article_for(Class cls) {
  return cls == Class::kAnonymizer || cls == Class::kUpdater ? "an " : "a ";
}

std::string words_for(Class cls) {
  std::string words(name_of(cls));
  if (cls != Class::kVpn) std::replace(words.begin(), words.end(), '-', ' ');
  return cls == Class::kVpn ? "VPN" : words;
}

std::string ask_about(const Clues& clues, const Application& application, std::string_view destination,
                      std::span<const std::string> clients, Timestamp first, Timestamp last) {
  const bool is_one = clients.size() <= 1;
  std::string ask = "Between " + minute_of(first) + " and " + minute_of(last) + ", " +
                    (is_one ? "your computer " : "the computers ") + names_of(clients) +
                    (is_one ? " was" : " were") + " in contact with " + plain(destination) + ". ";
  const auto agent = std::find_if(clues.clues.begin(), clues.clues.end(),
                                  [](const Clue& clue) { return clue.source == "user-agent"; });
  if (agent != clues.clues.end()) ask += "The program called itself " + quoted(agent->value) + ". ";
  if (!application.name.empty()) {
    ask += "It looks like " + plain(application.name);
    if (application.cls != Class::kUnknown) {
      ask += ", " + std::string(article_for(application.cls)) + words_for(application.cls) + " program";
    }
    ask += ". ";
  }
  return ask + "Which program was it, who set it up, and what is it needed for?";
}

}  // namespace

Question questions_for(const Clues& clues, const Application& application, std::string_view destination,
                       std::span<const std::string> clients, Timestamp first, Timestamp last) {
  return {search_for(clues, application, destination),
          ask_about(clues, application, destination, clients, first, last)};
}

}  // namespace mogura::identity
