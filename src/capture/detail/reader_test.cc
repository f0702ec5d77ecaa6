#include "capture/detail/reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

Bytes read_all(Reader& reader, std::size_t step) {
  Bytes all, part(step);
  for (Result<std::size_t> count = reader.read(part); count && *count > 0; count = reader.read(part)) {
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  return all;
}

TEST(Descriptor, SaysWhyItCannotOpen) {
  const Result<Descriptor> file = Descriptor::open("/nonexistent/file");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kIo);
  EXPECT_EQ(file.error().cause, "No such file or directory");
}

TEST(Descriptor, ClosesWhatItOpenedAndOnlyThat) {
  int number = -1;
  {
    const Folder folder;
    const Result<Descriptor> file = Descriptor::open(folder.add("f", {1}));
    number = file->number();
  }
  EXPECT_EQ(lseek(number, 0, SEEK_CUR), -1);
  EXPECT_EQ(errno, EBADF);
  { const Descriptor standard = Descriptor::standard_input(); }
  EXPECT_NE(fcntl(STDIN_FILENO, F_GETFD), -1);
}

TEST(DescriptorReader, GivesWhatItRecognisedByOnceMore) {
  const Folder folder;
  const Bytes capture = pcap_header() + pcap_record(1, 0, Bytes(50, 'x'));
  const std::string path = folder.add("f", capture);
  for (const std::size_t step : {1u, 3u, 4u, 5u, 1000u}) {
    DescriptorReader reader(std::move(*Descriptor::open(path)));
    EXPECT_EQ(reader.recognise().value(), Content::kPcap);
    EXPECT_EQ(reader.position(), 0u);
    EXPECT_EQ(read_all(reader, step), capture) << step;
    EXPECT_EQ(reader.position(), capture.size());
  }
}

TEST(DescriptorReader, ShortInputIsUnknownAndStillRead) {
  const Folder folder;
  DescriptorReader reader(std::move(*Descriptor::open(folder.add("f", {0x1F, 0x8B}))));
  EXPECT_EQ(reader.recognise().value(), Content::kUnknown);
  EXPECT_EQ(read_all(reader, 10), (Bytes{0x1F, 0x8B}));
}

TEST(DescriptorReader, ReadErrorIsAnError) {
  const Folder folder;
  DescriptorReader reader(std::move(*Descriptor::open(folder.path())));
  const Result<Content> content = reader.recognise();
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().cause, "Is a directory");
}

}  // namespace
}  // namespace mogura::capture::detail
