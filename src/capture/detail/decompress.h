#pragma once

// Readers that decompress what another reader gives: gzip (RFC 1952, several members) and Zstandard (RFC
// 8878, several frames). They hold one input buffer and the library's window and nothing else, however much
// comes out. What was decompressed before damage has been given out before the error is. One thread.

#include <memory>

#include "capture/detail/reader.h"

namespace mogura::capture::detail {

// Zstandard frames that need a larger window are refused: 2^27 bytes is what `zstd --long` takes.
inline constexpr int kZstdWindowLog = 27;

std::unique_ptr<Reader> make_gzip_reader(std::unique_ptr<Reader> compressed);
std::unique_ptr<Reader> make_zstd_reader(std::unique_ptr<Reader> compressed);

}  // namespace mogura::capture::detail
