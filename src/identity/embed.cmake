# cmake -DINPUT=data/catalogue.toml -DOUTPUT=x.cc -P embed.cmake: writes a source that holds a file's bytes.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "// Generated from data/catalogue.toml.
#include \"identity/detail/bundled_catalogue.h\"

namespace mogura::identity::detail {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}
};

}  // namespace

std::string_view bundled_catalogue() {
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

}  // namespace mogura::identity::detail
")
