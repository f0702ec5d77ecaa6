#pragma once

// A page of a terminal: lines of painted text, measured in cells and never wider than the page. Text that is
// added must be escaped already (report/text_width.h). Private to the room.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/terminal.h"
#include "report/text_width.h"

namespace mogura::report::detail {

enum class Paint : std::uint8_t { kPlain, kBold, kDim, kRed, kYellow, kBar };

// The few drawn characters, and what stands for them in ASCII.
struct Glyphs {
  std::string_view ellipsis, dot, dash, rule;
};
const Glyphs& glyphs_of(const TerminalStyle& style);

// A bar of `cells` cells for the largest value: eighths of a block, or '#'. Anything above zero shows.
std::string bar(std::uint64_t value, std::uint64_t largest, std::size_t cells, bool utf8);

class Line {
 public:
  Line& add(std::string_view text, Paint paint = Paint::kPlain);
  Line& pad_to(std::size_t cell);
  Line& add_right(std::string_view text, std::size_t cells, Paint paint = Paint::kPlain);
  Line& add(const Line& line);
  [[nodiscard]] std::size_t width() const { return width_; }
  // With a line end, without spaces before it.
  void render(std::string& out, const TerminalStyle& style) const;

 private:
  struct Span {
    std::string text;
    Paint paint;
  };
  std::vector<Span> spans_;
  std::size_t width_ = 0;
};

using Lines = std::vector<Line>;

// No text from outside, however long, fills a page.
inline constexpr std::size_t kParagraphCells = 1000;

class Page {
 public:
  explicit Page(const TerminalStyle& style);

  [[nodiscard]] const TerminalStyle& style() const { return style_; }
  [[nodiscard]] const Glyphs& glyphs() const { return glyphs_; }
  // `text` made harmless for this page.
  [[nodiscard]] std::string escape(std::string_view text) const;

  void add(const Line& line) { line.render(text_, style_); }
  void add(const Lines& lines);
  void blank() { text_ += '\n'; }
  // An empty line, the title, a note beside it (below it, where it does not fit), and a thin rule.
  void heading(std::string_view title, std::string_view note = {});
  // Escaped text, broken at spaces into lines that begin at `indent`; the first line continues `start`. At
  // most kParagraphCells are shown.
  void paragraph(Line start, std::size_t indent, std::string_view text, Paint paint = Paint::kPlain);
  // Escaped texts with dots between them, broken into lines only between two of them.
  void items(std::size_t indent, const std::vector<std::string>& texts, Paint paint);
  // Two blocks beside each other where both fit, else one below the other.
  void side_by_side(const Lines& left, const Lines& right);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  TerminalStyle style_;
  const Glyphs& glyphs_;
  std::string text_;
};

}  // namespace mogura::report::detail
