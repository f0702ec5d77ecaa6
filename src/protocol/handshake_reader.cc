#include <algorithm>

#include "protocol/tls.h"
#include "protocol/tls_records.h"

namespace mogura::protocol {
namespace {

constexpr std::uint8_t kChangeCipherSpec = 20;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;
constexpr std::size_t kMessageHeaderBytes = 4;
// version, random, an empty session id, cipher suite, compression: no hello is shorter.
constexpr std::size_t kShortestHello = 2 + 32 + 1 + 2 + 1;
// Memory is taken for what has come, not for what a length field promises.
constexpr std::size_t kFirstReserve = 4096;

// Header and body together; `message` holds the header.
std::size_t message_size(ByteView message) {
  return kMessageHeaderBytes + ((std::size_t{message[1]} << 16) | load_be16(message.data() + 2));
}

// Whether bytes behind a ChangeCipherSpec can be the beginning of a hello. An encrypted Finished in a
// handshake record looks like anything; type, size and version together let it pass once in some millions.
bool may_begin_hello(ByteView bytes) {
  const std::size_t size = bytes.size();
  return (size < 1 || bytes[0] == kClientHello || bytes[0] == kServerHello) && (size < 2 || bytes[1] == 0) &&
         (size < 4 || message_size(bytes) >= kMessageHeaderBytes + kShortestHello) &&
         (size < 5 || bytes[4] == 3) && (size < 6 || bytes[5] <= 4);
}

}  // namespace

void HandshakeReader::add(ByteView stream) {
  if (!input_.empty()) gap();
  if (end_ == State::kNeedMore) input_ = stream;
}

void HandshakeReader::gap() {
  end(State::kDone);
}

HandshakeReader::State HandshakeReader::next(std::uint8_t& type, ByteView& body) {
  if (is_handed_out_) {
    std::vector<std::uint8_t>().swap(message_);
    is_handed_out_ = false;
  }
  while (end_ == State::kNeedMore && !input_.empty()) {
    if (record_left_ == 0) {
      if (begin_record()) accept_record();
    } else if (take_message(type, body)) {
      return State::kMessage;
    }
  }
  return end_;
}

bool HandshakeReader::partial(std::uint8_t& type, ByteView& body) const {
  if (is_handed_out_ || message_.size() < kMessageHeaderBytes) return false;
  type = message_.front();
  body = ByteView(message_).subspan(kMessageHeaderBytes);
  return true;
}

// True when the header of the next record is complete.
bool HandshakeReader::begin_record() {
  const std::size_t step = std::min(header_.size() - header_size_, input_.size());
  std::copy_n(input_.begin(), step, header_.begin() + header_size_);
  header_size_ = static_cast<std::uint8_t>(header_size_ + step);
  input_ = input_.subspan(step);
  if (!TlsRecords::plausible_prefix(ByteView(header_).first(header_size_))) end(State::kNotTls);
  return end_ == State::kNeedMore && header_size_ == header_.size();
}

void HandshakeReader::accept_record() {
  const std::uint16_t length = load_be16(header_.data() + 3);
  if (record_version_ == 0) record_version_ = load_be16(header_.data() + 1);
  header_size_ = 0;
  if (header_[0] == kHandshake) {
    record_left_ = length;
  } else if (header_[0] == kChangeCipherSpec && length == 1 && message_.empty()) {
    record_left_ = length;
    after_change_cipher_spec_ = true;
  } else {
    end(State::kDone);
  }
}

bool HandshakeReader::take_message(std::uint8_t& type, ByteView& body) {
  const ByteView fragment = input_.first(std::min<std::size_t>(record_left_, input_.size()));
  if (header_[0] == kChangeCipherSpec) {
    consume(fragment.size());
    return false;
  }
  if (!message_.empty() || fragment.size() < kMessageHeaderBytes) return gather(fragment, type, body);
  const std::size_t size = message_size(fragment);
  if (size > fragment.size() || size > limit_ - collected_) return gather(fragment, type, body);
  if (after_change_cipher_spec_ && !may_begin_hello(fragment)) {
    end(State::kDone);
    return false;
  }
  type = fragment.front();
  body = fragment.subspan(kMessageHeaderBytes, size - kMessageHeaderBytes);
  collected_ += size;
  consume(size);
  return true;
}

// Copies what the message lacks, first of its header, then of its body.
bool HandshakeReader::gather(ByteView fragment, std::uint8_t& type, ByteView& body) {
  const bool has_header = message_.size() >= kMessageHeaderBytes;
  const std::size_t wanted = (has_header ? message_size(message_) : kMessageHeaderBytes) - message_.size();
  const std::size_t step = std::min({wanted, fragment.size(), limit_ - collected_});
  if (step == 0) {
    end(State::kLimit);
    return false;
  }
  if (message_.empty() && fragment.size() >= kMessageHeaderBytes) {
    message_.reserve(std::min(message_size(fragment), kFirstReserve));
  }
  message_.insert(message_.end(), fragment.begin(), fragment.begin() + static_cast<std::ptrdiff_t>(step));
  collected_ += step;
  consume(step);
  if (after_change_cipher_spec_ && !may_begin_hello(message_)) {
    end(State::kDone);
    message_.clear();
    return false;
  }
  if (message_.size() < kMessageHeaderBytes || message_.size() < message_size(message_)) return false;
  is_handed_out_ = partial(type, body);
  return true;
}

void HandshakeReader::consume(std::size_t count) {
  input_ = input_.subspan(count);
  record_left_ -= static_cast<std::uint32_t>(count);
}

void HandshakeReader::end(State state) {
  if (end_ == State::kNeedMore) end_ = state;
  input_ = {};
}

}  // namespace mogura::protocol
