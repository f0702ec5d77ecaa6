#pragma once

// Lines of Zeek's http.log, ssl.log and conn.log, as tab-separated values or as JSON, turned into named
// columns. What the columns say is for detail/zeek_records. Others than those listed here are passed over.
// One thread.
//
//   #separator \x09
//   #unset_field	-
//   #path	http                        which log
//   #fields	ts	uid	id.orig_h …     which column is where
//   1672843056.914972	CXHB1X22…	…

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "logs/detail/columns.h"

namespace mogura::logs {

enum class ZeekLog : std::uint8_t { kHttp, kSsl, kConn, kOther };
std::string_view name_of(ZeekLog log);  // "zeek-http", "zeek-ssl", "zeek-conn", "zeek-other"

// By the names in zeek.cc.
enum class ZeekColumn : std::uint8_t {
  kPath,
  kTs,
  kUid,
  kOrigHost,
  kOrigPort,
  kRespHost,
  kRespPort,
  kProto,
  kService,
  // conn.log
  kDuration,
  kOrigBytes,
  kRespBytes,
  kConnState,
  kMissedBytes,
  kHistory,
  kOrigPackets,
  kOrigIpBytes,
  kRespPackets,
  kRespIpBytes,
  // http.log
  kTransDepth,
  kMethod,
  kHost,
  kUri,
  kReferrer,
  kUserAgent,
  kRequestBody,
  kResponseBody,
  kStatus,
  kProxied,
  kRespMimeTypes,
  // ssl.log
  kVersion,
  kCipher,
  kServerName,
  kNextProtocol,
  kEstablished,
  kSubject,
  kIssuer,
  kJa3,
  kJa3s,
  kJa4,
  kJa4Raw,
  kClientCiphers,
  kCount,
};

using ZeekRow = detail::Columns<ZeekColumn>;

// By its path where it says so, else by its columns.
ZeekLog log_of(const ZeekRow& row);

class ZeekTsv {
 public:
  enum class Line : std::uint8_t { kHeader, kRow };

  ZeekTsv();
  // Reads a line; of a row, `row` is cleared and filled. Errors (kFormat): a row before #fields, with another
  // number of columns than that, or with more than kColumns.
  Result<Line> read(std::string_view line, ZeekRow& row);
  // By #path; kOther before it was seen.
  [[nodiscard]] ZeekLog log() const { return log_; }

 private:
  void read_header(std::string_view line);
  void read_names(std::string_view names);

  char separator_ = '\t';
  std::string unset_ = "-";
  std::string empty_ = "(empty)";
  ZeekLog log_ = ZeekLog::kOther;
  std::vector<std::optional<ZeekColumn>> columns_;
};

class ZeekJson {
 public:
  ZeekJson();
  ~ZeekJson();
  ZeekJson(ZeekJson&&) noexcept;
  ZeekJson& operator=(ZeekJson&&) noexcept;

  // Clears and fills `row`. Errors (kFormat): not one JSON object.
  Result<void> read(std::string_view line, ZeekRow& row);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::logs
