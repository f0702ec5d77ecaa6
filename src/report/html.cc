#include "report/html.h"

#include <string_view>

#include "base/digest.h"
#include "report/detail/html_data.h"
#include "report/detail/html_plain.h"
#include "report/detail/html_text.h"
#include "report/detail/report_css.h"
#include "report/detail/report_js.h"

namespace mogura::report {
namespace {

// The source expression of CSP 3, §2.3.1, that allows exactly this text.
std::string source_of(std::string_view text) {
  return "'sha256-" + to_base64(sha256(as_bytes(text))) + "'";
}

// Nothing may be loaded, sent, framed or run but the one script and the one style sheet.
std::string policy() {
  return "default-src 'none'; script-src " + source_of(detail::report_js()) + "; style-src " +
         source_of(detail::report_css()) + "; img-src data:; base-uri 'none'; form-action 'none'";
}

std::string title_of(const Analysis& analysis) {
  constexpr std::size_t kTitleBytes = 200;
  std::string title = "mogura";
  if (!analysis.inputs.empty()) title += ": " + analysis.inputs.front().path;
  if (analysis.inputs.size() > 1) title += " …";
  return detail::escape_html(detail::cut_text(title, kTitleBytes));
}

void append_head(std::string& out, const Analysis& analysis) {
  out += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy() + "\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<meta name=\"referrer\" content=\"no-referrer\">\n";
  out += "<link rel=\"icon\" href=\"data:,\">\n";
  out += "<title>" + title_of(analysis) + "</title>\n<style>";
  out += detail::report_css();
  out += "</style>\n</head>\n";
}

}  // namespace

std::string write_html(const HtmlReport& report) {
  std::string out;
  append_head(out, report.analysis);
  out += "<body>\n<div id=\"report\"><noscript>\n";
  detail::append_plain(out, report);
  out += "</noscript></div>\n<script type=\"application/json\" id=\"data\">";
  detail::append_data(out, report);
  out += "</script>\n<script>";
  out += detail::report_js();
  out += "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace mogura::report
