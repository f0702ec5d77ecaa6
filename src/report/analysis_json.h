#pragma once

// Writes an analysis as the JSON document of docs/formats/analysis.md (schema mogura.analysis/1). Any thread.

#include <string>

#include "report/analysis.h"

namespace mogura::report {

class JsonWriter;

// Ends with a line end. The same analysis gives the same bytes.
[[nodiscard]] std::string write_json(const Analysis& analysis);
// The same document as a value within another one.
void write_analysis(JsonWriter& json, const Analysis& analysis);

// One of its `findings`, on one line without line feed.
[[nodiscard]] std::string write_finding_line(const finding::Finding& finding);

}  // namespace mogura::report
