#include "console/detail/front_end.h"

#include <array>

#include "base/bytes.h"
#include "base/digest.h"
#include "console/detail/app_css.h"
#include "console/detail/app_js.h"
#include "console/detail/index_html.h"

namespace mogura::console::detail {
namespace {

struct Asset {
  std::string_view path, type, body;
  std::string etag;
};

// Strong, of 64 bits of the content's hash.
std::string etag_of(std::string_view body) {
  return '"' + to_hex(sha256(as_bytes(body))).substr(0, 16) + '"';
}

const std::array<Asset, 3>& assets() {
  static const std::array<Asset, 3> kAssets{{
      {"/", "text/html; charset=utf-8", index_html(), etag_of(index_html())},
      {"/app.js", "text/javascript; charset=utf-8", app_js(), etag_of(app_js())},
      {"/app.css", "text/css; charset=utf-8", app_css(), etag_of(app_css())},
  }};
  return kAssets;
}

// Deeper down, a dot may be an address's.
bool looks_like_file(std::string_view path) {
  const std::string_view first = path.substr(1, path.substr(1).find('/'));
  return first.find('.') != std::string_view::npos || path.find("/.") != std::string_view::npos;
}

const Asset* find_asset(std::string_view path) {
  for (const Asset& asset : assets()) {
    if (asset.path == path) return &asset;
  }
  return looks_like_file(path) ? nullptr : &assets().front();
}

}  // namespace

Answer front_end_answer(std::string_view path, std::string_view none_match) {
  const Asset* const asset = find_asset(path);
  if (asset == nullptr) return error_answer(404, "not-found", "there is no such file");
  Answer answer;
  answer.etag = asset->etag;
  if (none_match.find(asset->etag) != std::string_view::npos) {
    answer.status = 304;
    return answer;
  }
  answer.type = asset->type;
  answer.fixed_body = asset->body;
  return answer;
}

}  // namespace mogura::console::detail
