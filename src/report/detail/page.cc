#include "report/detail/page.h"

#include <algorithm>
#include <array>

namespace mogura::report::detail {
namespace {

constexpr Glyphs kUnicode{"…", "·", "–", "─"};
constexpr Glyphs kAscii{"...", "-", "-", "-"};
constexpr std::size_t kMinWidth = 40;
constexpr std::size_t kMaxWidth = 500;

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::kPlain:
      return "";
    case Paint::kBold:
      return "\x1b[1m";
    case Paint::kDim:
      return "\x1b[2m";
    case Paint::kRed:
      return "\x1b[31m";
    case Paint::kYellow:
      return "\x1b[33m";
    case Paint::kBar:
      return "\x1b[36m";
  }
  return "";
}

void append_painted(std::string& out, std::string_view text, Paint paint, bool color) {
  const bool is_painted = color && paint != Paint::kPlain && !text.empty();
  if (is_painted) out += code_of(paint);
  out += text;
  if (is_painted) out += "\x1b[0m";
}

}  // namespace

const Glyphs& glyphs_of(const TerminalStyle& style) {
  return style.utf8 ? kUnicode : kAscii;
}

std::string bar(std::uint64_t value, std::uint64_t largest, std::size_t cells, bool utf8) {
  if (value == 0 || largest == 0) return {};
  const double share = std::min(1.0, static_cast<double>(value) / static_cast<double>(largest));
  if (!utf8) {
    const auto marks = static_cast<std::size_t>(share * static_cast<double>(cells) + 0.5);
    return std::string(std::max<std::size_t>(marks, 1), '#');
  }
  constexpr std::array kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths =
      std::max<std::size_t>(static_cast<std::size_t>(share * static_cast<double>(cells) * 8 + 0.5), 1);
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

Line& Line::add(std::string_view text, Paint paint) {
  if (text.empty()) return *this;
  width_ += display_width(text);
  spans_.push_back({std::string(text), paint});
  return *this;
}

Line& Line::pad_to(std::size_t cell) {
  if (width_ < cell) add(std::string(cell - width_, ' '));
  return *this;
}

Line& Line::add_right(std::string_view text, std::size_t cells, Paint paint) {
  const std::size_t own = display_width(text);
  return pad_to(width_ + (own < cells ? cells - own : 0)).add(text, paint);
}

Line& Line::add(const Line& line) {
  for (const Span& span : line.spans_) add(span.text, span.paint);
  return *this;
}

void Line::render(std::string& out, const TerminalStyle& style) const {
  const auto is_blank = [](const Span& span) {
    return span.text.find_first_not_of(' ') == std::string::npos;
  };
  std::size_t last = spans_.size();
  while (last > 0 && is_blank(spans_[last - 1])) --last;
  const bool is_cut = width_ > style.width;
  const std::string_view ellipsis = glyphs_of(style).ellipsis;
  std::size_t left = is_cut ? style.width - display_width(ellipsis) : style.width;
  for (std::size_t i = 0; i < last; ++i) {
    std::string_view text = spans_[i].text;
    const std::size_t fitting = bytes_within(text, left);
    const bool is_last = i + 1 == last || fitting < text.size();
    text = text.substr(0, fitting);
    left -= display_width(text);
    if (is_last) text = text.substr(0, text.find_last_not_of(' ') + 1);
    append_painted(out, text, spans_[i].paint, style.color);
    if (is_last) break;
  }
  if (is_cut) out += ellipsis;
  out += '\n';
}

Page::Page(const TerminalStyle& style) : style_(style), glyphs_(glyphs_of(style)) {
  style_.width = std::clamp(style.width, kMinWidth, kMaxWidth);
}

std::string Page::escape(std::string_view text) const {
  return escape_for_terminal(text, style_.utf8 ? Charset::kUtf8 : Charset::kAscii);
}

void Page::add(const Lines& lines) {
  for (const Line& line : lines) add(line);
}

void Page::heading(std::string_view title, std::string_view note) {
  blank();
  Line line;
  line.add(title, Paint::kBold);
  const bool is_beside = line.width() + 2 + display_width(note) <= style_.width;
  if (!note.empty() && is_beside) line.add("  ").add(note, Paint::kDim);
  add(line);
  if (!note.empty() && !is_beside) paragraph({}, 0, note, Paint::kDim);
  std::string rule;
  for (std::size_t i = 0; i < style_.width; ++i) rule += glyphs_.rule;
  add(Line().add(rule, Paint::kDim));
}

void Page::paragraph(Line start, std::size_t indent, std::string_view text, Paint paint) {
  const std::string shown = cut_to_width(text, kParagraphCells, CutAt::kEnd, glyphs_.ellipsis);
  text = shown;
  start.pad_to(indent);
  while (!text.empty()) {
    const std::size_t room = start.width() < style_.width ? style_.width - start.width() : 1;
    std::size_t end = bytes_within(text, room);
    if (end < text.size()) {
      const std::size_t space = text.substr(0, end + 1).rfind(' ');
      if (space != std::string_view::npos && space != 0) end = space;
    }
    end = std::max<std::size_t>(end, 1);
    start.add(text.substr(0, end), paint);
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    add(start);
    start = Line().pad_to(indent);
  }
}

void Page::items(std::size_t indent, const std::vector<std::string>& texts, Paint paint) {
  const std::string dot = " " + std::string(glyphs_.dot) + " ";
  std::string line;
  for (const std::string& text : texts) {
    if (!line.empty() && indent + display_width(line + dot + text) > style_.width) {
      paragraph({}, indent, line, paint);
      line.clear();
    }
    line += (line.empty() ? "" : dot) + text;
  }
  paragraph({}, indent, line, paint);
}

void Page::side_by_side(const Lines& left, const Lines& right) {
  constexpr std::size_t kGap = 6;
  const auto widest = [](const Lines& lines) {
    std::size_t width = 0;
    for (const Line& line : lines) width = std::max(width, line.width());
    return width;
  };
  const std::size_t second = widest(left) + kGap;
  if (second + widest(right) > style_.width) {
    add(left);
    if (!left.empty() && !right.empty()) blank();
    add(right);
    return;
  }
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    Line line = i < left.size() ? left[i] : Line();
    if (i < right.size()) line.pad_to(second).add(right[i]);
    add(line);
  }
}

}  // namespace mogura::report::detail
