#pragma once

// One entry of the flow table: a connection's reassembly, its dialogue, and what is counted per packet.

#include <array>
#include <cstdint>
#include <memory>

#include "packet/tcp.h"
#include "session/detail/dialogue.h"

namespace mogura::session::detail {

// Where a connection stands; each state has a list in order of last activity, and a time-out.
enum class Stage : std::uint8_t {
  kOpening,  // no payload yet
  kActive,
  kClosed,  // both sides have ended; stragglers may come
};
inline constexpr std::size_t kStages = 3;

struct Connection {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  packet::FlowKey key;
  std::uint64_t hash = 0;
  packet::TcpConnection tcp;
  std::unique_ptr<Dialogue> dialogue;  // from the first delivery on
  Timestamp first{};
  Timestamp last{};
  std::array<std::uint64_t, 2> packets{};  // by packet::Side
  std::array<std::uint64_t, 2> bytes{};
  packet::Side first_sender = packet::Side::kLow;
  Stage stage = Stage::kOpening;
  // The list of its stage.
  std::uint32_t previous = kNone;
  std::uint32_t next = kNone;
  Timestamp touched{};  // when it was last moved to the list's end
};

// Passes reassembled data to the dialogue, which is made when there is something to say.
class DialogueSink final : public packet::StreamSink {
 public:
  DialogueSink(Connection& connection, Shared& shared) : connection_(connection), shared_(shared) {}

  void on_data(packet::Side from, ByteView bytes, const packet::Delivery& delivery) override {
    dialogue().on_data(from, bytes, delivery);
  }
  void on_gap(packet::Side from, std::uint64_t length, packet::GapKind kind,
              const packet::Delivery& delivery) override {
    dialogue().on_gap(from, length, kind, delivery);
  }
  void on_end(packet::Side from, packet::EndKind kind, Timestamp time) override {
    if (connection_.dialogue == nullptr) return;
    connection_.dialogue->on_end(
        from, kind == packet::EndKind::kFin ? std::optional<Timestamp>(time) : std::nullopt);
  }

 private:
  Dialogue& dialogue() {
    if (connection_.dialogue == nullptr) [[unlikely]]
      make();
    return *connection_.dialogue;
  }
  void make() {
    connection_.dialogue = std::make_unique<Dialogue>(shared_);
    connection_.dialogue->set_times(connection_.first, connection_.last);
    const packet::TcpConnection& tcp = connection_.tcp;
    if (tcp.knows_initiator()) connection_.dialogue->set_initiator(tcp.initiator());
    if (!tcp.knows_initiator()) connection_.dialogue->set_midstream();
  }

  Connection& connection_;
  Shared& shared_;
};

}  // namespace mogura::session::detail
