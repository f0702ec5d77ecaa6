#include "console/message.h"

#include "report/json_writer.h"

namespace mogura::console {

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

Reply error_reply(unsigned status, std::string_view code, std::string_view message) {
  Reply reply;
  reply.status = status;
  report::JsonWriter json(reply.body, report::JsonWriter::Layout::kLine);
  json.begin_object();
  json.key("error");
  json.begin_object();
  json.field("code", code);
  json.field("message", message);
  json.end_object();
  json.end_object();
  return reply;
}

}  // namespace mogura::console
