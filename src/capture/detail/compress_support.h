#pragma once

// Compressed data for tests.

#include <zlib.h>
#include <zstd.h>

#include "base/check.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail::testing {

inline Bytes gzip(const Bytes& plain) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  MOGURA_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) ==
               Z_OK);
  Bytes compressed(deflateBound(&stream, plain.size()) + 32);
  Bytes input = plain;
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<uInt>(compressed.size());
  MOGURA_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

inline Bytes zstd(const Bytes& plain) {
  Bytes compressed(ZSTD_compressBound(plain.size()));
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), plain.data(), plain.size(), 3);
  MOGURA_CHECK(ZSTD_isError(size) == 0);
  compressed.resize(size);
  return compressed;
}

}  // namespace mogura::capture::detail::testing
