#include "capture/source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "capture/detail/test_support.h"

namespace mogura::capture {
namespace {

using namespace detail::testing;

std::uint64_t count(Source& source) {
  std::uint64_t packets = 0;
  for (Batch batch; source.read(batch, 256);) packets += batch.frames.size();
  return packets;
}

TEST(Open, ReadsWhatIsNamed) {
  const Folder folder;
  const Bytes capture = pcap_header() + pcap_record(1, 0, {1, 2, 3});
  const std::unique_ptr<Source> source = open({folder.add("f.pcap", capture)});
  EXPECT_EQ(source->size(), capture.size());
  EXPECT_EQ(source->position(), 0u);
  EXPECT_EQ(count(*source), 1u);
  EXPECT_EQ(source->position(), capture.size());
  ASSERT_EQ(source->reports().size(), 1u);
  EXPECT_EQ(source->reports()[0].bytes, 3u);
}

TEST(Open, OfNothingGivesNothing) {
  const std::unique_ptr<Source> source = open({});
  Batch batch;
  EXPECT_FALSE(source->read(batch, 10));
  EXPECT_TRUE(source->reports().empty());
}

// Standard input replaced by a pipe for as long as this lives.
class StandardInput {
 public:
  StandardInput() : saved_(dup(STDIN_FILENO)) {
    int ends[2];
    MOGURA_CHECK(pipe(ends) == 0 && dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(ends[0]);
    write_end_ = ends[1];
  }
  ~StandardInput() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

  void put(const Bytes& bytes) const {
    MOGURA_CHECK(::write(write_end_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  void end() const { close(write_end_); }

 private:
  int saved_;
  int write_end_ = -1;
};

TEST(Open, DashIsStandardInputAsItIsWritten) {
  const StandardInput input;
  const std::unique_ptr<Source> source = open({"-"});
  EXPECT_FALSE(source->size().has_value());
  Batch batch;
  input.put(pcap_header() + pcap_record(1, 0, bytes_of("one")));
  ASSERT_TRUE(source->read(batch, 10));
  EXPECT_EQ(as_text(batch.frames.at(0).bytes), "one");
  input.put(pcap_record(2, 0, bytes_of("two")) + pcap_record(3, 0, bytes_of("three")));
  ASSERT_TRUE(source->read(batch, 10));
  EXPECT_EQ(batch.frames.size(), 2u);
  std::thread slow([&] {
    for (const std::uint8_t byte : pcap_record(4, 0, bytes_of("byte by byte"))) input.put({byte});
    input.put(Bytes(5));
    input.end();
  });
  ASSERT_TRUE(source->read(batch, 10));
  EXPECT_EQ(as_text(batch.frames.at(0).bytes), "byte by byte");
  EXPECT_FALSE(source->read(batch, 10));
  slow.join();
  ASSERT_EQ(source->reports()[0].errors.size(), 1u);
  EXPECT_EQ(source->reports()[0].path, "-");
  EXPECT_EQ(source->reports()[0].errors[0].message(),
            "- at offset 111: the file ends inside a packet record's header: 5 of 16 bytes");
}

// Packets as `capinfos -c` counts them.
TEST(Open, CountsThePacketsOfPublicCaptures) {
  struct Row {
    const char* file;
    std::uint64_t packets;
    const char* format;
  };
  const Row rows[] = {
      {"formats/bigendian-small.pcap", 2, "pcap"},
      {"formats/empty.pcap", 0, "pcap"},
      {"formats/many-interfaces.pcapng", 64, "pcapng"},
      {"formats/microsecs-big-endian.pcap", 13, "pcap"},
      {"formats/nanosecs-big-endian.pcap", 10, "pcap"},
      {"formats/nanosecs.pcap", 2, "pcap"},
      {"formats/null-loopback.pcap", 3, "pcap"},
      {"formats/raw-ip.pcap", 100, "pcap"},
      {"formats/sll.pcap", 518, "pcap"},
      {"formats/sll2.pcap", 3, "pcap"},
      {"http/http1-with-cookies.pcapng", 12, "pcapng"},
      {"http/http1.pcapng", 184, "pcap"},
      {"http/one-dropped-response.pcap.gz", 4102, "pcap+gzip"},
      {"beacon/get-beacons-3h.pcap", 24992, "pcap"},
      {"tls/non-ascii-alpn.pcapng", 2, "pcapng"},
      {"tls/huge-client-hello.pcapng", 428, "pcapng"},
      {"tls/top-100-client-hellos.pcap", 840, "pcap"},
      {"tls/ja4-tls-handshake.pcapng", 193, "pcapng"},
      {"tunnel/openvpn-tcp.pcapng", 195, "pcapng"},
  };
  const std::filesystem::path folder = MOGURA_SOURCE_DIR "/../shared/data/public";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << folder << " is not there";
  for (const Row& row : rows) {
    SCOPED_TRACE(row.file);
    const std::unique_ptr<Source> source = open({(folder / row.file).string()});
    EXPECT_EQ(count(*source), row.packets);
    EXPECT_EQ(source->reports().at(0).format, row.format);
    for (const Error& error : source->reports()[0].errors) ADD_FAILURE() << error.message();
  }
}

}  // namespace
}  // namespace mogura::capture
