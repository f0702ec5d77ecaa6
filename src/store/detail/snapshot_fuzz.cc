// Snapshots of any bytes: no more records than there is room for, each one an entry; what is said to be whole
// is as many as the header promises. The second half of the input is put into a block with a right digest, so
// that what lies behind it is reached, too.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "store/detail/snapshot.h"

using namespace mogura::store::detail;

namespace {

void read(mogura::ByteView bytes) {
  mogura::ByteView rest = bytes;
  std::uint64_t records = 0;
  const auto contents = read_snapshot(
      [&rest](std::span<std::uint8_t> buffer) {
        const std::size_t count = std::min(buffer.size(), rest.size());
        std::copy_n(rest.begin(), count, buffer.begin());
        rest = rest.subspan(count);
        return count;
      },
      [&records](const SnapshotHeader&, const StateRecord& record) {
        const auto entry = decode(record.entry);
        MOGURA_CHECK(entry.has_value());
        MOGURA_CHECK(encode(*entry) == record.entry);
        ++records;
      });
  if (!contents) return;
  MOGURA_CHECK(contents->records == records);
  MOGURA_CHECK(records <= bytes.size() / sizeof(StateRecord));
  if (contents->damage.empty()) MOGURA_CHECK(records == contents->header.records);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mogura::ByteView bytes(data, size);
  read(bytes);
  const std::size_t start = std::min(size, kHeaderBytes);
  const std::size_t count = std::min((size - start) / sizeof(StateRecord), kRecordsPerBlock);
  std::vector<StateRecord> records(count);
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(start), count * sizeof(StateRecord),
              reinterpret_cast<std::uint8_t*>(records.data()));
  std::vector<std::uint8_t> sealed(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(start));
  sealed.resize(start + kBlockBytes);
  fill_block(std::span(sealed).last(kBlockBytes), 0, records);
  read(sealed);
  return 0;
}
