#pragma once

// The server's side of TLS (1.2 and 1.3), from PEM files. A context is made once and then only used; a new
// certificate makes a new one.

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"

namespace mogura::console::detail {

// Errors: kIo; kFormat: no certificate, no key, not of each other, or a key with a pass phrase.
Result<std::shared_ptr<boost::asio::ssl::context>> open_tls(const std::string& certificate,
                                                            const std::string& key);

}  // namespace mogura::console::detail
