#pragma once

// What a row of a list consists of, told to whoever writes it: as JSON, as CSV, or as CSV's heading. So that
// a list and its download cannot differ. Private to the room; one thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "console/detail/csv_writer.h"
#include "console/detail/json_reader.h"
#include "console/workshop.h"
#include "report/json_writer.h"

namespace mogura::console::detail {

class Fields {
 public:
  virtual ~Fields() = default;
  virtual void text(std::string_view name, std::string_view text) = 0;        // empty: not known
  virtual void given_text(std::string_view name, std::string_view text) = 0;  // empty is a value, too
  virtual void number(std::string_view name, std::uint64_t number) = 0;
  virtual void decimal(std::string_view name, double number) = 0;
  virtual void time(std::string_view name, Timestamp time) = 0;  // zero: not known
  virtual void truth(std::string_view name, bool truth) = 0;
  virtual void texts(std::string_view name, const std::vector<std::string>& texts) = 0;
  // In CSV, four columns.
  virtual void rates(const std::optional<PatternRow::Rates>& rates) = 0;
  // A stored JSON object. Not in CSV.
  virtual void line(std::string_view name, const std::string& line) = 0;
  // The members of a stored JSON object, but for `id`; in CSV, these.
  virtual void members(const std::string& line, std::span<const std::string_view> columns) = 0;
};

// Into an object that has been begun. A line that is broken is left out, with "line_error": true.
class JsonFields final : public Fields {
 public:
  JsonFields(report::JsonWriter& json, JsonReader& reader) : json_(json), reader_(reader) {}

  void text(std::string_view name, std::string_view text) override { json_.field_if(name, text); }
  void given_text(std::string_view name, std::string_view text) override { json_.field(name, text); }
  void number(std::string_view name, std::uint64_t number) override { json_.field(name, number); }
  void decimal(std::string_view name, double number) override { json_.field(name, number); }
  void time(std::string_view name, Timestamp time) override;
  void truth(std::string_view name, bool truth) override { json_.field(name, truth); }
  void texts(std::string_view name, const std::vector<std::string>& texts) override;
  void rates(const std::optional<PatternRow::Rates>& rates) override;
  void line(std::string_view name, const std::string& line) override;
  void members(const std::string& line, std::span<const std::string_view> columns) override;

 private:
  report::JsonWriter& json_;
  JsonReader& reader_;
};

class CsvFields final : public Fields {
 public:
  CsvFields(CsvWriter& csv, JsonReader& reader) : csv_(csv), reader_(reader) {}

  void text(std::string_view, std::string_view text) override { csv_.text(text); }
  void given_text(std::string_view, std::string_view text) override { csv_.text(text); }
  void number(std::string_view, std::uint64_t number) override { csv_.number(number); }
  void decimal(std::string_view, double number) override { csv_.decimal(number); }
  void time(std::string_view, Timestamp time) override { csv_.time(time); }
  void truth(std::string_view, bool truth) override { csv_.text(truth ? "true" : "false"); }
  void texts(std::string_view, const std::vector<std::string>& texts) override;
  void rates(const std::optional<PatternRow::Rates>& rates) override;
  void line(std::string_view, const std::string&) override {}
  void members(const std::string& line, std::span<const std::string_view> columns) override;

 private:
  CsvWriter& csv_;
  JsonReader& reader_;
  std::vector<std::string> values_;
};

class CsvHeading final : public Fields {
 public:
  explicit CsvHeading(CsvWriter& csv) : csv_(csv) {}

  void text(std::string_view name, std::string_view) override { csv_.text(name); }
  void given_text(std::string_view name, std::string_view) override { csv_.text(name); }
  void number(std::string_view name, std::uint64_t) override { csv_.text(name); }
  void decimal(std::string_view name, double) override { csv_.text(name); }
  void time(std::string_view name, Timestamp) override { csv_.text(name); }
  void truth(std::string_view name, bool) override { csv_.text(name); }
  void texts(std::string_view name, const std::vector<std::string>&) override { csv_.text(name); }
  void rates(const std::optional<PatternRow::Rates>&) override;
  void line(std::string_view, const std::string&) override {}
  void members(const std::string&, std::span<const std::string_view> columns) override {
    for (const std::string_view column : columns) csv_.text(column);
  }

 private:
  CsvWriter& csv_;
};

// A row as an object, at a place for a value.
template <class Row>
void write_row(report::JsonWriter& json, JsonReader& reader, const Row& row) {
  JsonFields fields(json, reader);
  json.begin_object();
  describe(row, fields);
  json.end_object();
}

}  // namespace mogura::console::detail
