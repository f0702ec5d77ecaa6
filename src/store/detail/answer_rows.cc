#include "store/detail/answer_rows.h"

#include <optional>
#include <tuple>

#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

using finding::Answer;
using finding::Evidence;

void bind_if(Statement& statement, int parameter, const std::optional<double>& number) {
  number ? statement.bind(parameter, *number) : statement.bind_null(parameter);
}

Result<void> write_evidence(Statement& insert, const Evidence& evidence, bool is_verdict) {
  insert.bind(6, std::int64_t{is_verdict}).bind(7, evidence.code).bind(8, evidence.text);
  insert.bind(9, evidence.weight);
  bind_if(insert, 10, evidence.observed);
  bind_if(insert, 11, evidence.expected);
  return insert.run();
}

Result<void> write_program(Statement& insert, const std::string& host,
                           const finding::AnsweringProgram& program) {
  const auto bind_program = [&] {
    insert.bind(1, host).bind(2, program.client).bind(3, program.user_agent);
    insert.bind(4, to_microseconds(program.first)).bind(5, to_microseconds(program.last));
  };
  if (program.verdict) {
    bind_program();
    if (auto done = write_evidence(insert, *program.verdict, true); !done) return done;
  }
  for (const Evidence& evidence : program.noticed) {
    bind_program();
    if (auto done = write_evidence(insert, evidence, false); !done) return done;
  }
  return {};
}

std::optional<double> number_if(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.real(column));
}

// A program's rows put together.
struct Stored {
  Answer answer{};
  Timestamp first{};

  [[nodiscard]] auto key() const { return std::tie(answer.host, answer.client, answer.user_agent); }
  void add_to(finding::Answers& answers) {
    const Timestamp last = answer.time;
    answer.time = first;
    answers.add(answer);
    answer.time = last;
    if (last != first) answers.add(answer);
  }
};

}  // namespace

Result<void> write_answers(Database& database, const finding::Answers& answers) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = database.execute("DELETE FROM answers"); !done) return done;
  auto insert = database.prepare(
      "INSERT INTO answers (host, client, user_agent, first_us, last_us, is_verdict, code, text, weight,"
      " observed, expected) VALUES (?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return tl::unexpected(insert.error());
  for (const auto& [host, programs] : answers.hosts()) {
    for (const finding::AnsweringProgram& program : programs) {
      if (auto done = write_program(*insert, host, program); !done) return done;
    }
  }
  return transaction->commit();
}

Result<finding::Answers> read_answers(const Database& database) {
  auto select = database.prepare(
      "SELECT host, client, user_agent, first_us, last_us, is_verdict, code, text, weight, observed, expected"
      " FROM answers ORDER BY id");
  if (!select) return tl::unexpected(select.error());
  finding::Answers answers;
  std::optional<Stored> stored;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    Stored next;
    next.answer.host = select->text(0);
    next.answer.client = select->text(1);
    next.answer.user_agent = select->text(2);
    if (!stored || stored->key() != next.key()) {
      if (stored) stored->add_to(answers);
      stored = std::move(next);
    }
    stored->first = from_microseconds(select->integer(3));
    stored->answer.time = from_microseconds(select->integer(4));
    Evidence evidence{std::string(select->text(6)), std::string(select->text(7)), select->real(8),
                      number_if(*select, 9), number_if(*select, 10)};
    if (select->integer(5) != 0) {
      stored->answer.verdict = std::move(evidence);
    } else if (stored->answer.noticed.size() < finding::Answers::kNoticed) {
      stored->answer.noticed.push_back(std::move(evidence));
    }
  }
  if (stored) stored->add_to(answers);
  return answers;
}

}  // namespace mogura::store::detail
