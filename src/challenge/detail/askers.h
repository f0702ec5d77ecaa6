#pragma once

// The questions themselves; each has a file of its own, and a page in docs/guides/challenges/.

#include "challenge/detail/question.h"

namespace mogura::challenge::detail {

// ask_decoys.cc. Goes out with the cookie, which comes again for it: is_next() is asked with no response.
class DecoyAsker : public Asker {
 public:
  DecoyAsker() : Asker(Question::kDecoys) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
};

// ask_revalidation.cc
class RevalidationAsker : public Asker {
 public:
  RevalidationAsker() : Asker(Question::kRevalidation) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
};

// ask_preload.cc
class PreloadAsker : public Asker {
 public:
  PreloadAsker() : Asker(Question::kPreload) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
};

// ask_report.cc
class ReportAsker : public Asker {
 public:
  ReportAsker() : Asker(Question::kReport) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
};

// ask_redirect.cc
class RedirectAsker : public Asker {
 public:
  RedirectAsker() : Asker(Question::kRedirect) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
  [[nodiscard]] OwnAnswer in_place() const override { return OwnAnswer::kRedirect; }
};

// ask_refresh.cc
class RefreshAsker : public Asker {
 public:
  // Of a request's path and query, which goes into the page's address.
  static constexpr std::size_t kLongestPath = 2000;

  RefreshAsker() : Asker(Question::kRefresh) {}
  bool judge(const Means& means, const Received& received, Exchange& exchange) const override;
  [[nodiscard]] bool is_next(const Means& means, const protocol::ResponseHead* response,
                             const Exchange& exchange) const override;
  void issue(const Means& means, Timestamp now, Exchange& exchange, std::string& lines) const override;
  [[nodiscard]] OwnAnswer in_place() const override { return OwnAnswer::kPage; }
};

}  // namespace mogura::challenge::detail
