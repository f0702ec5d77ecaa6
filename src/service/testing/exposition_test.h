#pragma once

// Reads metrics in Prometheus' text format, for the tests of those who write them.

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

namespace mogura::service {

struct Exposition {
  std::map<std::string, std::string> types, helps;
  std::map<std::string, double> samples;  // by name and labels as they stand
};

inline bool is_histogram_part(const std::string& name, const std::string& family) {
  return name == family + "_bucket" || name == family + "_sum" || name == family + "_count";
}

// The text format, version 0.0.4, as far as it goes: each sample stands under the family it belongs to.
inline Exposition parse_exposition(const std::string& text) {
  Exposition exposition;
  std::istringstream body(text);
  std::string family;
  for (std::string line; std::getline(body, line);) {
    if (line.starts_with("# ")) {
      std::istringstream words(line);
      std::string mark, kind, rest;
      words >> mark >> kind >> family;
      std::getline(words, rest);
      EXPECT_TRUE(kind == "HELP" || kind == "TYPE") << line;
      auto& table = kind == "HELP" ? exposition.helps : exposition.types;
      EXPECT_TRUE(table.emplace(family, rest.substr(1)).second) << line << " comes twice";
      continue;
    }
    const std::size_t space = line.rfind(' ');
    const std::string sample = line.substr(0, space);
    const std::string name = sample.substr(0, sample.find('{'));
    EXPECT_TRUE(name == family || is_histogram_part(name, family)) << line << " stands under " << family;
    EXPECT_EQ(sample.find('{') != std::string::npos, sample.ends_with('}')) << line;
    EXPECT_TRUE(exposition.samples.emplace(sample, std::stod(line.substr(space + 1))).second) << line;
  }
  return exposition;
}

}  // namespace mogura::service
