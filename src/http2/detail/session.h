#pragma once

// One connection of nghttp2 with what both sides do alike: its settings and bounds, the fields of a header
// block collected, floods counted, bytes in and out. The library's callbacks become virtual functions. Not
// thread-safe.

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http2/bounds.h"
#include "http2/detail/allowance.h"
#include "http2/fields.h"

namespace mogura::http2::detail {

// A header block under way; HTTP/2 has one at a time.
struct Block {
  Fields fields;
  std::size_t bytes = 0;      // as SETTINGS_MAX_HEADER_LIST_SIZE counts
  bool is_too_large = false;  // and what was too much was thrown away
  void clear() {
    fields.clear();
    bytes = 0;
    is_too_large = false;
  }
};

class Session {
 public:
  enum class Side : std::uint8_t { kServer, kClient };
  Session(Side side, const Bounds& bounds);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool receive(std::string_view bytes, std::int64_t now_ms);
  // Appends frames until `out` has `most` bytes or nothing is left.
  void write(std::string& out, std::size_t most);
  // Nothing more is to be sent or expected.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool wants_write() const;
  void announce_end();
  void finish();
  void terminate(std::uint32_t code);
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t held_bytes() const { return bounds_.held_bytes; }
  [[nodiscard]] bool is_within_block() const { return is_within_block_; }

 protected:
  // Of the remote side. `frame` is nghttp2's.
  virtual void on_begin(const nghttp2_frame& frame) = 0;                // of a header block
  virtual void on_block(const nghttp2_frame& frame, Block& block) = 0;  // its end
  virtual void on_data(std::int32_t id, std::string_view data) = 0;
  virtual void on_end(std::int32_t id) = 0;  // END_STREAM; behind on_block() or on_data()
  virtual void on_closed(std::int32_t id, std::uint32_t code) = 0;
  virtual void on_goaway() {}
  // Our END_STREAM has gone.
  virtual void on_end_sent(std::int32_t /*id*/) {}
  // For DATA: fills `to`, as nghttp2's read callback does.
  virtual ssize_t on_wants_data(std::int32_t id, std::uint8_t* to, std::size_t size,
                                std::uint32_t& flags) = 0;

  // The windows grow by what was taken, the connection's also where the stream is closed.
  void consume(std::int32_t id, std::size_t bytes);
  void reset(std::int32_t id, std::uint32_t code);
  // 0 or nghttp2's error.
  int submit_response(std::int32_t id, const Fields& fields, bool has_body);
  int submit_interim(std::int32_t id, const Fields& fields);
  int submit_trailers(std::int32_t id, const Fields& fields);
  // The stream's identifier, or nghttp2's error.
  std::int32_t submit_request(const Fields& fields, bool has_body);
  void resume(std::int32_t id);
  [[nodiscard]] nghttp2_session* raw() const { return session_; }
  Counts& mutable_counts() { return counts_; }
  [[nodiscard]] const Bounds& bounds() const { return bounds_; }

 private:
  friend struct Callbacks;
  void submit_settings();
  int note_frame(const nghttp2_frame& frame);
  int note_field(std::string_view name, std::string_view value);
  static std::vector<nghttp2_nv> view_of(const Fields& fields);

  const Side side_;
  const Bounds bounds_;
  nghttp2_session* session_ = nullptr;
  Block block_;
  Counts counts_;
  Allowance resets_, idle_frames_;
  std::int64_t now_ms_ = 0;
  bool is_within_block_ = false, is_broken_ = false;
};

}  // namespace mogura::http2::detail
