#include "protocol/detail/llhttp_opinion.h"

#include <llhttp.h>

#include "protocol/detail/http1_text.h"

namespace mogura::protocol::detail {
namespace {

struct Comparison {
  std::string_view head;
  const HeadProgress& progress;
  std::size_t fields = 0;
  bool is_at_end = false;
};

constexpr int kDisagree = -1;

int on_name(llhttp_t* parser, const char* at, std::size_t size) {
  auto& comparison = *static_cast<Comparison*>(parser->data);
  if (comparison.fields >= comparison.progress.marks.size()) return kDisagree;
  const FieldMark& mark = comparison.progress.marks[comparison.fields++];
  const auto begin = static_cast<std::size_t>(at - comparison.head.data());
  return begin == mark.line && begin + size == mark.name_end ? 0 : kDisagree;
}

int on_value(llhttp_t* parser, const char* at, std::size_t size) {
  const auto& comparison = *static_cast<const Comparison*>(parser->data);
  if (comparison.fields == 0) return kDisagree;
  const FieldMark& mark = comparison.progress.marks[comparison.fields - 1];
  const std::string_view value = trim_right({at, size});
  if (value.size() != mark.value_end - mark.value) return kDisagree;
  return value.empty() || value.data() == comparison.head.data() + mark.value ? 0 : kDisagree;
}

int on_end(llhttp_t* parser) {
  auto& comparison = *static_cast<Comparison*>(parser->data);
  const FieldFacts& facts = comparison.progress.facts;
  const bool has_length = (parser->flags & F_CONTENT_LENGTH) != 0;
  const bool is_chunked = (parser->flags & F_CHUNKED) != 0;
  if (has_length != facts.has_length || is_chunked != facts.has_coding) return kDisagree;
  if (has_length && parser->content_length != facts.length) return kDisagree;
  if (comparison.fields != comparison.progress.marks.size()) return kDisagree;
  comparison.is_at_end = true;
  return HPE_PAUSED;
}

constexpr llhttp_settings_t kSettings = [] {
  llhttp_settings_t settings{};
  settings.on_header_field = on_name;
  settings.on_header_value = on_value;
  settings.on_headers_complete = on_end;
  return settings;
}();

bool agrees(llhttp_t& parser, Comparison& comparison, std::size_t from) {
  parser.data = &comparison;
  const std::string_view rest = comparison.head.substr(from);
  return llhttp_execute(&parser, rest.data(), rest.size()) == HPE_PAUSED && comparison.is_at_end;
}

}  // namespace

bool llhttp_agrees_on_request(std::string_view head, const HeadProgress& progress) {
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &kSettings);
  const bool is_connect = progress.target_marks.form == TargetForm::kAuthority;
  const std::string_view method = is_connect ? "CONNECT " : "POST ";
  if (llhttp_execute(&parser, method.data(), method.size()) != HPE_OK) return false;
  Comparison comparison{head, progress};
  return agrees(parser, comparison, progress.target);
}

bool llhttp_agrees_on_response(std::string_view head, const HeadProgress& progress) {
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, &kSettings);
  Comparison comparison{head, progress};
  return agrees(parser, comparison, 0);
}

}  // namespace mogura::protocol::detail
