# cmake -DINPUT=data/x.toml -DOUTPUT=x.cc -DROOM=identity -DFUNCTION=bundled_x -P embed_file.cmake: writes a source that
# holds a file's bytes (embed.cmake).
get_filename_component(name ${INPUT} NAME)
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "// Generated from ${name}.
#include \"${ROOM}/detail/${FUNCTION}.h\"

namespace mogura::${ROOM}::detail {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}
};

}  // namespace

std::string_view ${FUNCTION}() {
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

}  // namespace mogura::${ROOM}::detail
")
