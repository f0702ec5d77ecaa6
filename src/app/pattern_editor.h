#pragma once

// Has a person edit a text with the program in VISUAL or EDITOR.

#include <string>

#include "base/result.h"

namespace mogura::app {

// A copy of a text for the editor; removed at the end, unless keep() was called.
class EditedCopy {
 public:
  // In the folder for temporary files.
  static Result<EditedCopy> make(const std::string& text);
  EditedCopy(EditedCopy&& other) noexcept;
  EditedCopy& operator=(EditedCopy&&) = delete;
  ~EditedCopy();

  // Runs the editor and answers what is in the file then. Errors: kIo (the editor cannot be run or says that
  // it failed), kLimit (larger than `limit` bytes).
  [[nodiscard]] Result<std::string> edit(std::size_t limit) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  void keep() { is_kept_ = true; }

 private:
  explicit EditedCopy(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty: moved away
  bool is_kept_ = false;
};

}  // namespace mogura::app
