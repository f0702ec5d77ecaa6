#include "pattern/detail/byte_scan.h"

#include <hs/hs.h>

#include <algorithm>
#include <unordered_map>

#include "base/check.h"

namespace mogura::pattern::detail {
namespace {

constexpr std::uint32_t kLastBit = 63;

// "^.{2}\x38..\x00": what the condition says about one message.
std::string expression_of(const BytesCondition& condition) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  if (condition.offset) text = "^";
  if (condition.offset.value_or(0) != 0) text += ".{" + std::to_string(*condition.offset) + "}";
  for (std::size_t i = 0; i < condition.bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(condition.bytes[i]);
    if (condition.mask[i] == '\0') {
      text += '.';
    } else {
      text += "\\x";
      text += kDigits[byte >> 4];
      text += kDigits[byte & 0xF];
    }
  }
  return text;
}

}  // namespace

void WantedMessages::add(const BytesCondition& condition) {
  std::uint64_t& mine = bits[static_cast<std::size_t>(condition.direction)];
  mine |= condition.message ? std::uint64_t{1} << std::min(*condition.message, kLastBit) : ~std::uint64_t{0};
}

void WantedMessages::add(const WantedMessages& other) {
  bits[0] |= other.bits[0];
  bits[1] |= other.bits[1];
}

bool WantedMessages::has(session::Direction direction, std::uint32_t number) const {
  return (bits[static_cast<std::size_t>(direction)] >> std::min(number, kLastBit) & 1) != 0;
}

void ByteScan::Scratch::Free::operator()(hs_scratch* scratch) const {
  hs_free_scratch(scratch);
}

void ByteScan::FreeDatabase::operator()(hs_database* database) const {
  hs_free_database(database);
}

Result<ByteScan> ByteScan::make(const std::vector<const BytesCondition*>& conditions) {
  ByteScan scan;
  scan.conditions_ = conditions.size();
  if (conditions.empty()) return scan;
  std::unordered_map<std::string, std::size_t> known;
  std::vector<std::string> expressions;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const BytesCondition& condition = *conditions[i];
    const auto [entry, is_new] = known.emplace(expression_of(condition), expressions.size());
    if (is_new) {
      expressions.push_back(entry->first);
      scan.places_.emplace_back();
    }
    scan.places_[entry->second].push_back(
        {static_cast<std::uint32_t>(i), condition.direction, condition.message});
  }
  if (Result<void> compiled = scan.compile(expressions); !compiled) {
    return tl::unexpected(compiled.error());
  }
  return scan;
}

Result<void> ByteScan::compile(const std::vector<std::string>& expressions) {
  if (hs_valid_platform() != HS_SUCCESS) {
    return fail(ErrorCode::kUnsupported, "patterns", "this processor lacks SSSE3, which Hyperscan needs");
  }
  std::vector<const char*> texts;
  for (const std::string& expression : expressions) texts.push_back(expression.c_str());
  const std::vector<unsigned> flags(texts.size(), HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH);
  std::vector<unsigned> ids(texts.size());
  for (unsigned i = 0; i < ids.size(); ++i) ids[i] = i;
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t status =
      hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(texts.size()),
                       HS_MODE_BLOCK, nullptr, &database, &error);
  if (status != HS_SUCCESS) {
    std::string cause = error != nullptr && error->message != nullptr ? error->message : "unknown";
    hs_free_compile_error(error);
    return fail(ErrorCode::kFormat, "patterns", "Hyperscan cannot compile them: " + std::move(cause));
  }
  database_.reset(database);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
    return fail(ErrorCode::kLimit, "patterns", "no memory for Hyperscan");
  }
  prototype_.reset(scratch);
  return {};
}

ByteScan::Scratch ByteScan::scratch() const {
  Scratch scratch;
  scratch.stamps_.resize(conditions_);
  hs_scratch_t* clone = nullptr;
  if (prototype_ != nullptr) {
    MOGURA_CHECK(hs_clone_scratch(prototype_.get(), &clone) == HS_SUCCESS);  // no memory: matching is lost
  }
  scratch.scratch_.reset(clone);
  return scratch;
}

int ByteScan::on_match(unsigned expression, unsigned long long /*from*/, unsigned long long /*to*/,
                       unsigned /*flags*/, void* context) {
  auto& scratch = *static_cast<Scratch*>(context);
  for (const Place& place : scratch.scan_->places_[expression]) {
    if (place.direction != scratch.direction_) continue;
    if (place.message && *place.message != scratch.message_) continue;
    scratch.stamps_[place.condition] = scratch.now_;
  }
  return 0;
}

// From now on nothing counts as found.
void ByteScan::start(Scratch& scratch) const {
  if (++scratch.now_ == 0) {
    std::fill(scratch.stamps_.begin(), scratch.stamps_.end(), 0);
    scratch.now_ = 1;
  }
  scratch.scan_ = this;
}

void ByteScan::scan(const session::Session& session, const WantedMessages& wanted, Scratch& scratch) const {
  start(scratch);
  if (database_ == nullptr || wanted.empty()) return;
  std::array<std::uint32_t, 2> numbers{};
  for (const session::MessageStart& message : session.messages) {
    scratch.direction_ = message.direction;
    scratch.message_ = numbers[static_cast<std::size_t>(message.direction)]++;
    const std::string_view bytes = session.bytes_of(message);
    if (bytes.empty() || !wanted.has(scratch.direction_, scratch.message_)) continue;
    const hs_error_t status = hs_scan(database_.get(), bytes.data(), static_cast<unsigned>(bytes.size()), 0,
                                      scratch.scratch_.get(), &on_match, &scratch);
    MOGURA_CHECK(status == HS_SUCCESS);
  }
}

}  // namespace mogura::pattern::detail
