#include "base/html.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(EscapeHtml, WritesReferencesForWhatHtmlKnows) {
  EXPECT_EQ(escape_html("<a href=\"x\" id='y'>&amp;"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(escape_html("plain \xC3\xA9\n"), "plain \xC3\xA9\n");
  EXPECT_EQ(escape_html(""), "");
}

}  // namespace
}  // namespace mogura
