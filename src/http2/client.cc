#include "http2/client.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "http2/detail/inbound.h"
#include "http2/detail/outbound.h"
#include "http2/detail/session.h"
#include "http2/message.h"

namespace mogura::http2 {

using detail::Block;

namespace {

struct Conversation {
  explicit Conversation(const Bounds& bounds)
      : head({.head_bytes = bounds.head_bytes, .target_bytes = bounds.head_bytes, .fields = bounds.fields}) {}
  std::string head_bytes;
  protocol::RequestHead head;
  std::string method;
  detail::Outbound request;
  detail::Inbound response;
  Fields trailers;
  std::int32_t stream = 0;  // 0: none yet
  bool has_final = false;   // the response's own head has come
  bool is_gone = false, is_changed = false, was_full = false;
};

}  // namespace

class Client::Impl final : public detail::Session {
 public:
  explicit Impl(const ClientOptions& options)
      : Session(Side::kClient, options.bounds), scheme_(options.scheme) {}

  Conversation* find(ExchangeId id) {
    const auto found = conversations_.find(id);
    return found == conversations_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool is_going() const;
  [[nodiscard]] bool has_room() const;
  ExchangeId begin();
  Given give(ExchangeId id, Conversation& conversation, std::string_view bytes);
  void took(Conversation& conversation, std::size_t bytes) {
    const std::size_t freed = conversation.response.take(bytes);
    if (freed != 0) consume(conversation.stream, freed);
  }
  void end(ExchangeId id);
  void lose() {
    has_goodbye_ = true;
    for (auto& [id, conversation] : conversations_) {
      conversation.is_gone = true;
      change(id, conversation);
    }
  }

  std::unordered_map<ExchangeId, Conversation> conversations_;
  std::vector<ExchangeId> changed_;
  bool wants_http1_ = false;

 private:
  void on_begin(const nghttp2_frame& /*frame*/) override {}
  void on_block(const nghttp2_frame& frame, Block& block) override;
  void on_data(std::int32_t stream, std::string_view data) override;
  void on_end(std::int32_t stream) override;
  void on_closed(std::int32_t stream, std::uint32_t code) override;
  void on_goaway() override { has_goodbye_ = true; }
  ssize_t on_wants_data(std::int32_t stream, std::uint8_t* to, std::size_t size,
                        std::uint32_t& flags) override;

  std::pair<ExchangeId, Conversation*> of(std::int32_t stream);
  bool give_head(ExchangeId id, Conversation& conversation, std::string_view bytes, Given& given);
  bool submit(ExchangeId id, Conversation& conversation, Given& given);
  void change(ExchangeId id, Conversation& conversation);
  void refuse(std::int32_t stream);

  const std::string scheme_;
  std::unordered_map<std::int32_t, ExchangeId> by_stream_;
  ExchangeId last_ = 0;
  bool has_goodbye_ = false;
};

void Client::Impl::change(ExchangeId id, Conversation& conversation) {
  if (!std::exchange(conversation.is_changed, true)) changed_.push_back(id);
}

std::pair<ExchangeId, Conversation*> Client::Impl::of(std::int32_t stream) {
  const auto found = by_stream_.find(stream);
  return found == by_stream_.end() ? std::pair<ExchangeId, Conversation*>{0, nullptr}
                                   : std::pair{found->second, find(found->second)};
}

bool Client::Impl::is_going() const {
  return has_goodbye_ || is_over() || nghttp2_session_check_request_allowed(raw()) == 0;
}

bool Client::Impl::has_room() const {
  const std::uint32_t allowed =
      nghttp2_session_get_remote_settings(raw(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return !is_going() && conversations_.size() < std::min(allowed, bounds().streams);
}

ExchangeId Client::Impl::begin() {
  const ExchangeId id = ++last_;
  conversations_.try_emplace(id, bounds());
  return id;
}

void Client::Impl::refuse(std::int32_t stream) {
  ++mutable_counts().refused_heads;
  reset(stream, NGHTTP2_PROTOCOL_ERROR);
}

void Client::Impl::on_block(const nghttp2_frame& frame, Block& block) {
  const std::int32_t stream = frame.hd.stream_id;
  const auto [id, conversation] = of(stream);
  if (conversation == nullptr || conversation->is_gone) return;
  if (block.is_too_large) return refuse(stream);
  if (conversation->has_final) {
    conversation->trailers = std::move(block.fields);
    return;
  }
  const bool is_whole = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  std::string head;
  const Translated translated = to_http1_response(block.fields, is_whole, conversation->method, head);
  if (translated.refusal != Refusal::kNone) return refuse(stream);
  conversation->has_final = head[sizeof "HTTP/1.1 " - 1] != '1';
  conversation->response.add_head(head, translated.body);
  change(id, *conversation);
}

void Client::Impl::on_data(std::int32_t stream, std::string_view data) {
  const auto [id, conversation] = of(stream);
  if (conversation == nullptr || conversation->is_gone) return consume(stream, data.size());
  conversation->response.add_data(data);
  change(id, *conversation);
}

void Client::Impl::on_end(std::int32_t stream) {
  const auto [id, conversation] = of(stream);
  if (conversation == nullptr || !conversation->has_final) return;
  if (!conversation->response.end(conversation->trailers)) refuse(stream);
  change(id, *conversation);
}

void Client::Impl::on_closed(std::int32_t stream, std::uint32_t code) {
  const auto [id, conversation] = of(stream);
  by_stream_.erase(stream);
  if (code == NGHTTP2_HTTP_1_1_REQUIRED) wants_http1_ = true;
  if (conversation == nullptr) return;
  conversation->is_gone = true;
  change(id, *conversation);
}

ssize_t Client::Impl::on_wants_data(std::int32_t stream, std::uint8_t* to, std::size_t size,
                                    std::uint32_t& flags) {
  const auto [id, conversation] = of(stream);
  if (conversation == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const detail::Outbound::Filled filled = conversation->request.fill(to, size);
  if (std::exchange(conversation->was_full, false)) change(id, *conversation);
  if (filled.is_end) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    const Fields trailers = conversation->request.trailers();
    if (!trailers.empty() && submit_trailers(stream, trailers) == 0) flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return static_cast<ssize_t>(filled.bytes);
  }
  if (filled.bytes != 0) return static_cast<ssize_t>(filled.bytes);
  conversation->request.is_deferred = true;
  return NGHTTP2_ERR_DEFERRED;
}

Client::Given Client::Impl::give(ExchangeId id, Conversation& conversation, std::string_view bytes) {
  Given given;
  if (conversation.stream == 0 && !give_head(id, conversation, bytes, given)) return given;
  if (given.request != Request::kMore || given.bytes == bytes.size()) return given;
  const BodyReader::Step step = conversation.request.give(bytes.substr(given.bytes));
  given.bytes += step.bytes;
  if (step.state == BodyReader::State::kDone) given.request = Request::kWhole;
  if (step.state == BodyReader::State::kRefused) given.request = Request::kRefused;
  conversation.was_full = conversation.request.room(bounds().held_bytes) == 0;
  if (!conversation.is_gone && std::exchange(conversation.request.is_deferred, false))
    resume(conversation.stream);
  return given;
}

// False: the head is not whole yet, or refused.
bool Client::Impl::give_head(ExchangeId id, Conversation& conversation, std::string_view bytes,
                             Given& given) {
  const std::size_t before = conversation.head_bytes.size();
  conversation.head_bytes.append(bytes);
  const protocol::HeadStep step = conversation.head.parse(conversation.head_bytes);
  if (step.kind == protocol::HeadStep::Kind::kNeedMore) {
    given.bytes = bytes.size();
    return false;
  }
  const bool is_tunnel =
      step.kind == protocol::HeadStep::Kind::kDone &&
      (conversation.head.form() == protocol::TargetForm::kAuthority || conversation.head.wants_upgrade());
  if (step.kind == protocol::HeadStep::Kind::kRefused || is_tunnel) {
    given.request = Request::kRefused;
    return false;
  }
  given.bytes = step.head_bytes - before;
  return submit(id, conversation, given);
}

bool Client::Impl::submit(ExchangeId id, Conversation& conversation, Given& given) {
  const Fields fields = from_http1_request(conversation.head, scheme_);
  conversation.method = conversation.head.method();
  const bool has_body = conversation.request.begin(conversation.head.framing());
  conversation.stream = submit_request(fields, has_body);
  conversation.head_bytes.clear();
  conversation.head.forget();
  if (conversation.stream < 0) {
    conversation.is_gone = true;
    given.request = Request::kRefused;
    return false;
  }
  by_stream_[conversation.stream] = id;
  ++mutable_counts().streams;
  if (!has_body) given.request = Request::kWhole;
  return true;
}

void Client::Impl::end(ExchangeId id) {
  Conversation* const conversation = find(id);
  if (conversation == nullptr) return;
  if (const std::size_t freed = conversation->response.drop(); freed != 0)
    consume(conversation->stream, freed);
  if (conversation->stream > 0 && !conversation->is_gone) reset(conversation->stream, NGHTTP2_CANCEL);
  by_stream_.erase(conversation->stream);
  conversations_.erase(id);
}

Client::Client(const ClientOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

bool Client::receive(std::string_view bytes, std::int64_t now_ms) {
  return impl_->receive(bytes, now_ms);
}

void Client::write(std::string& out, std::size_t most) {
  impl_->write(out, most);
}

bool Client::wants_write() const {
  return impl_->wants_write();
}

bool Client::is_over() const {
  return impl_->is_over();
}

bool Client::has_room() const {
  return impl_->has_room();
}

bool Client::is_going() const {
  return impl_->is_going();
}

ExchangeId Client::begin() {
  return impl_->begin();
}

std::size_t Client::open_exchanges() const {
  return impl_->conversations_.size();
}

void Client::take_changed(std::vector<ExchangeId>& changed) {
  for (const ExchangeId id : std::exchange(impl_->changed_, {})) {
    Conversation* const conversation = impl_->find(id);
    if (conversation == nullptr) continue;
    conversation->is_changed = false;
    changed.push_back(id);
  }
}

std::size_t Client::request_room(ExchangeId id) const {
  Conversation* const conversation = impl_->find(id);
  if (conversation == nullptr || conversation->is_gone) return 0;
  if (conversation->stream != 0 && conversation->request.has_ended()) return 0;
  const std::size_t room = conversation->request.room(impl_->held_bytes());
  conversation->was_full = room == 0;
  return room;
}

Client::Given Client::give_request(ExchangeId id, std::string_view bytes) {
  Conversation* const conversation = impl_->find(id);
  return conversation == nullptr ? Given{Request::kRefused, 0} : impl_->give(id, *conversation, bytes);
}

std::string_view Client::response(ExchangeId id) {
  Conversation* const conversation = impl_->find(id);
  return conversation == nullptr ? std::string_view() : conversation->response.bytes();
}

void Client::took_response(ExchangeId id, std::size_t bytes) {
  if (Conversation* const conversation = impl_->find(id); conversation != nullptr)
    impl_->took(*conversation, bytes);
}

bool Client::is_response_whole(ExchangeId id) const {
  const Conversation* const conversation = impl_->find(id);
  return conversation != nullptr && conversation->response.is_over();
}

bool Client::is_gone(ExchangeId id) const {
  const Conversation* const conversation = impl_->find(id);
  return conversation == nullptr || conversation->is_gone;
}

bool Client::wants_http1() const {
  return impl_->wants_http1_;
}

void Client::end(ExchangeId id) {
  impl_->end(id);
}

void Client::lose() {
  impl_->lose();
}

void Client::finish() {
  impl_->finish();
}

const Counts& Client::counts() const {
  return impl_->counts();
}

}  // namespace mogura::http2
