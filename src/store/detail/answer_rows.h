#pragma once

// What was answered to the challenge, between the database and the next start: one row a piece of evidence,
// all of them written anew with each analysis. One thread.

#include "base/result.h"
#include "finding/answers.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// All or nothing, in the place of what was there.
Result<void> write_answers(Database& database, const finding::Answers& answers);
// Rows beyond what finding::Answers holds are counted there.
Result<finding::Answers> read_answers(const Database& database);

}  // namespace mogura::store::detail
