#pragma once

// Playbooks for TcpConnection: a script of captured segments and of what the connection must make of each. A
// step that is not expected, missing, or in the wrong place fails. Sides are C (the low endpoint) and S.
// Lines:
//
//   >> C syn seq=999                       a segment; flags syn, fin, rst; ack=N sets ACK too
//   >> C seq=1000 ack=5000 "GET /" t=1.5   payload; t= is the packet time in seconds, kept for the lines that
//   follow
//   >> C seq=1005 "abc" len=10             three bytes captured of ten
//   >> finish                              the caller gives the connection up
//   << C data "GET /" acked=0              on_data; acked=N or acked=? (unknown) is compared where written
//   << C gap 5        << C cut 7           on_gap, not captured and cut by the capture
//   << C end fin                           on_end: fin, reset or timeout
//   # remark

#include <string>
#include <string_view>
#include <vector>

#include "packet/tcp.h"

namespace mogura::packet::test {

// One call of the sink, written as in a playbook, and the acknowledged offset apart.
struct Step {
  std::string text;
  std::uint64_t acknowledged = 0;
};

// A stream as it was delivered, independent of how the calls were cut: bytes as they are, a missing one as
// '_', one that the capture cut off as '~'.
class RecordingSink : public StreamSink {
 public:
  void on_data(Side from, ByteView bytes, const Delivery& delivery) override;
  void on_gap(Side from, std::uint64_t length, GapKind kind, const Delivery& delivery) override;
  void on_end(Side from, EndKind kind, Timestamp time) override;

  std::vector<Step> steps;
  std::string streams[2];
  int ends[2] = {0, 0};
};

class Playbook {
 public:
  explicit Playbook(const Limits& limits = {}) : pool(limits) {}
  ~Playbook() { connection.finish(now_, pool, sink_); }

  // Plays the script; reports what goes wrong as failures of the test.
  void play(std::string_view script);

  SegmentPool pool;
  TcpConnection connection;

 private:
  void act(const std::string& line);
  void expect(const std::string& line);
  void expect_nothing_left(const std::string& before);

  RecordingSink sink_;
  std::size_t consumed_ = 0;
  Timestamp now_{std::chrono::seconds{1'700'000'000}};
};

// A segment from a line as above, without the ">>". Its payload points into `line`. Returns the time part by
// `now`.
TcpSegment parse_segment(const std::string& line, Timestamp& now);

}  // namespace mogura::packet::test
