// What is written down of an exchange: events of the challenge, the access log.

#include "proxy/detail/exchange.h"

namespace mogura::proxy::detail {

using challenge::State;
using Noticed = service::SharedWatch::Noticed;

std::string_view Exchange::user_agent() const {
  const protocol::HeadField* const field = request_.find(protocol::FieldId::kUserAgent);
  return field != nullptr ? field->value : std::string_view();
}

EventContext Exchange::event_context() const {
  return {.time = wall_clock(),
          .client = connection_.client_.address,
          .user_agent = user_agent(),
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
    if (loop_.shared().on_event) tell(&*event, nullptr, nullptr);
  }
  if (is_answer) return service::count_asked(judged.asked, loop_.counters.questions);
  auto verdict = settings_->gate->verdict_event(judged);
  if (!verdict) return;
  // Of exempt clients, once for each host of a connection.
  const bool is_exempt = verdict->verdict == challenge::Verdict::kExempt;
  if (is_exempt && was_told(challenge::Reason::kExempt, true)) return;
  if (!is_exempt) challenge::add_passive(loop_.shared().passive->explain(passive_request()), *verdict);
  loop_.counters.verdicts[static_cast<std::size_t>(verdict->verdict)].add();
  write_event_line(*verdict);
  if (loop_.shared().on_event) tell(nullptr, &*verdict, nullptr);
}

challenge::PassiveRequest Exchange::passive_request() const {
  return {.head = request_,
          .client = connection_.client_.address,
          .user = user_,
          .host = request_.authority().host,
          .time = began_,
          .is_encrypted = connection_.inside_.has_value(),
          .is_http2 = connection_.is_conversation_,
          .is_opened = is_connect_ && settings_->interception != nullptr};
}

double Exchange::watch() {
  if (settings_->gate->policy().mode == challenge::Mode::kOff) return 0;
  Noticed noticed = loop_.shared().passive->observe(passive_request());
  tell_passive(noticed);
  if (!connection_.inside_ || !*connection_.inside_->hello) return noticed.score;
  noticed = loop_.shared().passive->observe_hello(passive_request(), **connection_.inside_->hello);
  connection_.inside_->hello->reset();
  tell_passive(noticed);
  return noticed.score;
}

void Exchange::watch_hello(const protocol::ClientHello& hello) {
  tell_passive(loop_.shared().passive->observe_hello(passive_request(), hello));
}

void Exchange::tell_passive(const Noticed& noticed) {
  if (!noticed.news) return;
  write_event_line(*noticed.news);
  if (loop_.shared().on_event) tell(nullptr, nullptr, &*noticed.news);
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

template void Exchange::write_event_line(const TunnelEvent& event);

void Exchange::tell(const challenge::ChallengeEvent* state, const challenge::VerdictEvent* verdict,
                    const challenge::PassiveEvent* passive) {
  const EventContext context = event_context();
  loop_.shared().on_event({.time = context.time,
                           .client = context.client,
                           .user_agent = context.user_agent,
                           .host = context.host,
                           .state = state,
                           .verdict = verdict,
                           .passive = passive});
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
