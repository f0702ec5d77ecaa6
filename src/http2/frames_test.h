#pragma once

// Frames of HTTP/2 written by hand, for peers that nghttp2 would not let us play; and a server and a client
// of ours joined in memory.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http2/client.h"
#include "http2/fields.h"
#include "http2/server.h"

namespace mogura::http2 {

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum FrameType : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kReset = 3,
  kSettings = 4,
  kPush = 5,
  kPing = 6,
  kGoaway = 7,
  kWindow = 8,
  kContinuation = 9
};
inline constexpr std::uint8_t kEndStream = 1, kEndHeaders = 4, kAck = 1;

inline std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t id,
                         std::string_view payload = {}) {
  std::string bytes = number(static_cast<std::uint32_t>(payload.size())).substr(1);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  return bytes + number(id) + std::string(payload);
}

// Literal fields without indexing, without Huffman (RFC 7541 §6.2.2); each of less than 127 bytes, or with a
// length in the long form.
inline std::string text_of(std::string_view text) {
  std::string bytes;
  std::size_t size = text.size();
  if (size < 127) return static_cast<char>(size) + std::string(text);
  bytes += '\x7F';
  for (size -= 127; size >= 128; size >>= 7) bytes += static_cast<char>(0x80 | (size & 0x7F));
  bytes += static_cast<char>(size);
  return bytes.append(text);
}
inline std::string block(const Fields& fields) {
  std::string bytes;
  for (const Field& field : fields) bytes += '\0' + text_of(field.name) + text_of(field.value);
  return bytes;
}

inline Fields get(std::string_view path = "/") {
  return {
      {":method", "GET"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", std::string(path)}};
}
inline Fields post(Fields more = {}) {
  Fields fields{{":method", "POST"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", "/"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}
inline std::string headers(std::uint32_t id, const Fields& fields, bool ends = true) {
  return frame(kHeaders, static_cast<std::uint8_t>(kEndHeaders | (ends ? kEndStream : 0)), id, block(fields));
}
inline std::string opening() {
  return std::string(kPreface) + frame(kSettings, 0, 0);
}

// What a frame is, of those in `bytes`.
struct Seen {
  std::uint8_t type = 0, flags = 0;
  std::uint32_t id = 0;
  std::string payload;
};
inline std::uint32_t number_in(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}
inline std::vector<Seen> frames_in(std::string_view bytes) {
  std::vector<Seen> seen;
  while (bytes.size() >= 9) {
    const std::uint32_t size = number_in(bytes.substr(0, 3));
    seen.push_back({static_cast<std::uint8_t>(bytes[3]), static_cast<std::uint8_t>(bytes[4]),
                    number_in(bytes.substr(5, 4)), std::string(bytes.substr(9, size))});
    bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 9 + size));
  }
  return seen;
}
inline std::vector<Seen> of_type(const std::vector<Seen>& seen, std::uint8_t type) {
  std::vector<Seen> found;
  for (const Seen& each : seen) {
    if (each.type == type) found.push_back(each);
  }
  return found;
}

inline std::string written(Server& server) {
  std::string out;
  server.write(out, std::size_t{1} << 24);
  return out;
}
inline std::string written(Client& client) {
  std::string out;
  client.write(out, std::size_t{1} << 24);
  return out;
}
inline std::vector<StreamId> changed(Server& server) {
  std::vector<StreamId> ids;
  server.take_changed(ids);
  return ids;
}

// All there is of the request, taken.
inline std::string take_request(Server& server, StreamId id) {
  std::string all;
  while (!server.request(id).empty()) {
    const std::string_view bytes = server.request(id);
    all.append(bytes);
    server.took_request(id, bytes.size());
  }
  return all;
}
inline std::string take_response(Client& client, ExchangeId id) {
  std::string all;
  while (!client.response(id).empty()) {
    const std::string_view bytes = client.response(id);
    all.append(bytes);
    client.took_response(id, bytes.size());
  }
  return all;
}

// A client and a server, and the wire between them.
struct Pair {
  explicit Pair(const Bounds& of_server = {}, const Bounds& of_client = {})
      : server({.bounds = of_server}), client({.bounds = of_client}) {}
  // Until neither has anything to say.
  void exchange() {
    while (true) {
      const std::string up = written(client), down = written(server);
      if (up.empty() && down.empty()) return;
      if (!up.empty()) server.receive(up, 1);
      if (!down.empty()) client.receive(down, 1);
    }
  }
  // The stream that the server sees of a request given to the client in one piece.
  ExchangeId ask(std::string_view request) {
    const ExchangeId id = client.begin();
    client.give_request(id, request);
    exchange();
    return id;
  }
  Server server;
  Client client;
};

}  // namespace mogura::http2
