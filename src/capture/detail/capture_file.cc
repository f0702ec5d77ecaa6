#include "capture/detail/capture_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "capture/detail/decompress.h"

namespace mogura::capture::detail {
namespace {

// By its first bytes, without moving in it. What cannot be read is left to whoever reads on, to say why.
Content recognise_file(const Descriptor& file) {
  std::uint8_t magic[kMagicBytes];
  const ssize_t count = pread(file.number(), magic, kMagicBytes, 0);
  return count == kMagicBytes ? recognise(magic) : Content::kUnknown;
}

}  // namespace

CaptureFile::CaptureFile(InputReport& report, const Options& options) : report_(report) {
  const Result<Content> content = open_stream(options);
  if (content) {
    choose_parser(*content);
  } else {
    refuse(content.error());
  }
}

CaptureFile::CaptureFile(InputReport& report, std::unique_ptr<ByteStream> stream, bool is_cold)
    : report_(report), stream_(std::move(stream)), is_cold_(is_cold) {
  stream_->fill(kMagicBytes);
  choose_parser(recognise(stream_->view()));
}

Result<Content> CaptureFile::open_stream(const Options& options) {
  if (report_.path == kStandardInput) return open_reader(Descriptor::standard_input(), options);
  Result<Descriptor> file = Descriptor::open(report_.path);
  if (!file) return tl::unexpected(file.error());
  struct stat status {};
  if (fstat(file->number(), &status) != 0) return tl::unexpected(system_error(errno));
  const Content content = S_ISREG(status.st_mode) ? recognise_file(*file) : Content::kUnknown;
  if (content != Content::kPcap && content != Content::kPcapng) return open_reader(std::move(*file), options);
  is_cold_ = options.look_ahead;
  stream_ =
      make_mapped_stream(std::move(*file), static_cast<std::uint64_t>(status.st_size), options.window_bytes);
  return content;
}

Result<Content> CaptureFile::open_reader(Descriptor descriptor, const Options& options) {
  auto plain = std::make_unique<DescriptorReader>(std::move(descriptor));
  const Result<Content> outside = plain->recognise();
  if (!outside) return outside;
  std::unique_ptr<Reader> reader = std::move(plain);
  if (*outside == Content::kGzip) {
    reader = make_gzip_reader(std::move(reader));
    compression_ = "+gzip";
  } else if (*outside == Content::kZstd) {
    reader = make_zstd_reader(std::move(reader));
    compression_ = "+zstd";
  }
  stream_ = make_chunk_stream(std::move(reader), options.chunk_bytes);
  stream_->fill(kMagicBytes);
  if (stream_->view().size() < kMagicBytes && stream_->error()) return tl::unexpected(*stream_->error());
  return recognise(stream_->view());
}

void CaptureFile::choose_parser(Content content) {
  parser_ = make_parser(content, is_cold_);
  if (parser_ == nullptr) return refuse({ErrorCode::kFormat, {}, "not a capture file (pcap or pcapng)"});
  report_.format = (content == Content::kPcap ? "pcap" : "pcapng") + compression_;
}

bool CaptureFile::read(Batch& batch, std::size_t max_frames) {
  batch.clear();
  while (!has_ended_) {
    Progress progress = parser_->parse(stream_->view(), batch.frames, std::max<std::size_t>(max_frames, 1));
    if (!stream_->holds()) {
      batch.clear();  // read from pages that may have been lost meanwhile
      stop(*stream_->error());
      break;
    }
    stream_->consume(progress.consumed);
    if (progress.damage) stop({progress.damage->code, {}, std::move(progress.damage->cause)});
    if (!batch.frames.empty()) {
      batch.memory.push_back(stream_->memory());
      count(batch);
      return true;
    }
    if (!has_ended_ && !stream_->fill(progress.wanted)) finish();
  }
  return false;
}

void CaptureFile::count(const Batch& batch) {
  std::uint64_t bytes = 0;
  batch_first_ = batch_last_ = batch.frames.front().time;
  for (const packet::Frame& frame : batch.frames) {
    bytes += frame.bytes.size();
    batch_first_ = std::min(batch_first_, frame.time);
    batch_last_ = std::max(batch_last_, frame.time);
  }
  report_.packets += batch.frames.size();
  report_.bytes += bytes;
  report_.first = std::min(report_.first.value_or(batch_first_), batch_first_);
  report_.last = std::max(report_.last.value_or(batch_last_), batch_last_);
}

void CaptureFile::finish() {
  if (stream_->error()) return stop(*stream_->error());
  has_ended_ = true;
  if (stream_->view().empty()) return;
  Damage damage = parser_->cut(stream_->view());
  stop({damage.code, {}, std::move(damage.cause)});
}

void CaptureFile::stop(Error error) {
  has_ended_ = true;
  error.place = report_.path + " at offset " + std::to_string(stream_->offset());
  if (!compression_.empty()) error.place += " of the uncompressed data";
  report_.errors.push_back(std::move(error));
}

void CaptureFile::refuse(Error error) {
  has_ended_ = true;
  error.place = report_.path;
  report_.errors.push_back(std::move(error));
}

}  // namespace mogura::capture::detail
