#include "whois/detail/cache.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/digest.h"

namespace mogura::whois::detail {
namespace {

constexpr std::string_view kHeading = "mogura-whois 1";
constexpr std::uintmax_t kMostBytes = std::uintmax_t{16} << 20;

std::int64_t seconds_of(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::optional<std::string> read_file(const std::string& path) {
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  if (failed || size > kMostBytes) return {};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return {};
  return std::move(text).str();
}

std::optional<std::string_view> next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::istringstream in{std::string(line)};
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

struct Entry {
  std::int64_t time_s = 0;
  Remembered answer;
};

std::optional<Entry> parse(std::string_view text) {
  if (next_line(text) != kHeading) return {};
  const auto time = next_line(text);
  const auto servers = next_line(text);
  const auto empty = next_line(text);
  if (!time || !servers || !empty || !empty->empty()) return {};
  Entry entry;
  const auto [end, failed] = std::from_chars(time->data(), time->data() + time->size(), entry.time_s);
  if (failed != std::errc{} || end != time->data() + time->size()) return {};
  entry.answer.servers = words_of(*servers);
  entry.answer.text = text;
  return entry;
}

}  // namespace

std::string Cache::path_of(std::string_view server, std::string_view query) const {
  std::string key(server);
  key += '\0';
  key += query;
  const auto digest = sha256(as_bytes(key));
  return folder_ + "/" + to_hex(digest) + ".whois";
}

std::optional<Remembered> Cache::find(std::string_view server, std::string_view query, Timestamp now) const {
  if (folder_.empty()) return {};
  const auto text = read_file(path_of(server, query));
  if (!text) return {};
  auto entry = parse(*text);
  if (!entry) return {};
  const std::int64_t age_s = seconds_of(now) - entry->time_s;
  const std::int64_t most_s = std::chrono::seconds(time_).count();
  // Older than wanted, or from a future that a clock has left.
  if (age_s < 0 || age_s > most_s) return {};
  return std::move(entry->answer);
}

void Cache::keep(std::string_view server, std::string_view query, const Remembered& answer,
                 Timestamp now) const {
  if (folder_.empty()) return;
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  const std::string path = path_of(server, query);
  const std::string unfinished = path + "." + std::to_string(getpid());
  {
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << kHeading << '\n' << seconds_of(now) << '\n';
    for (const std::string& name : answer.servers) file << name << ' ';
    file << "\n\n" << answer.text;
    file.close();
    if (!file) {
      std::filesystem::remove(unfinished, failed);
      return;
    }
  }
  std::filesystem::rename(unfinished, path, failed);
  if (failed) std::filesystem::remove(unfinished, failed);
}

}  // namespace mogura::whois::detail
