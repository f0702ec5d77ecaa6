#include "capture/input_bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/detail/compress_support.h"
#include "capture/detail/test_support.h"

namespace mogura::capture {
namespace {

using detail::testing::Bytes;
using detail::testing::bytes_of;
using detail::testing::Folder;
using detail::testing::gzip;
using detail::testing::zstd;

std::string read_all(InputBytes& input, std::size_t step) {
  std::string text;
  Bytes buffer(step);
  for (;;) {
    const Result<std::size_t> count = input.read(buffer);
    if (!count || *count == 0) return text;
    text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

// Another file in place of standard input, as long as it lives.
class StandardInput {
 public:
  explicit StandardInput(int descriptor) : before_(dup(STDIN_FILENO)) {
    MOGURA_CHECK(dup2(descriptor, STDIN_FILENO) == STDIN_FILENO);
    close(descriptor);
  }
  ~StandardInput() {
    dup2(before_, STDIN_FILENO);
    close(before_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int before_;
};

std::string lines() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(InputBytes, ReadsPlainGzipAndZstandard) {
  const Folder folder;
  const std::string text = lines();
  struct {
    const char* compression;
    Bytes bytes;
  } const cases[] = {{"", bytes_of(text)}, {"+gzip", gzip(bytes_of(text))}, {"+zstd", zstd(bytes_of(text))}};
  for (const auto& c : cases) {
    const std::string path = folder.add("f", c.bytes);
    for (const std::size_t step : {7u, 4096u, 1'000'000u}) {
      Result<InputBytes> input = InputBytes::open(path);
      ASSERT_TRUE(input);
      EXPECT_EQ(input->compression(), c.compression);
      EXPECT_EQ(read_all(*input, step), text) << c.compression << step;
      EXPECT_EQ(input->position(), c.bytes.size());
    }
  }
}

TEST(InputBytes, SaysThatThereIsNoSuchFile) {
  const Result<InputBytes> input = InputBytes::open("/nonexistent/log");
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().code, ErrorCode::kIo);
}

TEST(BeginningOf, IsDecompressedAndNoLongerThanAsked) {
  const Folder folder;
  const std::string text = lines();
  for (const Bytes& bytes : {bytes_of(text), gzip(bytes_of(text)), zstd(bytes_of(text))}) {
    const std::string path = folder.add("f", bytes);
    for (const std::size_t most : {0u, 1u, 4096u})
      EXPECT_EQ(beginning_of(path, most).value(), text.substr(0, most));
    EXPECT_EQ(beginning_of(path, 1'000'000).value(), text);
  }
}

TEST(BeginningOf, RefusesWhatWouldBeUsedUp) {
  const Folder folder;
  ASSERT_EQ(mkfifo(folder.at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(beginning_of(folder.at("pipe"), 10).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(beginning_of(folder.path(), 10).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(beginning_of(folder.at("nothing"), 10).error().code, ErrorCode::kIo);
}

TEST(BeginningOf, LeavesAPipeOnStandardInputAsItWas) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_EQ(write(ends[1], "first line\n", 11), 11);
  close(ends[1]);
  const StandardInput input(ends[0]);
  EXPECT_EQ(beginning_of("-", 5).value(), "first");
  EXPECT_EQ(beginning_of("-", 100).value(), "first line\n");
  Result<InputBytes> bytes = InputBytes::open("-");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(read_all(*bytes, 100), "first line\n");
}

TEST(BeginningOf, LeavesAFileOnStandardInputAsItWas) {
  const Folder folder;
  const std::string path = folder.add("f", bytes_of("first line\n"));
  const StandardInput input(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(beginning_of("-", 5).value(), "first");
  Result<InputBytes> bytes = InputBytes::open("-");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(read_all(*bytes, 100), "first line\n");
}

}  // namespace
}  // namespace mogura::capture
