#include "http2/server.h"

#include <unordered_map>
#include <utility>

#include "http2/detail/inbound.h"
#include "http2/detail/outbound.h"
#include "http2/detail/session.h"
#include "http2/message.h"

namespace mogura::http2 {

using detail::Block;

namespace {

struct Stream {
  std::string method;
  detail::Inbound request;
  Fields trailers;
  // Of the answer: its head while it is read, then its body.
  explicit Stream(const Bounds& bounds)
      : response({.head_bytes = bounds.head_bytes, .target_bytes = 0, .fields = bounds.fields}) {}
  std::string head;
  protocol::ResponseHead response;
  detail::Outbound answer;
  bool has_begun = false;     // its request was handed on
  bool is_answering = false;  // the final head has gone
  bool keeps_alive = false, is_gone = false, is_changed = false, was_full = false;
};

constexpr unsigned kTooLarge = 431, kNotImplemented = 501, kSwitching = 101;

}  // namespace

class Server::Impl final : public detail::Session {
 public:
  explicit Impl(const ServerOptions& options)
      : Session(Side::kServer, options.bounds), absolute_form_(options.absolute_form) {}

  Stream* find(StreamId id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : &found->second;
  }
  void took(StreamId id, Stream& stream, std::size_t bytes) { consume(id, stream.request.take(bytes)); }
  Given give(StreamId id, Stream& stream, std::string_view bytes);
  void end(StreamId id, Stream& stream, bool is_broken, bool is_untouched);
  void forget(StreamId id);

  std::unordered_map<StreamId, Stream> streams_;
  std::vector<StreamId> changed_;

 private:
  void on_begin(const nghttp2_frame& frame) override;
  void on_block(const nghttp2_frame& frame, Block& block) override;
  void on_data(StreamId id, std::string_view data) override;
  void on_end(StreamId id) override;
  void on_closed(StreamId id, std::uint32_t code) override;
  void on_end_sent(StreamId id) override;
  ssize_t on_wants_data(StreamId id, std::uint8_t* to, std::size_t size, std::uint32_t& flags) override;

  void begin_request(StreamId id, Stream& stream, const Block& block, bool is_whole);
  void refuse(StreamId id, unsigned status);
  bool give_head(StreamId id, Stream& stream, std::string_view bytes, Given& given);
  void give_body(StreamId id, Stream& stream, std::string_view bytes, Given& given);
  void change(StreamId id, Stream& stream);

  const bool absolute_form_;
};

void Server::Impl::change(StreamId id, Stream& stream) {
  if (!stream.has_begun || std::exchange(stream.is_changed, true)) return;
  changed_.push_back(id);
}

void Server::Impl::on_begin(const nghttp2_frame& frame) {
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) streams_.try_emplace(frame.hd.stream_id, bounds());
}

void Server::Impl::on_block(const nghttp2_frame& frame, Block& block) {
  const StreamId id = frame.hd.stream_id;
  Stream* const stream = find(id);
  if (stream == nullptr || stream->is_gone) return;
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    begin_request(id, *stream, block, (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0);
  } else if (block.is_too_large) {
    ++mutable_counts().refused_heads;
    reset(id, NGHTTP2_ENHANCE_YOUR_CALM);
  } else {
    stream->trailers = std::move(block.fields);
  }
}

void Server::Impl::begin_request(StreamId id, Stream& stream, const Block& block, bool is_whole) {
  if (block.is_too_large) return refuse(id, kTooLarge);
  std::string head;
  const Translated translated = to_http1_request(block.fields, is_whole, absolute_form_, head);
  if (translated.refusal == Refusal::kConnect) return refuse(id, kNotImplemented);
  if (translated.refusal != Refusal::kNone) {
    ++mutable_counts().refused_heads;
    reset(id, NGHTTP2_PROTOCOL_ERROR);
    return;
  }
  ++mutable_counts().streams;
  stream.method = head.substr(0, head.find(' '));
  stream.request.add_head(head, translated.body);
  stream.has_begun = true;
  change(id, stream);
}

// Answered here (RFC 9113 §10.5.1): whoever takes requests does not see it.
void Server::Impl::refuse(StreamId id, unsigned status) {
  ++mutable_counts().refused_heads;
  submit_response(id, {{":status", std::to_string(status)}, {"content-length", "0"}}, false);
}

void Server::Impl::on_data(StreamId id, std::string_view data) {
  Stream* const stream = find(id);
  if (stream == nullptr || !stream->has_begun || stream->is_gone) {
    return consume(id, data.size());
  }
  stream->request.add_data(data);
  change(id, *stream);
}

void Server::Impl::on_end(StreamId id) {
  Stream* const stream = find(id);
  if (stream == nullptr) return;
  if (!stream->request.end(stream->trailers)) {
    ++mutable_counts().refused_heads;
    reset(id, NGHTTP2_PROTOCOL_ERROR);
  }
  change(id, *stream);
}

void Server::Impl::on_closed(StreamId id, std::uint32_t /*code*/) {
  Stream* const stream = find(id);
  if (stream == nullptr) return;
  if (!stream->has_begun) {
    streams_.erase(id);
    return;
  }
  stream->is_gone = true;
  change(id, *stream);
}

// An answer that came before its request's end makes the rest of it needless (RFC 9113 §8.1).
void Server::Impl::on_end_sent(StreamId id) {
  const Stream* const stream = find(id);
  if (stream != nullptr && !stream->request.has_ended()) reset(id, NGHTTP2_NO_ERROR);
}

ssize_t Server::Impl::on_wants_data(StreamId id, std::uint8_t* to, std::size_t size, std::uint32_t& flags) {
  Stream* const stream = find(id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const detail::Outbound::Filled filled = stream->answer.fill(to, size);
  if (std::exchange(stream->was_full, false)) change(id, *stream);
  if (filled.is_end) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    const Fields trailers = stream->answer.trailers();
    if (!trailers.empty() && submit_trailers(id, trailers) == 0) flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return static_cast<ssize_t>(filled.bytes);
  }
  if (filled.bytes != 0) return static_cast<ssize_t>(filled.bytes);
  stream->answer.is_deferred = true;
  return NGHTTP2_ERR_DEFERRED;
}

Server::Given Server::Impl::give(StreamId id, Stream& stream, std::string_view bytes) {
  Given given;
  while (given.bytes < bytes.size() && given.answer == Answer::kMore) {
    const std::string_view left = bytes.substr(given.bytes);
    if (stream.is_answering) {
      give_body(id, stream, left, given);
    } else if (!give_head(id, stream, left, given)) {
      break;
    }
  }
  if (given.answer == Answer::kRefused) reset(id, NGHTTP2_INTERNAL_ERROR);
  return given;
}

// False: the head is not whole yet; all of `bytes` was taken.
bool Server::Impl::give_head(StreamId id, Stream& stream, std::string_view bytes, Given& given) {
  const std::size_t before = stream.head.size();
  stream.head.append(bytes);
  const protocol::HeadStep step = stream.response.parse(stream.head, stream.method);
  if (step.kind == protocol::HeadStep::Kind::kNeedMore) {
    given.bytes += bytes.size();
    return false;
  }
  if (step.kind == protocol::HeadStep::Kind::kRefused || stream.response.status() == kSwitching) {
    given.answer = Answer::kRefused;
    return false;
  }
  given.bytes += step.head_bytes - before;
  const Fields fields = from_http1_response(stream.response);
  int error = 0;
  if (stream.response.is_interim()) {
    if (!stream.is_gone) error = submit_interim(id, fields);
  } else {
    stream.is_answering = true;
    stream.keeps_alive = stream.response.wants_keep_alive();
    const bool has_body = stream.answer.begin(stream.response.framing());
    if (!stream.is_gone) error = submit_response(id, fields, has_body);
    if (!has_body) given.answer = Answer::kWhole;
  }
  stream.head.clear();
  stream.response.forget();
  if (error != 0) given.answer = Answer::kRefused;
  return true;
}

void Server::Impl::give_body(StreamId id, Stream& stream, std::string_view bytes, Given& given) {
  const BodyReader::Step step = stream.answer.give(bytes);
  given.bytes += step.bytes;
  if (step.state == BodyReader::State::kDone) given.answer = Answer::kWhole;
  if (step.state == BodyReader::State::kRefused) given.answer = Answer::kRefused;
  stream.was_full = stream.answer.room(bounds().held_bytes) == 0;
  if (!stream.is_gone && std::exchange(stream.answer.is_deferred, false)) resume(id);
}

void Server::Impl::end(StreamId id, Stream& stream, bool is_broken, bool is_untouched) {
  stream.keeps_alive = false;
  if (stream.is_gone || stream.answer.has_ended()) return;
  if (!is_broken && stream.is_answering && stream.answer.end()) {
    if (std::exchange(stream.answer.is_deferred, false)) resume(id);
    return;
  }
  reset(id, is_untouched ? NGHTTP2_REFUSED_STREAM : NGHTTP2_INTERNAL_ERROR);
}

void Server::Impl::forget(StreamId id) {
  Stream* const stream = find(id);
  if (stream == nullptr) return;
  consume(id, stream->request.drop());
  // One that still sends what it holds stays until that has gone; nobody hears of it any more.
  if (!stream->is_gone && stream->answer.has_ended()) {
    stream->has_begun = false;
    return;
  }
  if (!stream->is_gone) reset(id, NGHTTP2_INTERNAL_ERROR);
  streams_.erase(id);
}

Server::Server(const ServerOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() = default;
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;

bool Server::receive(std::string_view bytes, std::int64_t now_ms) {
  return impl_->receive(bytes, now_ms);
}

void Server::write(std::string& out, std::size_t most) {
  impl_->write(out, most);
}

bool Server::wants_write() const {
  return impl_->wants_write();
}

bool Server::is_over() const {
  return impl_->is_over();
}

void Server::take_changed(std::vector<StreamId>& changed) {
  for (const StreamId id : std::exchange(impl_->changed_, {})) {
    Stream* const stream = impl_->find(id);
    if (stream == nullptr || !stream->has_begun) continue;
    stream->is_changed = false;
    changed.push_back(id);
  }
}

std::size_t Server::open_streams() const {
  return impl_->streams_.size();
}

std::string_view Server::request(StreamId id) {
  Stream* const stream = impl_->find(id);
  return stream == nullptr ? std::string_view() : stream->request.bytes();
}

void Server::took_request(StreamId id, std::size_t bytes) {
  if (Stream* const stream = impl_->find(id); stream != nullptr) impl_->took(id, *stream, bytes);
}

bool Server::is_request_whole(StreamId id) const {
  const Stream* const stream = impl_->find(id);
  return stream != nullptr && stream->request.is_over();
}

std::size_t Server::answer_room(StreamId id) const {
  Stream* const stream = impl_->find(id);
  if (stream == nullptr || stream->is_gone) return 0;
  const std::size_t room = stream->answer.room(impl_->held_bytes());
  stream->was_full = room == 0;
  return room;
}

Server::Given Server::give_answer(StreamId id, std::string_view bytes) {
  Stream* const stream = impl_->find(id);
  return stream == nullptr ? Given{Answer::kRefused, 0} : impl_->give(id, *stream, bytes);
}

void Server::end_answer(StreamId id, bool is_broken, bool is_untouched) {
  Stream* const stream = impl_->find(id);
  if (stream != nullptr) impl_->end(id, *stream, is_broken, is_untouched);
}

bool Server::keeps_alive(StreamId id) const {
  const Stream* const stream = impl_->find(id);
  return stream != nullptr && stream->keeps_alive && stream->request.is_over();
}

bool Server::is_gone(StreamId id) const {
  const Stream* const stream = impl_->find(id);
  return stream == nullptr || stream->is_gone;
}

void Server::forget(StreamId id) {
  impl_->forget(id);
}

void Server::announce_end() {
  impl_->announce_end();
}

void Server::finish() {
  impl_->finish();
}

bool Server::is_within_head() const {
  return impl_->is_within_block();
}

const Counts& Server::counts() const {
  return impl_->counts();
}

}  // namespace mogura::http2
