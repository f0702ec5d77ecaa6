#pragma once

// From the rings of an interface to sessions: one thread per ring, each with a decoder and a flow table of
// its own; what they finish comes to the calling thread a few times a second, is freed of doubles and handed
// to the consumer there.
//
//   ring 0 ─► worker 0: Decoder, session::Table ─┐
//     …                                          ├► in order ─ Pairing ─► consumer
//   ring n ─► worker n                          ─┘
//
// Where the consumer is slow, workers wait, the rings fill, and the kernel counts what it drops.

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "app/pipeline.h"
#include "capture/live.h"

namespace mogura::app {

struct LiveCountersNow {
  PipelineCounters pipeline;
  capture::LiveCounters capture;
  std::uint64_t connections = 0;  // being followed
  bool is_interface_gone = false;
};

struct LiveHooks {
  SessionConsumer on_session;
  // Comes several times a second. Both on the calling thread.
  std::function<void(const LiveCountersNow&)> on_tick;
};

// Captures until `stop` is set or the interface is gone; then takes what is still in the rings, ends all
// sessions and returns. Of `options`, threads is the number of
// rings. `stop` must be given.
LiveCountersNow run_live_pipeline(std::vector<std::unique_ptr<capture::LiveRing>> rings,
                                  const PipelineOptions& options, const LiveHooks& hooks);

}  // namespace mogura::app
