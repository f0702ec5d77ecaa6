// What is written down of an exchange: events of the challenge, the access log.

#include "proxy/detail/exchange.h"

namespace mogura::proxy::detail {

using challenge::State;

EventContext Exchange::event_context() const {
  return {.time = wall_clock(),
          .client = connection_.client_.address,
          .user_agent = connection_.judged_.user_agent,
          .host = request_.authority().host,
          .url = url_.empty() ? request_.target() : std::string_view(url_),
          .user = user_};
}

void Exchange::write_events(bool is_answer) {
  const challenge::Exchange& judged = connection_.judged_;
  const auto event =
      is_answer ? settings_->gate->response_event(judged) : settings_->gate->request_event(judged);
  if (event && (event->state != State::kNeverSet || !was_told(judged.reason, false))) {
    loop_.counters.states[static_cast<std::size_t>(event->state)].add();
    write_event_line(*event);
    if (loop_.shared().on_event) tell(&*event, nullptr);
  }
  if (is_answer) return;
  const auto verdict = settings_->gate->verdict_event(judged);
  if (!verdict) return;
  // Of exempt clients, once for each host of a connection.
  const bool is_exempt = verdict->verdict == challenge::Verdict::kExempt;
  if (is_exempt && was_told(challenge::Reason::kExempt, true)) return;
  loop_.counters.verdicts[static_cast<std::size_t>(verdict->verdict)].add();
  write_event_line(*verdict);
  if (loop_.shared().on_event) tell(nullptr, &*verdict);
}

template <class What>
void Exchange::write_event_line(const What& what) {
  LineFile* const file = loop_.shared().events.get();
  if (file == nullptr) return;
  std::string& line = connection_.line_;
  line.clear();
  write_event(event_context(), what, line);
  file->write(line);
}

void Exchange::tell(const challenge::ChallengeEvent* state, const challenge::VerdictEvent* verdict) {
  const EventContext context = event_context();
  loop_.shared().on_event({.time = context.time,
                           .client = context.client,
                           .user_agent = context.user_agent,
                           .host = context.host,
                           .state = state,
                           .verdict = verdict});
}

void Exchange::write_access(Timestamp now) {
  if (logged_) return;
  logged_ = true;
  if (loop_.shared().access_log == nullptr) return;
  const AccessRecord record{.time = now,
                            .elapsed = now - began_,
                            .client = connection_.client_,
                            .server = server_,
                            .result = result_,
                            .status = status_,
                            .bytes_down = bytes_down_,
                            .bytes_up = bytes_up_,
                            .method = request_.method(),
                            .url = url_.empty() ? request_.target() : std::string_view(url_),
                            .user = user_,
                            .user_agent = connection_.judged_.user_agent,
                            .content_type = connection_.content_type_,
                            .host = request_.authority().host,
                            .via_parent = !settings_->parent_host.empty(),
                            .refusal = refused_ ? name_of(refused_->why) : std::string_view()};
  connection_.write_access(record);
}

}  // namespace mogura::proxy::detail
