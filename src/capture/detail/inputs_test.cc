#include "capture/detail/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/detail/compress_support.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;
using ::testing::ElementsAre;

std::vector<std::string> paths_of(const std::vector<Input>& inputs) {
  std::vector<std::string> paths;
  for (const Input& input : inputs) paths.push_back(input.report.path);
  return paths;
}

TEST(FindInputs, FolderStandsForItsCapturesInNameOrder) {
  const Folder folder;
  const std::string c = folder.add("c.pcap", pcap_header());
  const std::string a = folder.add("a.pcapng", section());
  const std::string b = folder.add("b", gzip(pcap_header()));
  folder.add("README", bytes_of("what this is"));
  folder.add("logs.gz", gzip(bytes_of("lines of text")));
  folder.add("empty.pcap", {});
  std::filesystem::create_directory(folder.at("d"));
  folder.add("d/hidden.pcap", pcap_header());
  ASSERT_EQ(mkfifo(folder.at("pipe").c_str(), 0600), 0);
  const std::vector<Input> inputs = find_inputs({folder.path()});
  EXPECT_THAT(paths_of(inputs), ElementsAre(a, b, c));
  for (const Input& input : inputs) EXPECT_TRUE(input.is_readable());
  EXPECT_EQ(inputs[2].bytes, 24u);
}

TEST(FindInputs, FolderWithoutCaptureIsAnError) {
  const Folder folder;
  folder.add("README", bytes_of("nothing here"));
  const std::vector<Input> inputs = find_inputs({folder.path()});
  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_FALSE(inputs[0].is_readable());
  EXPECT_EQ(inputs[0].report.errors[0].message(),
            folder.path() + ": no capture file (pcap or pcapng) in this folder");
}

TEST(FindInputs, MissingPathIsAnErrorAndTheOthersStay) {
  const Folder folder;
  const std::string there = folder.add("there", pcap_header());
  const std::vector<Input> inputs = find_inputs({folder.at("missing"), there});
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].report.errors.at(0).message(), folder.at("missing") + ": No such file or directory");
  EXPECT_EQ(inputs[0].report.errors[0].code, ErrorCode::kIo);
  EXPECT_TRUE(inputs[1].is_readable());
}

TEST(FindInputs, EmptyPathIsAnErrorThatShowsIt) {
  const std::vector<Input> inputs = find_inputs({""});
  ASSERT_EQ(inputs.size(), 1u);
  EXPECT_EQ(inputs[0].report.errors.at(0).message(), "\"\": No such file or directory");
}

TEST(FindInputs, NamedFilesKeepTheirOrderAndAreNotLookedInto) {
  const Folder folder;
  const std::string b = folder.add("b", bytes_of("no capture")), a = folder.add("a", pcap_header());
  const std::vector<Input> inputs = find_inputs({b, "-", a});
  EXPECT_THAT(paths_of(inputs), ElementsAre(b, "-", a));
  EXPECT_EQ(inputs[0].bytes, 10u);
  EXPECT_FALSE(inputs[1].bytes.has_value());
}

}  // namespace
}  // namespace mogura::capture::detail
