#include "http2/detail/session.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace mogura::http2::detail {

namespace {

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// nghttp2 takes what it only reads as if it could write.
std::uint8_t* writable(const std::string& text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

Session& self(void* user_data) {
  return *static_cast<Session*>(user_data);
}

}  // namespace

struct Callbacks {
  static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
    Session& session = self(user);
    session.block_.clear();
    session.is_within_block_ = true;
    session.on_begin(*frame);
    return 0;
  }
  static int header(nghttp2_session* /*session*/, const nghttp2_frame* /*frame*/, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t /*flags*/, void* user) {
    return self(user).note_field(view(name, name_size), view(value, value_size));
  }
  // Without this nghttp2 would pass over the field and go on.
  static int invalid_header(nghttp2_session* /*session*/, const nghttp2_frame* /*frame*/,
                            const std::uint8_t* /*name*/, std::size_t /*name_size*/,
                            const std::uint8_t* /*value*/, std::size_t /*value_size*/, std::uint8_t /*flags*/,
                            void* user) {
    ++self(user).counts_.refused_heads;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  static int frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
    return self(user).note_frame(*frame);
  }
  static int data_chunk(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t id,
                        const std::uint8_t* data, std::size_t size, void* user) {
    self(user).on_data(id, view(data, size));
    return 0;
  }
  static int stream_close(nghttp2_session* /*session*/, std::int32_t id, std::uint32_t code, void* user) {
    self(user).is_within_block_ = false;
    self(user).on_closed(id, code);
    return 0;
  }
  static int frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
    const bool may_end = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (frame->hd.type == NGHTTP2_RST_STREAM) ++self(user).counts_.resets;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
      self(user).on_end_sent(frame->hd.stream_id);
    return 0;
  }
  static ssize_t read_data(nghttp2_session* /*session*/, std::int32_t id, std::uint8_t* to, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* /*source*/, void* user) {
    return self(user).on_wants_data(id, to, size, *flags);
  }
};

namespace {

struct Deleter {
  void operator()(nghttp2_session_callbacks* it) const { nghttp2_session_callbacks_del(it); }
  void operator()(nghttp2_option* it) const { nghttp2_option_del(it); }
};

std::unique_ptr<nghttp2_session_callbacks, Deleter> make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  MOGURA_CHECK(nghttp2_session_callbacks_new(&made) == 0);
  std::unique_ptr<nghttp2_session_callbacks, Deleter> callbacks(made);
  nghttp2_session_callbacks_set_on_begin_headers_callback(made, Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(made, Callbacks::header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(made, Callbacks::invalid_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(made, Callbacks::frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, Callbacks::data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(made, Callbacks::stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(made, Callbacks::frame_sent);
  return callbacks;
}

std::unique_ptr<nghttp2_option, Deleter> make_option(const Bounds& bounds) {
  nghttp2_option* made = nullptr;
  MOGURA_CHECK(nghttp2_option_new(&made) == 0);
  std::unique_ptr<nghttp2_option, Deleter> option(made);
  nghttp2_option_set_no_auto_window_update(made, 1);
  nghttp2_option_set_no_closed_streams(made, 1);
  nghttp2_option_set_max_outbound_ack(made, bounds.acknowledgements);
  // Ours count in Counts; the library's own limit of resets, which does not, comes after it.
  return option;
}

}  // namespace

Session::Session(Side side, const Bounds& bounds)
    : side_(side),
      bounds_(bounds),
      resets_(bounds.resets, bounds.resets_per_second),
      idle_frames_(bounds.idle_frames, bounds.idle_frames_per_second) {
  const auto callbacks = make_callbacks();
  const auto option = make_option(bounds_);
  const auto make = side == Side::kServer ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
  MOGURA_CHECK(make(&session_, callbacks.get(), this, option.get()) == 0);
  submit_settings();
}

Session::~Session() {
  nghttp2_session_del(session_);
}

void Session::submit_settings() {
  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, bounds_.streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds_.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(bounds_.head_bytes)}};
  if (side_ == Side::kClient) settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  MOGURA_CHECK(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  MOGURA_CHECK(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                                     static_cast<std::int32_t>(bounds_.connection_window)) ==
               0);
}

bool Session::receive(std::string_view bytes, std::int64_t now_ms) {
  now_ms_ = now_ms;
  if (is_broken_) return false;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const ssize_t taken = nghttp2_session_mem_recv(session_, data, bytes.size());
  if (taken >= 0) return !is_over();
  // What it has to say to the peer was queued; memory, a bad preface, or a flood that it counts itself.
  ++(taken == NGHTTP2_ERR_FLOODED ? counts_.floods : counts_.malformed);
  is_broken_ = true;
  return false;
}

void Session::write(std::string& out, std::size_t most) {
  while (out.size() < most) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size < 0) is_broken_ = true;
    if (size <= 0) return;
    out.append(view(bytes, static_cast<std::size_t>(size)));
  }
}

bool Session::is_over() const {
  return is_broken_ ||
         (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

bool Session::wants_write() const {
  return !is_broken_ && nghttp2_session_want_write(session_) != 0;
}

// RFC 9113 §6.8: first that an end will come, then, when that can have arrived, which streams are served.
void Session::announce_end() {
  if (side_ == Side::kServer) nghttp2_submit_shutdown_notice(session_);
}

void Session::finish() {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

void Session::terminate(std::uint32_t code) {
  nghttp2_session_terminate_session(session_, code);
}

int Session::note_field(std::string_view name, std::string_view value) {
  block_.bytes += name.size() + value.size() + kFieldOverhead;
  if (block_.bytes > bounds_.head_bytes || block_.fields.size() >= bounds_.fields) block_.is_too_large = true;
  if (!block_.is_too_large) block_.fields.push_back({std::string(name), std::string(value)});
  return 0;
}

int Session::note_frame(const nghttp2_frame& frame) {
  const std::int32_t id = frame.hd.stream_id;
  const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  bool is_allowed = true;
  is_within_block_ = false;
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
      on_block(frame, block_);
      if (ends) on_end(id);
      return 0;
    case NGHTTP2_DATA:
      if (frame.hd.length == 0 && !ends) is_allowed = idle_frames_.take(now_ms_);
      if (ends) on_end(id);
      break;
    case NGHTTP2_RST_STREAM:
      ++counts_.peer_resets;
      is_allowed = side_ == Side::kClient || resets_.take(now_ms_);
      break;
    case NGHTTP2_GOAWAY:
      on_goaway();
      break;
    case NGHTTP2_WINDOW_UPDATE:
      break;
    default:
      is_allowed = idle_frames_.take(now_ms_);
  }
  if (!is_allowed) {
    ++counts_.floods;
    terminate(NGHTTP2_ENHANCE_YOUR_CALM);
  }
  return 0;
}

void Session::consume(std::int32_t id, std::size_t bytes) {
  if (bytes != 0) nghttp2_session_consume(session_, id, bytes);
}

void Session::reset(std::int32_t id, std::uint32_t code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code);
}

std::vector<nghttp2_nv> Session::view_of(const Fields& fields) {
  std::vector<nghttp2_nv> views;
  views.reserve(fields.size());
  for (const Field& field : fields) {
    // Secrets stay out of the compressor's table (RFC 7541 §7.1.3).
    const bool is_secret = field.name == "authorization" || field.name == "proxy-authorization";
    views.push_back({writable(field.name), writable(field.value), field.name.size(), field.value.size(),
                     static_cast<std::uint8_t>(is_secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)});
  }
  return views;
}

int Session::submit_response(std::int32_t id, const Fields& fields, bool has_body) {
  const std::vector<nghttp2_nv> views = view_of(fields);
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::read_data;
  return nghttp2_submit_response(session_, id, views.data(), views.size(), has_body ? &provider : nullptr);
}

int Session::submit_interim(std::int32_t id, const Fields& fields) {
  const std::vector<nghttp2_nv> views = view_of(fields);
  return nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, views.data(), views.size(),
                                nullptr);
}

int Session::submit_trailers(std::int32_t id, const Fields& fields) {
  const std::vector<nghttp2_nv> views = view_of(fields);
  return nghttp2_submit_trailer(session_, id, views.data(), views.size());
}

std::int32_t Session::submit_request(const Fields& fields, bool has_body) {
  const std::vector<nghttp2_nv> views = view_of(fields);
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::read_data;
  return nghttp2_submit_request(session_, nullptr, views.data(), views.size(), has_body ? &provider : nullptr,
                                nullptr);
}

void Session::resume(std::int32_t id) {
  nghttp2_session_resume_data(session_, id);
}

}  // namespace mogura::http2::detail
