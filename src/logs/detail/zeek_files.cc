#include "logs/detail/zeek_files.h"

#include <algorithm>
#include <array>
#include <memory>

#include "logs/detail/zeek_records.h"
#include "logs/zeek.h"

namespace mogura::logs::detail {
namespace {

// The rows of one file, whichever syntax its lines have.
class RowReader {
 public:
  // True: `row` is filled. A line may be a comment and no row.
  Result<bool> read(std::string_view line, ZeekRow& row) {
    if (line.starts_with('{')) {
      const Result<void> read = json_.read(line, row);
      if (!read) return tl::unexpected(read.error());
      log_ = log_of(row);
      return true;
    }
    const Result<ZeekTsv::Line> read = tsv_.read(line, row);
    if (!read) return tl::unexpected(read.error());
    log_ = tsv_.log();
    return *read == ZeekTsv::Line::kRow;
  }
  // Of the latest line.
  [[nodiscard]] ZeekLog log() const { return log_; }

 private:
  ZeekTsv tsv_;
  ZeekJson json_;
  ZeekLog log_ = ZeekLog::kOther;
};

// A file and what its first row says.
struct Peeked {
  InputFile* file;
  ZeekLog log = ZeekLog::kOther;
  Timestamp first{};
};

Peeked peek(InputFile& file) {
  Peeked peeked{&file};
  RowReader reader;
  ZeekRow row;
  std::string_view rest = file.beginning();
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('\n'), rest.size());
    const Result<bool> is_row = reader.read(rest.substr(0, size), row);
    peeked.log = reader.log();
    if (is_row && *is_row) {
      peeked.first = written_at(row, peeked.log).value_or(Timestamp{});
      break;
    }
    rest.remove_prefix(std::min(size + 1, rest.size()));
  }
  file.forget_beginning();
  return peeked;
}

// The rows of all files of one kind, the latest of which waits to be used.
class Stream {
 public:
  explicit Stream(std::vector<InputFile*> files) : files_(std::move(files)) {}

  // Goes to the next row. False: there is none.
  bool next() {
    for (; index_ < files_.size(); ++index_) {
      if (!reader_) reader_ = std::make_unique<RowReader>();
      if (next_of(*files_[index_])) return true;
      reader_.reset();
    }
    return false;
  }
  [[nodiscard]] Timestamp time() const { return time_; }

  void use(OpenSessions& sessions, ZeekCounters& counters) {
    InputFile& file = *files_[index_];
    const Result<ZeekUse> use = add_zeek_row(row_, reader_->log(), sessions);
    if (!use) return file.bad_line(use.error());
    counters.not_tcp += *use == ZeekUse::kNotTcp ? 1u : 0u;
    counters.other_logs += *use == ZeekUse::kOtherLog ? 1u : 0u;
    file.saw(time_);
  }

 private:
  bool next_of(InputFile& file) {
    std::string_view line;
    while (file.next(line)) {
      const Result<bool> is_row = reader_->read(line, row_);
      file.report.format = name_of(reader_->log());
      if (!is_row) file.bad_line(is_row.error());
      if (!is_row || !*is_row) continue;
      // A row without a time is told when it is used.
      time_ = written_at(row_, reader_->log()).value_or(time_);
      return true;
    }
    return false;
  }

  std::vector<InputFile*> files_;
  std::size_t index_ = 0;
  std::unique_ptr<RowReader> reader_;
  ZeekRow row_;
  Timestamp time_{};
};

std::vector<Stream> streams_of(const std::vector<InputFile*>& files) {
  std::vector<Peeked> peeked;
  for (InputFile* const file : files) peeked.push_back(peek(*file));
  std::stable_sort(peeked.begin(), peeked.end(),
                   [](const Peeked& a, const Peeked& b) { return a.first < b.first; });
  std::vector<Stream> streams;
  for (const ZeekLog log : {ZeekLog::kHttp, ZeekLog::kSsl, ZeekLog::kConn, ZeekLog::kOther}) {
    std::vector<InputFile*> chain;
    for (const Peeked& p : peeked) {
      if (p.log == log) chain.push_back(p.file);
    }
    streams.emplace_back(std::move(chain));
  }
  return streams;
}

}  // namespace

ZeekCounters read_zeek(const std::vector<InputFile*>& files, OpenSessions& sessions) {
  ZeekCounters counters;
  std::vector<Stream> streams = streams_of(files);
  std::erase_if(streams, [](Stream& stream) { return !stream.next(); });
  while (!streams.empty()) {
    const auto earliest = std::min_element(
        streams.begin(), streams.end(), [](const Stream& a, const Stream& b) { return a.time() < b.time(); });
    earliest->use(sessions, counters);
    if (!earliest->next()) streams.erase(earliest);
  }
  sessions.finish();
  return counters;
}

}  // namespace mogura::logs::detail
