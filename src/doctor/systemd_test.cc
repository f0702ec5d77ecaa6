#include "doctor/systemd.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace mogura::doctor {
namespace {

namespace fs = std::filesystem;

class Systemd : public ::testing::Test {
 protected:
  Systemd() {
    std::string name = fs::temp_directory_path() / "mogura-doctor-XXXXXX";
    root_ = mkdtemp(name.data());
    fs::create_directories(root_ + "/run/systemd/system");
    put("/lib/systemd/system/mogura-proxy.service", "");
  }
  ~Systemd() override { fs::remove_all(root_); }

  void put(const std::string& path, const char* text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  Level level_of(const std::string& unit) {
    for (const Remark& remark : judge_systemd(look_at_systemd(root_))) {
      if (remark.subject == unit) return remark.level;
    }
    return Level::kUnseen;
  }

  std::string root_;
};

constexpr const char* kWants = "/etc/systemd/system/multi-user.target.wants/";
constexpr const char* kGroup = "/sys/fs/cgroup/system.slice/";

TEST_F(Systemd, ServicesThatAreNotInUseAreNoProblem) {
  EXPECT_EQ(level_of("mogura-proxy.service"), Level::kOk);
  EXPECT_EQ(level_of("mogura-console.service"), Level::kOk);
  EXPECT_TRUE(look_at_systemd(root_).watched().empty());
}

TEST_F(Systemd, TellsEnabledFromRunning) {
  put(std::string(kWants) + "mogura-proxy.service", "");
  EXPECT_EQ(level_of("mogura-proxy.service"), Level::kProblem);
  put(std::string(kGroup) + "mogura-proxy.service/cgroup.procs", "71\n72\n");
  EXPECT_EQ(level_of("mogura-proxy.service"), Level::kOk);
  EXPECT_EQ(look_at_systemd(root_).unit("mogura-proxy.service")->processes, (std::vector<int>{71, 72}));
  fs::remove(root_ + kWants + "mogura-proxy.service");
  EXPECT_EQ(level_of("mogura-proxy.service"), Level::kWarning);
}

TEST_F(Systemd, FindsWatchedInterfaces) {
  put(std::string(kWants) + "mogura-watch@eth1.service", "");
  put("/sys/fs/cgroup/systemd/system.slice/system-mogura\\x2dwatch.slice/mogura-watch@br-lan.service/"
      "cgroup.procs",
      "5\n");
  put(std::string(kWants) + "mogura-watch@.service", "");
  const SystemdFacts facts = look_at_systemd(root_);
  EXPECT_EQ(facts.watched(), (std::vector<std::string>{"br-lan", "eth1"}));
  EXPECT_EQ(facts.unit("mogura-watch@br-lan.service")->processes, std::vector<int>{5});
  EXPECT_EQ(level_of("mogura-watch@eth1.service"), Level::kProblem);
}

TEST_F(Systemd, IsNotNeeded) {
  fs::remove_all(root_ + "/run");
  EXPECT_EQ(judge_systemd(look_at_systemd(root_)).at(0).level, Level::kOk);
}

}  // namespace
}  // namespace mogura::doctor
