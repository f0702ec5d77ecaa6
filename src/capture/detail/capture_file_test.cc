#include "capture/detail/capture_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "capture/detail/compress_support.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

Outcome read_file(const std::string& path, const Options& options = {}, std::size_t max_frames = 100) {
  Outcome outcome;
  outcome.report.path = path;
  CaptureFile file(outcome.report, options);
  for (Batch batch; file.read(batch, max_frames);) copy_frames(batch, outcome.frames);
  return outcome;
}

Bytes small_pcap() {
  return pcap_header() + pcap_record(1, 0, bytes_of("one")) + pcap_record(2, 0, bytes_of("two"));
}
Bytes small_pcapng() {
  return section() + interface() + enhanced(0, 1, bytes_of("one")) + enhanced(0, 2, {});
}

TEST(CaptureFile, KnowsWhatItReadsByContent) {
  struct Row {
    Bytes content;
    const char* format;
  };
  const Row rows[] = {{small_pcap(), "pcap"},
                      {small_pcapng(), "pcapng"},
                      {gzip(small_pcap()), "pcap+gzip"},
                      {gzip(small_pcapng()), "pcapng+gzip"},
                      {zstd(small_pcap()), "pcap+zstd"},
                      {zstd(small_pcapng()), "pcapng+zstd"}};
  const Folder folder;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.format);
    const Outcome outcome = read_file(folder.add("misleading.txt", row.content));
    EXPECT_EQ(outcome.report.format, row.format);
    EXPECT_EQ(outcome.frames.size(), 2u);
    EXPECT_TRUE(outcome.report.errors.empty());
  }
}

TEST(CaptureFile, ReadsFilesPutOneBehindTheOther) {
  const Bytes other = pcap_header(kNanoseconds, true, 101) + pcap_record(3, 7, bytes_of("three"), true);
  const Bytes behind = small_pcap() + other;
  const Outcome expected = read_whole(behind);
  ASSERT_EQ(expected.frames.size(), 3u);
  EXPECT_EQ(expected.frames[2], (Copy{bytes_of("three"), 5, packet::LinkType::kRaw, 3'000'000'007}));
  const Folder folder;
  for (const Bytes& content : {behind, gzip(small_pcap()) + gzip(other), zstd(small_pcap()) + zstd(other)}) {
    const Outcome outcome = read_file(folder.add("f", content));
    EXPECT_EQ(outcome.frames, expected.frames);
    EXPECT_TRUE(outcome.report.errors.empty());
  }
}

TEST(CaptureFile, RefusesWhatIsNoCapture) {
  const Folder folder;
  for (const Bytes& content : {Bytes{}, bytes_of("abc"), bytes_of("a text file"),
                               gzip(bytes_of("a text file")), gzip({}), gzip(gzip(small_pcap()))}) {
    const std::string path = folder.add("f", content);
    const Outcome outcome = read_file(path);
    ASSERT_EQ(outcome.report.errors.size(), 1u);
    EXPECT_EQ(outcome.report.errors[0].message(), path + ": not a capture file (pcap or pcapng)");
    EXPECT_EQ(outcome.report.errors[0].code, ErrorCode::kFormat);
    EXPECT_EQ(outcome.report.format, "");
  }
}

TEST(CaptureFile, CutCompressionGivesWhatCameBeforeAndOneError) {
  Bytes plain = pcap_header();
  for (std::uint32_t i = 0; i < 12000; ++i)
    plain = std::move(plain) + pcap_record(i, i * 7919, Bytes(i % 50, 'x'));
  const Folder folder;
  for (Bytes compressed : {gzip(plain), zstd(plain)}) {
    compressed.resize(compressed.size() - 1);
    const std::string path = folder.add("f", compressed);
    const Outcome outcome = read_file(path, Options{.chunk_bytes = 4096});
    ASSERT_EQ(outcome.report.errors.size(), 1u);
    const Error& error = outcome.report.errors[0];
    EXPECT_EQ(error.code, ErrorCode::kTruncated);
    EXPECT_TRUE(error.place.starts_with(path + " at offset ")) << error.place;
    EXPECT_TRUE(error.place.ends_with(" of the uncompressed data")) << error.place;
    std::size_t offset = 24;
    for (const Copy& frame : outcome.frames) offset += 16 + frame.bytes.size();
    EXPECT_NE(error.place.find(" offset " + std::to_string(offset) + " "), std::string::npos) << error.place;
  }
}

TEST(CaptureFile, FramesAcrossWindowBoundariesAreWhole) {
  Bytes capture = pcap_header();
  for (std::uint32_t i = 0; i < 500; ++i) {
    capture = std::move(capture) + pcap_record(i, 0, Bytes(i * 37 % 9000, static_cast<std::uint8_t>(i)));
  }
  const Folder folder;
  const std::string path = folder.add("f", capture);
  const Outcome whole = read_whole(capture);
  ASSERT_EQ(whole.frames.size(), 500u);
  for (const std::size_t window_bytes : {1u, 4096u, 8192u, 40'960u, 1'000'000u}) {
    for (const std::size_t max_frames : {1u, 7u, 1000u}) {
      const Outcome outcome = read_file(path, Options{.window_bytes = window_bytes}, max_frames);
      EXPECT_EQ(outcome.frames, whole.frames) << window_bytes;
      EXPECT_TRUE(outcome.report.errors.empty());
    }
  }
}

TEST(CaptureFile, MemoryLastsAsLongAsTheBatch) {
  const Folder folder;
  Batch batch;
  {
    InputReport report;
    report.path = folder.add("f", small_pcap());
    CaptureFile file(report, {});
    ASSERT_TRUE(file.read(batch, 10));
  }
  EXPECT_EQ(as_text(batch.frames.at(1).bytes), "two");
}

TEST(CaptureFile, NoMoreFramesThanAskedFor) {
  const Folder folder;
  InputReport report;
  report.path = folder.add("f", small_pcap());
  CaptureFile file(report, {});
  Batch batch;
  ASSERT_TRUE(file.read(batch, 1));
  EXPECT_EQ(batch.frames.size(), 1u);
  ASSERT_TRUE(file.read(batch, 1));
  EXPECT_EQ(as_text(batch.frames.at(0).bytes), "two");
  EXPECT_FALSE(file.read(batch, 1));
  EXPECT_TRUE(batch.frames.empty());
  EXPECT_TRUE(batch.memory.empty());
}

TEST(CaptureFile, ThatBecomesShorterGivesWhatWasReadAndOneError) {
  const Folder folder;
  Bytes capture = pcap_header();
  for (std::uint32_t i = 0; i < 100; ++i) capture = std::move(capture) + pcap_record(i, 0, Bytes(1000, 'x'));
  Outcome outcome;
  outcome.report.path = folder.add("f", capture);
  CaptureFile file(outcome.report, {});
  Batch batch;
  ASSERT_TRUE(file.read(batch, 10));
  ASSERT_EQ(truncate(outcome.report.path.c_str(), 0), 0);
  EXPECT_EQ(batch.frames[9].bytes[999], 0);  // lost, but no reason to die
  EXPECT_FALSE(file.read(batch, 10));
  EXPECT_EQ(outcome.report.packets, 10u);
  ASSERT_EQ(outcome.report.errors.size(), 1u);
  EXPECT_EQ(outcome.report.errors[0].message(),
            outcome.report.path + " at offset 10184: the file became shorter while it was read");
}

// Each step waits for the other side, so a reader that wanted more than has been written would never come
// back.
TEST(CaptureFile, GivesPacketsOfAPipeAsTheyArrive) {
  for (const bool is_pcapng : {false, true}) {
    const Folder folder;
    const std::string path = folder.at("pipe");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    int acknowledged[2];
    ASSERT_EQ(pipe(acknowledged), 0);
    std::thread writer([&] {
      std::ofstream out(path, std::ios::binary);
      const auto put = [&](const Bytes& bytes) {
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))
            .flush();
      };
      put(is_pcapng ? section() + interface() : pcap_header());
      for (std::uint32_t i = 0; i < 20; ++i) {
        const Bytes data = Bytes(i * 100 + 1, 'x');
        put(is_pcapng ? enhanced(0, i, data) : pcap_record(i, 0, data));
        char byte = 0;
        if (::read(acknowledged[0], &byte, 1) != 1) return;
      }
    });
    InputReport report;
    report.path = path;
    CaptureFile file(report, {});
    Batch batch;
    std::size_t packets = 0;
    while (file.read(batch, 100)) {
      packets += batch.frames.size();
      EXPECT_EQ(batch.frames.size(), 1u);
      EXPECT_EQ(::write(acknowledged[1], "x", 1), 1);
    }
    writer.join();
    EXPECT_EQ(packets, 20u);
    EXPECT_TRUE(report.errors.empty());
    close(acknowledged[0]);
    close(acknowledged[1]);
  }
}

TEST(CaptureFile, ReadsDevicesToTheirEnd) {
  const Outcome outcome = read_file("/dev/null");
  ASSERT_EQ(outcome.report.errors.size(), 1u);
  EXPECT_EQ(outcome.report.errors[0].message(), "/dev/null: not a capture file (pcap or pcapng)");
}

}  // namespace
}  // namespace mogura::capture::detail
