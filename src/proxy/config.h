#pragma once

// The configuration file of `mogura proxy` (docs/formats/proxy-configuration.md). One table of parameters
// (section, key, type, range, help; detail/parameter_table.h) makes the parser, the errors, what `config
// show` prints, and the document. Text in, values out; no file is opened here but by check_password_file().
// Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "proxy/options.h"

namespace mogura::proxy {

// Of a configuration file.
inline constexpr std::size_t kConfigBytes = std::size_t{1} << 20;

// Sets what the file says in `options`. Errors (kFormat, kLimit) name file, line and key: "proxy.toml line
// 12: timeouts.head: …"; unknown sections and keys are errors, with the nearest known one. On an error,
// `options` is unchanged. What contradicts itself is seen by contradiction_in() only.
Result<void> read_config(std::string_view toml, const std::string& name, Options& options);
// The whole configuration as TOML that read_config() takes, every key with its help as a comment. Secrets are
// files, so there is none in it but a password in state.store, which is shown as "…" (and refused when read).
std::string write_config(const Options& options);

// Sets one parameter, "timeouts.head", from the command line. A list takes all of `texts`, each of which may
// be several with commas between them, where commas cannot be part of one, and an empty one alone is the
// empty list; everything else takes one. Errors: kUsage; then `options` is unchanged.
Result<void> set_parameter(Options& options, std::string_view name, const std::vector<std::string>& texts);

// Whether the password file, if there is one, can be used. Errors: kIo, kFormat, as Proxy::open() has them.
Result<void> check_password_file(const Access& access);
// The same for what [intercept] names, where it is enabled; `now` decides whether the authority is good.
// Errors: kIo, kFormat, kLimit; kUsage for a certificate that is no authority's or a key that others may
// read.
Result<void> check_interception(const Intercept& intercept, Timestamp now);

}  // namespace mogura::proxy
