#include "capture/detail/timeline.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "capture/detail/compress_support.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

constexpr Options kSmall{.window_bytes = 4096, .chunk_bytes = 4096};

// A capture with one packet at each of `seconds`, holding its name.
Bytes capture_of(const std::string& name, const std::vector<std::uint32_t>& seconds) {
  Bytes capture = pcap_header();
  for (const std::uint32_t second : seconds)
    capture = std::move(capture) + pcap_record(second, 0, bytes_of(name));
  return capture;
}

// The packets as "name@second ...".
std::string read_all(Source& source, std::size_t max_frames) {
  std::string text;
  for (Batch batch; source.read(batch, max_frames);) {
    EXPECT_LE(batch.frames.size(), max_frames);
    EXPECT_FALSE(batch.memory.empty());
    for (const packet::Frame& frame : batch.frames) {
      const auto second = std::chrono::floor<std::chrono::seconds>(frame.time).time_since_epoch().count();
      text += std::string(as_text(frame.bytes)) + "@" + std::to_string(second) + " ";
    }
  }
  return text;
}

TEST(Timeline, MergesByTime) {
  struct Row {
    const char* why;
    std::vector<std::vector<std::uint32_t>> files;  // named a, b, c ...
    const char* merged;
  };
  const Row rows[] = {
      {"one file", {{1, 2, 3}}, "a@1 a@2 a@3 "},
      {"one after the other", {{1, 2}, {3, 4}}, "a@1 a@2 b@3 b@4 "},
      {"named in the wrong order", {{3, 4}, {1, 2}}, "b@1 b@2 a@3 a@4 "},
      {"interleaved", {{1, 3, 5}, {2, 4, 6}}, "a@1 b@2 a@3 b@4 a@5 b@6 "},
      {"one within the other", {{1, 9}, {3, 4}}, "a@1 b@3 b@4 a@9 "},
      {"of equals the first named first", {{2, 2}, {2, 3}, {1, 2}}, "c@1 a@2 a@2 b@2 c@2 b@3 "},
      {"disorder within a file is kept", {{5, 1, 6}, {4, 7}}, "b@4 a@5 a@1 a@6 b@7 "},
      {"empty files", {{}, {2}, {}, {1}}, "d@1 b@2 "},
      {"nothing at all", {{}, {}}, ""},
  };
  for (const Row& row : rows) {
    const Folder folder;
    std::vector<std::string> paths;
    for (const auto& seconds : row.files) {
      const std::string name(1, static_cast<char>('a' + paths.size()));
      paths.push_back(folder.add(name, capture_of(name, seconds)));
    }
    for (const std::size_t max_frames : {1u, 2u, 3u, 100u}) {
      Timeline timeline(paths, kSmall);
      EXPECT_EQ(read_all(timeline, max_frames), row.merged) << row.why << ", at most " << max_frames;
      ASSERT_EQ(timeline.reports().size(), row.files.size());
      for (std::size_t i = 0; i < paths.size(); ++i) {
        EXPECT_EQ(timeline.reports()[i].packets, row.files[i].size());
        EXPECT_TRUE(timeline.reports()[i].errors.empty());
      }
      EXPECT_EQ(timeline.position(), timeline.size());
    }
  }
}

TEST(Timeline, DamageInOneFileLeavesTheOthers) {
  const Folder folder;
  Bytes cut = capture_of("cut", {1, 4, 5});
  cut.pop_back();
  Bytes junk = capture_of("junk", {2});
  junk.resize(30);
  const std::vector<std::string> paths = {folder.add("cut", cut), folder.add("junk", junk),
                                          folder.at("missing"), folder.add("text", bytes_of("text")),
                                          folder.add("good", capture_of("good", {3, 6}))};
  Timeline timeline(paths, kSmall);
  EXPECT_EQ(read_all(timeline, 10), "cut@1 good@3 cut@4 good@6 ");
  const std::vector<InputReport>& reports = timeline.reports();
  for (const std::size_t damaged : {0u, 1u, 2u, 3u}) EXPECT_EQ(reports[damaged].errors.size(), 1u) << damaged;
  EXPECT_TRUE(reports[4].errors.empty());
  EXPECT_EQ(reports[0].errors[0].place, paths[0] + " at offset 62");
  EXPECT_EQ(reports[1].errors[0].message(),
            paths[1] + " at offset 24: the file ends inside a packet record's header: 6 of 16 bytes");
}

TEST(Timeline, CompressedAndPlainAreOneTimeline) {
  const Folder folder;
  Timeline timeline({folder.add("a", gzip(capture_of("a", {1, 4}))), folder.add("b", capture_of("b", {2, 5})),
                     folder.add("c", zstd(capture_of("c", {3, 6})))},
                    kSmall);
  EXPECT_EQ(read_all(timeline, 10), "a@1 b@2 c@3 a@4 b@5 c@6 ");
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST(Timeline, FilesThatFollowEachOtherAreNeverOpenTogetherAndGoThroughWhole) {
  const Folder folder;
  for (std::uint32_t i = 0; i < 100; ++i) {
    std::vector<std::uint32_t> seconds(50, i);
    folder.add(std::to_string(1000 + i), capture_of("x", seconds));
  }
  const std::size_t before = open_descriptors();
  Timeline timeline({folder.path()}, Options{});
  Batch batch;
  std::size_t batches = 0;
  while (timeline.read(batch, 64)) {
    EXPECT_EQ(batch.frames.size(), 50u);
    EXPECT_EQ(batch.memory.size(), 1u);
    EXPECT_LE(open_descriptors(), before + 2);
    ++batches;
  }
  EXPECT_EQ(batches, 100u);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(Timeline, ManyFilesAtOnceStayInOrder) {
  const Folder folder;
  for (std::uint32_t i = 0; i < 60; ++i) {
    folder.add(std::to_string(1000 + i), capture_of("x", {i, 100 + (i * 37) % 60, 200 + (i * 7) % 60}));
  }
  Timeline timeline({folder.path()}, kSmall);
  Timestamp last{};
  std::size_t packets = 0;
  for (Batch batch; timeline.read(batch, 16);) {
    for (const packet::Frame& frame : batch.frames) {
      EXPECT_GE(frame.time, last);
      last = frame.time;
      EXPECT_EQ(as_text(frame.bytes), "x");
      ++packets;
    }
  }
  EXPECT_EQ(packets, 180u);
}

TEST(Timeline, PipeAmongFilesIsWaitedFor) {
  const Folder folder;
  const std::string pipe = folder.at("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(pipe, std::ios::binary);
    const Bytes bytes = capture_of("pipe", {2, 4});
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  Timeline timeline({folder.add("file", capture_of("file", {1, 3, 5})), pipe}, kSmall);
  EXPECT_FALSE(timeline.size().has_value());
  EXPECT_EQ(read_all(timeline, 10), "file@1 pipe@2 file@3 pipe@4 file@5 ");
  writer.join();
}

}  // namespace
}  // namespace mogura::capture::detail
