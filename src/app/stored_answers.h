#pragma once

// What a proxy or a gateway that writes the same database was answered while the sessions of an analysis took
// place.

#include "finding/answers.h"
#include "store/store.h"

namespace mogura::app {

// None where they cannot be read: they are an addition.
finding::Answers stored_answers(const store::Store& store, Timestamp first, Timestamp last);

}  // namespace mogura::app
