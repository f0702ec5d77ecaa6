#pragma once

// From frames to sessions on several threads: the calling thread reads, decodes and splits segments by flow;
// each worker has a flow table of its own; what they finish comes back in batches, is put into one order,
// freed of the doubles that a proxy's two sides make, and handed to the consumer on the calling thread.
// Shared-nothing but for the queues.
//
//                 ┌► worker 0: session::Table ─┐
//   Source ─ split┤        …                   ├► in order ─ Pairing ─► consumer
//                 └► worker n                 ─┘
//
// The sessions and their order are the same for any number of workers.

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "app/session_collector.h"
#include "base/limits.h"
#include "capture/source.h"
#include "packet/decode.h"
#include "packet/tcp.h"
#include "session/counters.h"
#include "session/table.h"

namespace mogura::app {

struct PipelineOptions {
  unsigned threads = 1;  // 1: everything on the calling thread; else it reads, and the others work
  Limits limits;
  std::uint64_t seed = 0;                   // for the flow tables' hashing
  std::vector<Address> proxies;             // proxies that cannot be inferred
  const std::atomic<bool>* stop = nullptr;  // set: stop reading and finish with what was read
  // Who is told, on that worker's thread, of the sessions of worker 0, 1, … while they live. May be empty.
  // The observers must outlive the pipeline.
  std::function<session::ProgressObserver*(unsigned worker)> observer;
  // Comes on the calling thread, before sessions are handed on, when all workers have seen all packets up to
  // that time. May be empty.
  std::function<void(Timestamp)> on_advance;
};

struct PipelineCounters {
  packet::DecodeCounters decode;
  packet::TcpCounters tcp;
  session::TableCounters table;
  std::uint64_t paired_sessions = 0;
};
void add(packet::TcpCounters& sum, const packet::TcpCounters& part);

using ProgressConsumer = std::function<void()>;

// Reads `source` to its end. `on_progress` is called after each batch of frames.
PipelineCounters run_pipeline(capture::Source& source, const PipelineOptions& options,
                              const SessionConsumer& on_session, const ProgressConsumer& on_progress);

}  // namespace mogura::app
