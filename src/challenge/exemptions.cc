#include "challenge/exemptions.h"

#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "base/toml_entries.h"
#include "challenge/detail/bundled_exemptions.h"

namespace mogura::challenge {
namespace {

constexpr std::string_view kBuiltIn = "built-in";

bool is_glob(std::string_view text) {
  return text.find('*') != std::string_view::npos;
}

std::string_view without_brackets(std::string_view host) {
  const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  return has_brackets ? host.substr(1, host.size() - 2) : host;
}

// --- covering ---

bool is_at_or_below(std::string_view host, std::string_view suffix) {
  if (!host.ends_with(suffix)) return false;
  return host.size() == suffix.size() || host[host.size() - suffix.size() - 1] == '.';
}

bool fits_host(std::string_view host, const std::string& wanted) {
  return is_glob(wanted) ? fits_glob(host, wanted) : host == wanted;
}

bool fits_user_agent(std::string_view user_agent, const std::string& glob) {
  return !user_agent.empty() && fits_glob_ignoring_case(user_agent, glob);
}

bool covers(const Exemption& entry, const Asker& asker, Timestamp now) {
  return (entry.host.empty() || fits_host(asker.host, entry.host)) &&
         (entry.suffix.empty() || is_at_or_below(asker.host, entry.suffix)) &&
         (entry.user_agent.empty() || fits_user_agent(asker.user_agent, entry.user_agent)) &&
         (!entry.client || entry.client->contains(asker.client)) &&
         (entry.path.empty() || fits_glob(asker.path, entry.path)) &&
         (!entry.expires || now <= *entry.expires);
}

// --- reading ---

// One [[exempt]] table.
class EntryReader {
 public:
  EntryReader(const TomlEntry& entry, const std::string& name) : entry_(entry), name_(name) {}

  Result<Exemption> read() {
    read_.list = name_;
    read_.line = entry_.line;
    for (const TomlValue& value : entry_.values) {
      if (Result<void> taken = take(value); !taken) return tl::unexpected(std::move(taken.error()));
    }
    if (read_.comment.empty()) return refuse(entry_.line, "an entry needs a comment that says why");
    if (!read_.client && read_.user_agent.empty() && read_.host.empty() && read_.suffix.empty() &&
        read_.path.empty()) {
      return refuse(entry_.line,
                    "this entry would exempt everybody: it needs client, user_agent, host, suffix or path");
    }
    return std::move(read_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(std::size_t line, std::string cause,
                                             ErrorCode code = ErrorCode::kFormat) const {
    return fail(code, toml_place(name_, line), std::move(cause));
  }

  Result<void> take(const TomlValue& value) {
    if (value.key == "expires") {
      return date_of(value, name_).map([&](Timestamp date) { read_.expires = date; });
    }
    Result<std::string> text = text_of(value, name_);
    if (!text) return tl::unexpected(std::move(text.error()));
    if (text->size() > kExemptionTextBytes) {
      return refuse(value.line,
                    value.key + " is longer than " + std::to_string(kExemptionTextBytes) + " bytes",
                    ErrorCode::kLimit);
    }
    return take_text(value, std::move(*text));
  }

  Result<void> take_text(const TomlValue& value, std::string text) {
    if (value.key == "client") return take_client(value.line, text);
    if (value.key == "host") return take_host(value.line, text);
    if (value.key == "suffix") return take_suffix(value.line, text);
    if (value.key == "path") return take_path(value.line, std::move(text));
    if (value.key == "user_agent") {
      read_.user_agent = std::move(text);
    } else if (value.key == "comment") {
      read_.comment = std::move(text);
    } else {
      return refuse(value.line, "there is no key \"" + value.key + "\" in an exempt entry");
    }
    return {};
  }

  Result<void> take_client(std::size_t line, const std::string& text) {
    read_.client = Network::parse(text);
    if (!read_.client) return refuse(line, "client \"" + text + "\" is no address or network");
    return {};
  }

  // What can never be equal to a request's host would be an entry that never applies.
  [[nodiscard]] bool is_host(std::string_view text) const {
    if (text.empty() || text.size() > detail::kHostBytes) return false;
    return Address::parse(text) || text.find_first_of("/:@[] \t") == std::string_view::npos;
  }

  Result<void> take_host(std::size_t line, const std::string& text) {
    read_.host = lower(without_brackets(text));
    if (is_host(read_.host)) return {};
    return refuse(line, "host \"" + text + "\" is no host: it stands without scheme, port and path");
  }

  Result<void> take_suffix(std::size_t line, const std::string& text) {
    read_.suffix = lower(text);
    if (read_.suffix.starts_with('.')) read_.suffix.erase(0, 1);
    if (is_host(read_.suffix) && !is_glob(read_.suffix)) return {};
    return refuse(line, "suffix \"" + text + "\" is no name; a suffix covers all below it without *");
  }

  Result<void> take_path(std::size_t line, std::string text) {
    if (text.front() != '/' && text.front() != '*') {
      return refuse(line, "path \"" + text + "\" begins neither with / nor with *");
    }
    read_.path = std::move(text);
    return {};
  }

  const TomlEntry& entry_;
  const std::string& name_;
  Exemption read_;
};

Result<std::vector<Exemption>> read_entries(std::string_view toml, const std::string& name) {
  const Result<std::vector<TomlEntry>> tables = parse_toml_entries(toml, name, "exempt", kExemptions);
  if (!tables) return tl::unexpected(tables.error());
  std::vector<Exemption> entries;
  for (const TomlEntry& table : *tables) {
    Result<Exemption> entry = EntryReader(table, name).read();
    if (!entry) return tl::unexpected(std::move(entry.error()));
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

Result<void> Exemptions::add(std::string_view toml, const std::string& name) {
  Result<std::vector<Exemption>> added = read_entries(toml, name);
  if (!added) return tl::unexpected(std::move(added.error()));
  if (entries_.size() - built_in_ + added->size() > kExemptions) {
    return fail(ErrorCode::kLimit, name,
                "more than " + std::to_string(kExemptions) + " entries in all lists");
  }
  append(std::move(*added));
  return {};
}

void Exemptions::add_built_in() {
  Result<std::vector<Exemption>> added = read_entries(detail::bundled_exemptions(), std::string(kBuiltIn));
  MOGURA_CHECK(added.has_value());  // a test reads it at build time
  built_in_ += added->size();
  append(std::move(*added));
}

void Exemptions::append(std::vector<Exemption> added) {
  for (Exemption& entry : added) {
    index(entry, static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back(std::move(entry));
  }
}

void Exemptions::index(const Exemption& entry, std::uint32_t number) {
  if (!entry.host.empty() && !is_glob(entry.host)) {
    index_.add_host(entry.host, number);
  } else if (!entry.suffix.empty()) {
    index_.add_suffix(entry.suffix, number);
  } else if (entry.client) {
    index_.add_client(*entry.client, number);
  } else {
    index_.add_other(number);
  }
}

const Exemption* Exemptions::covering(const Asker& asker, Timestamp now) const {
  Asker plain = asker;
  plain.host = without_brackets(asker.host);
  std::size_t first = entries_.size();
  index_.visit(plain.host, plain.client, [&](const detail::ExemptionIndex::Numbers& numbers) {
    for (const std::uint32_t number : numbers) {
      if (number >= first) return;
      if (!covers(entries_[number], plain, now)) continue;
      first = number;
      return;
    }
  });
  return first == entries_.size() ? nullptr : &entries_[first];
}

}  // namespace mogura::challenge
