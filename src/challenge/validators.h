#pragma once

// Entity tags of ours (RFC 9110 §8.8.3) in If-None-Match fields: which cache asks whether a page has changed,
// and how they are taken out again, since the site knows nothing of them. They are weak, W/"…", so that
// nobody may use them for ranges or conditional changes. Any thread.

#include <string>
#include <string_view>

#include "challenge/token.h"

namespace mogura::challenge {

class Validators {
 public:
  // At most so many entity tags of our form are looked at in one field; each costs a hash. Of those that
  // follow, all are taken for ours.
  static constexpr unsigned kMost = 16;

  explicit Validators(const Tokens& tokens) : tokens_(tokens) {}  // outlives this

  // A field line with CRLF.
  static std::string line(std::string_view value);

  struct Found {
    bool has_ours = false;     // issued by this site, whenever and to whomever: is to be taken out
    std::string_view value{};  // of the first of them; into the field's value
  };
  [[nodiscard]] Found find(std::string_view if_none_match) const;
  // The list without ours, appended to `out`, all other bytes as they were. Nothing appended: the field is to
  // be dropped.
  void strip(std::string_view if_none_match, std::string& out) const;

 private:
  class Tags;
  [[nodiscard]] bool is_ours(std::string_view value, unsigned& checks_left) const;

  const Tokens& tokens_;
};

}  // namespace mogura::challenge
