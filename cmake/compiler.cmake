# Flags of every target of ours. Warnings are errors on g++ 12 and clang 14.
add_library(mogura_flags INTERFACE)
target_include_directories(mogura_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_options(mogura_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(mogura_flags INTERFACE -Wthread-safety)
  # A time in a precompiled header would make each build's different to ccache.
  target_compile_options(mogura_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
else()
  # g++ 12 reports these inside its own standard library when optimising.
  target_compile_options(mogura_flags INTERFACE -Wno-null-dereference -Wno-restrict -Wno-stringop-overflow
                         -Wno-stringop-overread -Wno-array-bounds -Wno-maybe-uninitialized)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(mogura_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(MOGURA_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(mogura_flags INTERFACE ${sanitize})
  target_link_options(mogura_flags INTERFACE ${sanitize})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang 14 cannot put its check of function types before coroutines ("difference across sections").
    target_compile_options(mogura_flags INTERFACE -fno-sanitize=function)
  endif()
endif()
if(MOGURA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MOGURA_FUZZ needs clang")
  endif()
  target_compile_options(mogura_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
# Of some seventy programs, most of the time would be linking.
find_program(MOGURA_LLD ld.lld)
if(MOGURA_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(mogura_flags INTERFACE -fuse-ld=lld)
endif()
target_link_options(mogura_flags INTERFACE -Wl,-z,relro,-z,now)
