#include "protocol/strict_head.h"

#include <algorithm>

#include "protocol/detail/head_facts.h"
#include "protocol/detail/head_scan.h"
#include "protocol/detail/llhttp_opinion.h"
#include "protocol/detail/request_target.h"

namespace mogura::protocol {
namespace {

using Place = detail::HeadProgress::Place;

// Reads on; what is behind the limit is not looked at, so that cutting makes no difference.
HeadStep read_on(std::string_view bytes, const HeadLimits& limits, bool is_request,
                 detail::HeadProgress& progress) {
  detail::HeadScan(bytes.substr(0, limits.head_bytes), limits, is_request, progress).run();
  if (progress.place == Place::kRefused) return {HeadStep::Kind::kRefused, 0, progress.refusal};
  if (progress.place == Place::kDone) return {HeadStep::Kind::kDone, progress.at, HeadRefusal::kNone};
  if (bytes.size() < limits.head_bytes) return {};
  return {HeadStep::Kind::kRefused, 0, HeadRefusal::kHeadTooLarge};
}

HeadStep ended(const HeadStep& step, HeadRefusal refusal, detail::HeadProgress& progress) {
  if (refusal == HeadRefusal::kNone) return step;
  progress.place = Place::kRefused;
  progress.refusal = refusal;
  return {HeadStep::Kind::kRefused, 0, refusal};
}

const HeadField* first_with(const std::vector<HeadField>& fields, FieldId id) {
  const auto found = std::ranges::find(fields, id, &HeadField::id);
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace

void detail::HeadProgress::forget() {
  const HeadProgress fresh;
  place = fresh.place;
  refusal = fresh.refusal;
  empty_lines = at = status = 0;
  facts = {};
  marks.clear();
  options.clear();
}

HeadStep RequestHead::parse(std::string_view bytes) {
  const HeadStep step = read_on(bytes, limits_, true, progress_);
  if (step.kind != HeadStep::Kind::kDone) return step;
  return ended(step, finish(bytes.substr(0, step.head_bytes)), progress_);
}

void RequestHead::forget() {
  progress_.forget();
}

HeadRefusal RequestHead::finish(std::string_view head) {
  method_ = head.substr(progress_.begin, progress_.method_end - progress_.begin);
  const HeadRefusal refusal = detail::check_request(method_, progress_);
  if (refusal != HeadRefusal::kNone) return refusal;
  if (!detail::llhttp_agrees_on_request(head, progress_)) return HeadRefusal::kParser;
  const detail::FieldFacts& facts = progress_.facts;
  target_ = head.substr(progress_.target, progress_.target_end - progress_.target);
  start_line_ = head.substr(progress_.begin, progress_.fields - progress_.begin);
  minor_ = progress_.minor;
  detail::make_views(head, progress_, fields_, connection_);
  read_target();
  framing_ = detail::framing_of_request(facts);
  keep_alive_ = detail::wants_keep_alive(progress_);
  expects_continue_ = facts.expects_continue && minor_ >= 1;
  upgrade_ = facts.has_upgrade && facts.lists_upgrade && !facts.has_other_http && minor_ >= 1;
  return HeadRefusal::kNone;
}

// The parts of the target, and where it leads.
void RequestHead::read_target() {
  const detail::TargetMarks& marks = progress_.target_marks;
  form_ = marks.form;
  scheme_ = target_.substr(0, marks.scheme_end);
  path_ = target_.substr(marks.path);
  if (form_ == TargetForm::kAbsolute || form_ == TargetForm::kAuthority) {
    const std::string_view text = target_.substr(marks.authority, marks.authority_end - marks.authority);
    detail::read_strict_authority(text, authority_);
  } else {
    detail::read_strict_authority(fields_[progress_.facts.host_index].value, authority_);
  }
  if (form_ != TargetForm::kAbsolute || path_.starts_with('/')) return;
  if (path_.empty()) {
    path_ = method_ == "OPTIONS" ? "*" : "/";  // RFC 9112 §3.2.4
    return;
  }
  path_made_.assign(1, '/').append(path_);
  path_ = path_made_;
}

const HeadField* RequestHead::find(FieldId id) const {
  return first_with(fields_, id);
}
bool RequestHead::is_hop_by_hop(const HeadField& field) const {
  return detail::is_hop_by_hop(field, connection_);
}

HeadStep ResponseHead::parse(std::string_view bytes, std::string_view request_method) {
  const HeadStep step = read_on(bytes, limits_, false, progress_);
  if (step.kind != HeadStep::Kind::kDone) return step;
  return ended(step, finish(bytes.substr(0, step.head_bytes), request_method), progress_);
}

void ResponseHead::forget() {
  progress_.forget();
}

HeadRefusal ResponseHead::finish(std::string_view head, std::string_view request_method) {
  const HeadRefusal refusal = detail::check_response(progress_);
  if (refusal != HeadRefusal::kNone) return refusal;
  if (!detail::llhttp_agrees_on_response(head, progress_)) return HeadRefusal::kParser;
  start_line_ = head.substr(0, progress_.fields);
  status_ = progress_.status;
  minor_ = progress_.minor;
  detail::make_views(head, progress_, fields_, connection_);
  framing_ = detail::framing_of_response(request_method, progress_);
  keep_alive_ = detail::wants_keep_alive(progress_) && framing_.kind != Framing::Kind::kUntilClose;
  return HeadRefusal::kNone;
}

const HeadField* ResponseHead::find(FieldId id) const {
  return first_with(fields_, id);
}
bool ResponseHead::is_hop_by_hop(const HeadField& field) const {
  return detail::is_hop_by_hop(field, connection_);
}

}  // namespace mogura::protocol
