#pragma once

// The table tests/framing/vectors.tsv, and what the strict readers say of a vector.

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/chunked.h"
#include "protocol/strict_head.h"

namespace mogura::protocol::testing {

struct Vector {
  std::string kind, name, bytes, expected, why;
};

inline std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    switch (text.at(++i)) {
      case 'r':
        bytes += '\r';
        break;
      case 'n':
        bytes += '\n';
        break;
      case 't':
        bytes += '\t';
        break;
      case 'x':
        bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default:
        bytes += text[i];
    }
  }
  return bytes;
}

inline std::string with_origin(std::string bytes, std::string_view origin) {
  constexpr std::string_view kPlace = "{origin}";
  for (std::size_t at = 0; (at = bytes.find(kPlace, at)) != std::string::npos;)
    bytes.replace(at, kPlace.size(), origin);
  return bytes;
}

inline std::vector<Vector> read_vectors() {
  std::ifstream in(MOGURA_SOURCE_DIR "/tests/framing/vectors.tsv");
  std::vector<Vector> vectors;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#') || line.starts_with("kind\t")) continue;
    std::vector<std::string> cells(1);
    for (const char c : line) c == '\t' ? static_cast<void>(cells.emplace_back()) : cells.back().push_back(c);
    if (cells.size() != 5) throw std::runtime_error("not five cells: " + line);
    vectors.push_back(
        {cells[0], cells[1], with_origin(unescape(cells[2]), "origin.example:8080"), cells[3], cells[4]});
  }
  return vectors;
}

// Where the body that begins in front of `bytes` ends; refused: the name. More: "more".
struct BodyEnd {
  std::string refusal;
  std::size_t bytes = 0;
};
inline BodyEnd end_of_body(const Framing& framing, std::string_view bytes) {
  switch (framing.kind) {
    case Framing::Kind::kNone:
      return {};
    case Framing::Kind::kUntilClose:
      return {{}, bytes.size()};
    case Framing::Kind::kLength:
      if (framing.length > bytes.size()) return {"more", 0};
      return {{}, static_cast<std::size_t>(framing.length)};
    case Framing::Kind::kChunked:
      break;
  }
  ChunkedWalk walk;
  const auto step = walk.walk(bytes);
  if (step.state == ChunkedWalk::State::kRefused) return {std::string(name_of(walk.refusal())), 0};
  if (step.state == ChunkedWalk::State::kMore) return {"more", 0};
  return {{}, step.bytes};
}

// Reads all messages in `bytes`: "pass", "more", or why one is refused.
template <class Head, class Parse>
std::string outcome_of(std::string_view bytes, Head& head, Parse parse) {
  while (!bytes.empty()) {
    head.forget();
    const HeadStep step = parse(head, bytes);
    if (step.kind == HeadStep::Kind::kNeedMore) return "more";
    if (step.kind == HeadStep::Kind::kRefused) return std::string(name_of(step.refusal));
    bytes.remove_prefix(step.head_bytes);
    const BodyEnd end = end_of_body(head.framing(), bytes);
    if (!end.refusal.empty()) return end.refusal;
    bytes.remove_prefix(end.bytes);
  }
  return "pass";
}

inline std::string outcome_of(const Vector& vector, std::string_view bytes) {
  if (vector.kind.starts_with("response")) {
    ResponseHead head;
    return outcome_of(bytes, head, [](auto& one, std::string_view rest) { return one.parse(rest, "GET"); });
  }
  RequestHead head;
  return outcome_of(bytes, head, [](auto& one, std::string_view rest) { return one.parse(rest); });
}

}  // namespace mogura::protocol::testing
