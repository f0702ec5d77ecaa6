# Third-party libraries, all from Debian 12. A room links only what it needs (docs/architecture.md, rule 3).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(HYPERSCAN REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2>=1.52)
pkg_check_modules(NDPI IMPORTED_TARGET libndpi)  # optional: a second opinion on unknown protocols
find_package(CURL 7.88 REQUIRED)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
find_package(prometheus-cpp CONFIG REQUIRED)  # its file names no version; Debian 12 has 1.0
find_package(simdjson REQUIRED)
find_package(Boost 1.81 REQUIRED)
if(MOGURA_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(nlohmann_json 3.11 REQUIRED)
  include(GoogleTest)
endif()

# llhttp comes with Debian's node-llhttp as a header and C sources.
set(LLHTTP_SOURCES /usr/share/llhttp/api.c /usr/share/llhttp/http.c /usr/share/llhttp/llhttp.c)
add_library(llhttp STATIC EXCLUDE_FROM_ALL ${LLHTTP_SOURCES})
target_include_directories(llhttp SYSTEM PUBLIC /usr/share/include/llhttp)
target_compile_options(llhttp PRIVATE -w -O3)
if(MOGURA_SANITIZE)
  target_compile_options(llhttp PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all)
endif()
if(MOGURA_FUZZ)
  target_compile_options(llhttp PRIVATE -fsanitize=fuzzer-no-link)
endif()

# Coroutines of the proxy nest deeper than the two frames that Asio keeps for the next ones. Everything that uses Asio
# must say the same.
set_property(TARGET Boost::headers APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
             BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
