#include "packet/detail/tcp_playbook_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace mogura::packet::test {

namespace {

constexpr Timestamp kEpoch{std::chrono::seconds{1'700'000'000}};

char name_of(Side side) {
  return side == Side::kLow ? 'C' : 'S';
}

std::size_t index_of(Side side) {
  return static_cast<std::size_t>(side);
}

// The value of `key=value` in the line, or `fallback`. Looks only outside the quoted text.
std::string option(const std::string& line, const std::string& key, const std::string& fallback) {
  const std::size_t at = line.find(" " + key + "=");
  if (at == std::string::npos) return fallback;
  const std::size_t begin = at + key.size() + 2;
  return line.substr(begin, line.find(' ', begin) - begin);
}

std::string_view quoted(const std::string& line) {
  const std::size_t open = line.find('"');
  if (open == std::string::npos) return {};
  return std::string_view(line).substr(open + 1, line.rfind('"') - open - 1);
}

std::string without_quoted(const std::string& line) {
  const std::size_t open = line.find('"');
  return open == std::string::npos ? line : line.substr(0, open) + line.substr(line.rfind('"') + 1);
}

std::uint32_t number(const std::string& text) {
  return static_cast<std::uint32_t>(std::stoul(text));
}

std::uint8_t flags_of(const std::string& words) {
  std::uint8_t flags = 0;
  if (words.find(" syn") != std::string::npos) flags |= tcp_flag::kSyn;
  if (words.find(" fin") != std::string::npos) flags |= tcp_flag::kFin;
  if (words.find(" rst") != std::string::npos) flags |= tcp_flag::kRst;
  if (words.find(" ack=") != std::string::npos) flags |= tcp_flag::kAck;
  return flags;
}

void advance_time(const std::string& words, Timestamp& now) {
  const std::string time = option(words, "t", "");
  if (!time.empty()) now = kEpoch + std::chrono::microseconds{std::llround(std::stod(time) * 1e6)};
}

}  // namespace

TcpSegment parse_segment(const std::string& line, Timestamp& now) {
  const std::string words = " " + without_quoted(line);
  advance_time(words, now);
  TcpSegment segment;
  segment.from = words.find(" S") == 0 ? Side::kHigh : Side::kLow;
  segment.flags = flags_of(words);
  segment.sequence = number(option(words, "seq", "0"));
  segment.acknowledgment = number(option(words, "ack", "0"));
  segment.payload = as_bytes(quoted(line));
  segment.payload_length = number(option(words, "len", std::to_string(segment.payload.size())));
  segment.time = now;
  return segment;
}

void RecordingSink::on_data(Side from, ByteView bytes, const Delivery& delivery) {
  EXPECT_FALSE(bytes.empty());
  EXPECT_EQ(ends[index_of(from)], 0) << "data after the end";
  streams[index_of(from)] += as_text(bytes);
  steps.push_back(
      {std::string{name_of(from)} + " data \"" + std::string(as_text(bytes)) + "\"", delivery.acknowledged});
}

void RecordingSink::on_gap(Side from, std::uint64_t length, GapKind kind, const Delivery& delivery) {
  const bool is_cut = kind == GapKind::kCutByCapture;
  EXPECT_GT(length, 0u);
  EXPECT_EQ(ends[index_of(from)], 0) << "a gap after the end";
  if (length < (1u << 20)) streams[index_of(from)].append(length, is_cut ? '~' : '_');
  steps.push_back({std::string{name_of(from)} + (is_cut ? " cut " : " gap ") + std::to_string(length),
                   delivery.acknowledged});
}

void RecordingSink::on_end(Side from, EndKind kind, Timestamp) {
  EXPECT_EQ(++ends[index_of(from)], 1) << "ended twice";
  constexpr const char* kNames[] = {"fin", "reset", "timeout"};
  steps.push_back({std::string{name_of(from)} + " end " + kNames[static_cast<std::size_t>(kind)]});
}

void Playbook::play(std::string_view script) {
  std::istringstream lines{std::string(script)};
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (line.starts_with(">> ")) {
      expect_nothing_left(line);
      act(line.substr(3));
    } else if (line.starts_with("<< ")) {
      expect(line.substr(3));
    } else {
      ASSERT_TRUE(line.empty() || line.starts_with("#")) << "not a line of a playbook: " << line;
    }
  }
  expect_nothing_left("the end of the playbook");
}

void Playbook::act(const std::string& line) {
  if (line.starts_with("finish")) {
    advance_time(line, now_);
    connection.finish(now_, pool, sink_);
    EXPECT_EQ(pool.bytes_in_use(), 0u) << "after finish";
    return;
  }
  // The payload in a heap block of its size, which goes right after the call.
  TcpSegment segment = parse_segment(line, now_);
  const std::vector<std::uint8_t> payload(segment.payload.begin(), segment.payload.end());
  segment.payload = payload;
  connection.on_segment(segment, pool, sink_);
}

void Playbook::expect(const std::string& line) {
  const std::string acknowledged = option(without_quoted(line), "acked", "");
  const std::string expected = acknowledged.empty() ? line : line.substr(0, line.rfind(" acked="));
  if (consumed_ == sink_.steps.size()) {
    ADD_FAILURE() << "did not happen: " << line;
    return;
  }
  const Step& step = sink_.steps[consumed_++];
  EXPECT_EQ(step.text, expected);
  if (acknowledged.empty()) return;
  const std::uint64_t offset = acknowledged == "?" ? UINT64_MAX : std::stoull(acknowledged);
  EXPECT_EQ(step.acknowledged, offset) << line;
}

void Playbook::expect_nothing_left(const std::string& before) {
  for (; consumed_ < sink_.steps.size(); ++consumed_) {
    ADD_FAILURE() << "not expected: " << sink_.steps[consumed_].text << "  before: " << before;
  }
}

TEST(TcpPlaybook, ReadsEveryPartOfASegment) {
  Timestamp now{};
  const std::string line = "S fin seq=7 ack=9 \"a b\" len=12 t=1.5";
  const TcpSegment segment = parse_segment(line, now);
  EXPECT_EQ(segment.from, Side::kHigh);
  EXPECT_EQ(segment.flags, tcp_flag::kFin | tcp_flag::kAck);
  EXPECT_EQ(segment.sequence, 7u);
  EXPECT_EQ(segment.acknowledgment, 9u);
  EXPECT_EQ(as_text(segment.payload), "a b");
  EXPECT_EQ(segment.payload_length, 12u);
  EXPECT_EQ(segment.time, kEpoch + std::chrono::milliseconds{1500});
}

}  // namespace mogura::packet::test
