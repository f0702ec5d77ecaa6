#include "report/analysis_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/detail/sample_test.h"

namespace mogura::report {
namespace {

using Json = nlohmann::ordered_json;
using testing::sample_analysis;

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

using Keys = std::vector<std::string>;

TEST(AnalysisJson, MatchesTheGoldenFile) {
  testing::expect_golden("analysis.json", write_json(sample_analysis()));
}

TEST(AnalysisJson, HasTheKeysOfTheSchemaInTheirOrder) {
  const Json json = Json::parse(write_json(sample_analysis()));
  EXPECT_EQ(json["schema"], "mogura.analysis/1");
  EXPECT_EQ(keys_of(json),
            (Keys{"schema", "version", "inputs", "sessions", "groups", "findings", "counters"}));
  EXPECT_EQ(keys_of(json["inputs"][0]),
            (Keys{"path", "format", "packets", "bytes", "first", "last", "errors"}));
  EXPECT_EQ(keys_of(json["sessions"]), (Keys{"total", "by_kind", "by_method", "analysed"}));
  EXPECT_EQ(keys_of(json["sessions"]["by_kind"]), (Keys{"get-post", "connect", "ssl", "websocket", "other"}));
  EXPECT_EQ(keys_of(json["sessions"]["analysed"]), (Keys{"min_exchanges", "total", "connect", "ssl"}));
  EXPECT_EQ(keys_of(json["groups"]),
            (Keys{"destination", "user_agent", "cipher_suites", "ja4", "registrable_domain"}));
  EXPECT_EQ(keys_of(json["groups"]["destination"][0]),
            (Keys{"key", "sessions", "clients", "user_agents", "cipher_lists", "bytes_up", "bytes_down"}));
  EXPECT_EQ(keys_of(json["groups"]["user_agent"][0]),
            (Keys{"key", "sessions", "clients", "destinations", "cipher_lists"}));
  EXPECT_EQ(keys_of(json["groups"]["cipher_suites"][0]),
            (Keys{"key", "ja4", "sessions", "clients", "destinations", "user_agents"}));
  EXPECT_EQ(keys_of(json["groups"]["cipher_suites"][1]),
            (Keys{"key", "ja3", "sessions", "clients", "destinations", "user_agents"}));
  Keys of_finding{"finding_id", "destination", "kind", "clients", "clients_count", "user_agents"};
  of_finding.insert(of_finding.end(), {"user_agents_count", "cipher_lists", "ja4s", "sessions", "first"});
  of_finding.insert(of_finding.end(), {"last", "score", "severity", "evidence", "features", "application"});
  of_finding.insert(of_finding.end(), {"next_steps", "patterns", "status"});
  EXPECT_EQ(keys_of(json["findings"][0]), of_finding);
  EXPECT_FALSE(json["findings"][1].contains("cipher_lists")) << "absent means not seen";
  EXPECT_FALSE(json["findings"][1].contains("ja4s"));
  EXPECT_EQ(keys_of(json["findings"][0]["features"]["strings"][0]),
            (Keys{"dir", "message", "offset", "hex", "text", "count", "sessions"}));
  EXPECT_EQ(keys_of(json["findings"][0]["features"]["lengths"][0]),
            (Keys{"dir", "length", "count", "sessions"}));
  EXPECT_EQ(keys_of(json["findings"][0]["application"]), (Keys{"name", "class", "confidence", "clues"}));
  EXPECT_EQ(json["findings"][1]["sanction"], "sanctioned by net team: mirror [allow.toml line 3]");
  EXPECT_EQ(keys_of(json["findings"][0]["evidence"][0]),
            (Keys{"code", "text", "weight", "observed", "expected"}));
  EXPECT_EQ(keys_of(json["findings"][0]["evidence"][1]), (Keys{"code", "text", "weight", "observed"}));
  EXPECT_EQ(keys_of(json["counters"]), (Keys{"packets", "decoded", "not_decoded", "gaps_bytes",
                                             "evicted_sessions", "fragment_evicted"}));
}

TEST(AnalysisJson, LeavesOutWhatIsNotKnownOfAnInput) {
  const Json json = Json::parse(write_json(sample_analysis()));
  EXPECT_EQ(keys_of(json["inputs"][2]), (Keys{"path", "packets", "bytes", "errors"}));
  EXPECT_EQ(json["inputs"][2]["errors"], Json::array({"missing.pcap: No such file"}));
}

TEST(AnalysisJson, WritesAnEmptyAnalysisWhole) {
  const Json json = Json::parse(write_json({}));
  EXPECT_EQ(json["inputs"], Json::array());
  EXPECT_EQ(json["findings"], Json::array());
  EXPECT_EQ(json["sessions"]["by_method"], Json::object());
  EXPECT_EQ(json["counters"]["not_decoded"], Json::object());
}

TEST(AnalysisJson, EscapesHostileKeys) {
  Analysis analysis = sample_analysis();
  analysis.groups[0].rows[0].key = "\x1b[31m\"\\\xff";
  analysis.not_decoded = {{"odd \"reason\"\n", 1}};
  const Json json = Json::parse(write_json(analysis));
  EXPECT_EQ(json["groups"]["destination"][0]["key"], "\x1b[31m\"\\\uFFFD");
  EXPECT_EQ(json["counters"]["not_decoded"]["odd \"reason\"\n"], 1);
}

TEST(FindingLine, IsTheFindingOfTheDocumentOnOneLine) {
  const Analysis analysis = sample_analysis();
  const Json document = Json::parse(write_json(analysis));
  for (std::size_t i = 0; i < analysis.findings.size(); ++i) {
    const std::string line = write_finding_line(analysis.findings[i]);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(Json::parse(line), document["findings"][i]);
  }
}

}  // namespace
}  // namespace mogura::report
