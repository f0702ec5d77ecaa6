// The configuration's reader on any text: it refuses, names the file, and changes nothing; or it gives
// options that are written and read again the same.

#include <cstdlib>
#include <string_view>

#include "proxy/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace mogura;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const std::string kDefaults = proxy::write_config(proxy::Options{});
  proxy::Options options;
  const Result<void> done = proxy::read_config(text, "proxy.toml", options);
  const std::string written = proxy::write_config(options);
  if (!done) {
    const Error& error = done.error();
    if (!error.place.starts_with("proxy.toml") || error.cause.empty() || written != kDefaults) std::abort();
    return 0;
  }
  if (written == kDefaults) return 0;
  (void)proxy::contradiction_in(options);
  (void)proxy::doubts_about(options);
  proxy::Options again;
  const bool is_read = proxy::read_config(written, "again", again).has_value();
  const bool hides_password = written.find("…@") != std::string::npos;
  if (is_read ? proxy::write_config(again) != written : !hides_password) std::abort();
  return 0;
}
