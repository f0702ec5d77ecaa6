#include "app/stored_answers.h"

namespace mogura::app {

finding::Answers stored_answers(const store::Store& store, Timestamp first, Timestamp last) {
  Result<finding::Answers> answers = store.read_answers();
  if (!answers) return {};
  answers->forget_before(first);
  answers->forget_after(last);
  return std::move(*answers);
}

}  // namespace mogura::app
