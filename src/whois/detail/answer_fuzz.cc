// What a whois server says: any bytes. What is read out of it is clean, short, and a server that may be
// asked.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "whois/detail/answer.h"
#include "whois/detail/server.h"

namespace {

using namespace mogura::whois::detail;

void check_value(const std::string& value) {
  MOGURA_CHECK(value.size() <= kValueBytes);
  MOGURA_CHECK(clean_value(value).size() <= value.size());
  for (const char c : value) MOGURA_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Facts facts = read_answer(text);
  for (const std::string* value :
       {&facts.organisation, &facts.country, &facts.registrar, &facts.created, &facts.network}) {
    check_value(*value);
  }
  if (!facts.referral.empty()) {
    const auto server = server_in(facts.referral);
    MOGURA_CHECK(server.has_value() && server->text() == facts.referral);
  }
  // Cleaning once is enough.
  const std::string clean = clean_text(text);
  MOGURA_CHECK(clean_text(clean) == clean);
  const std::string_view word = std::string_view(text).substr(0, 300);
  if (is_query(word)) {
    const std::string line = query_line({"whois.example", 43}, word);
    MOGURA_CHECK(line.find('\n') == line.size() - 1 && line.find('\r') == line.size() - 2);
  }
  return 0;
}
