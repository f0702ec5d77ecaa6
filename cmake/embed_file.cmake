# cmake -DINPUT=data/x.toml -DOUTPUT=x.cc -DROOM=identity -DFUNCTION=bundled_x -P embed_file.cmake: writes a source that
# holds a text file (embed.cmake). It stands in one raw string literal: a compiler reads half a megabyte of that at once,
# where a list of numbers takes it many seconds. That every byte has come through is asserted by size; a line end that a
# compiler may change, or the literal's own end within the text, is refused.
get_filename_component(name ${INPUT} NAME)
file(READ ${INPUT} text)
file(SIZE ${INPUT} size)
foreach(refused "\r" ")mogura-embed\"")
  string(FIND "${text}" "${refused}" place)
  if(NOT place EQUAL -1)
    message(FATAL_ERROR "${INPUT} has at ${place} what cannot be embedded as text")
  endif()
endforeach()
file(WRITE ${OUTPUT} "// Generated from ${name}.
#include \"${ROOM}/detail/${FUNCTION}.h\"

// The standard promises 65,536 characters; both compilers take any number, but say so.
#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace mogura::${ROOM}::detail {
namespace {

constexpr char kText[] = R\"mogura-embed(${text})mogura-embed\";
constexpr std::size_t kSize = sizeof(kText) - 1;
static_assert(kSize == ${size});

}  // namespace

std::string_view ${FUNCTION}() {
  return {kText, kSize};
}

}  // namespace mogura::${ROOM}::detail
")
