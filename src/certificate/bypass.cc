#include "certificate/bypass.h"

#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "base/toml_entries.h"
#include "certificate/authority.h"
#include "certificate/detail/bundled_bypass.h"

namespace mogura::certificate {
namespace {

constexpr std::string_view kBuiltIn = "built-in";

// One [[bypass]] table.
class EntryReader {
 public:
  EntryReader(const TomlEntry& entry, const std::string& name) : entry_(entry), name_(name) {}

  Result<Bypass> read() {
    read_.list = name_;
    read_.line = entry_.line;
    for (const TomlValue& value : entry_.values) {
      if (Result<void> taken = take(value); !taken) return tl::unexpected(std::move(taken.error()));
    }
    if (read_.comment.empty()) return refuse(entry_.line, "an entry needs a comment that says why");
    if (read_.host.empty() == read_.suffix.empty()) {
      return refuse(entry_.line, "an entry needs either host or suffix");
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
    if (text->size() > kBypassTextBytes) {
      return refuse(value.line, value.key + " is longer than 1024 bytes", ErrorCode::kLimit);
    }
    if (value.key == "host") return take_name(value.line, *text, read_.host);
    if (value.key == "suffix") return take_suffix(value.line, *text);
    if (value.key != "comment") {
      return refuse(value.line, "there is no key \"" + value.key + "\" in a bypass entry");
    }
    read_.comment = std::move(*text);
    return {};
  }

  // What can never be equal to a host would be an entry that never applies.
  Result<void> take_name(std::size_t line, const std::string& text, std::string& name) {
    auto normal = certifiable_name(text);
    if (!normal) {
      return refuse(line,
                    "\"" + text + "\" is no name of a host: it stands without scheme, port, path and *");
    }
    name = std::move(*normal);
    return {};
  }

  Result<void> take_suffix(std::size_t line, std::string text) {
    if (text.starts_with('.')) text.erase(0, 1);
    return take_name(line, text, read_.suffix);
  }

  const TomlEntry& entry_;
  const std::string& name_;
  Bypass read_;
};

Result<std::vector<Bypass>> read_entries(std::string_view toml, const std::string& name) {
  const Result<std::vector<TomlEntry>> tables = parse_toml_entries(toml, name, "bypass", kBypasses);
  if (!tables) return tl::unexpected(tables.error());
  std::vector<Bypass> entries;
  for (const TomlEntry& table : *tables) {
    Result<Bypass> entry = EntryReader(table, name).read();
    if (!entry) return tl::unexpected(std::move(entry.error()));
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

Result<void> BypassList::add(std::string_view toml, const std::string& name) {
  Result<std::vector<Bypass>> added = read_entries(toml, name);
  if (!added) return tl::unexpected(std::move(added.error()));
  if (entries_.size() - built_in_ + added->size() > kBypasses) {
    return fail(ErrorCode::kLimit, name, "more than 100000 entries in all lists");
  }
  append(std::move(*added));
  return {};
}

void BypassList::add_built_in() {
  Result<std::vector<Bypass>> added = read_entries(detail::bundled_bypass(), std::string(kBuiltIn));
  MOGURA_CHECK(added.has_value());  // a test reads it at build time
  built_in_ += added->size();
  append(std::move(*added));
}

void BypassList::append(std::vector<Bypass> added) {
  for (Bypass& entry : added) {
    const bool is_suffix = entry.host.empty();
    (is_suffix ? by_suffix_[entry.suffix] : by_host_[entry.host]).push_back(entries_.size());
    entries_.push_back(std::move(entry));
  }
}

void BypassList::look(const Index& index, const std::string& name, Timestamp now, std::size_t& first) const {
  const auto found = index.find(name);
  if (found == index.end()) return;
  for (const std::size_t number : found->second) {
    const auto& expires = entries_[number].expires;
    if (number < first && (!expires || now <= *expires)) first = number;
  }
}

const Bypass* BypassList::covering(std::string_view host, Timestamp now) const {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  std::size_t first = entries_.size();
  look(by_host_, std::string(host), now, first);
  while (!host.empty()) {
    look(by_suffix_, std::string(host), now, first);
    const std::size_t dot = host.find('.');
    host = dot == std::string_view::npos ? std::string_view() : host.substr(dot + 1);
  }
  return first == entries_.size() ? nullptr : &entries_[first];
}

}  // namespace mogura::certificate
