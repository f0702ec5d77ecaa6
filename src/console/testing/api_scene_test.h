#pragma once

// A request and its answer in one line of a test.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "console/api.h"
#include "console/testing/fake_archive.h"
#include "console/testing/fake_workshop.h"

namespace mogura::console::testing {

using Json = nlohmann::ordered_json;

inline Timestamp at(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

class ApiScene : public ::testing::Test {
 protected:
  static constexpr std::int64_t kNow = 1'795'300'000;  // 2026-11-21T22:26:40Z

  FakeArchive archive_;
  FakeWorkshop workshop_;
  bool is_read_only_ = false;

  Reply ask(const std::string& path, std::vector<Field> query = {}) {
    return send({.method = "GET", .path = path, .query = std::move(query)});
  }
  Reply post(const std::string& path, const std::string& body) {
    return send({.method = "POST", .path = path, .body = body});
  }
  Reply send(Request request) {
    request.user = "ann";
    request.client = Address::v4(0x0A000001);
    return api().handle(request);
  }
  Api api() {
    return Api({archive_, workshop_, [] { return at(kNow); }, "1.2.3", is_read_only_});
  }
  Json json(const std::string& path, std::vector<Field> query = {}) {
    const Reply reply = ask(path, std::move(query));
    EXPECT_EQ(reply.status, 200u) << reply.body;
    return Json::parse(reply.body);
  }
  static std::string message_of(const Reply& reply) {
    return Json::parse(reply.body)["error"]["message"].get<std::string>();
  }
  static std::string code_of(const Reply& reply) {
    return Json::parse(reply.body)["error"]["code"].get<std::string>();
  }
  static std::string finding(const std::string& rest = {}) {
    return "/api/findings/" + std::string(FakeArchive::kFindingId) + rest;
  }
};

}  // namespace mogura::console::testing
