#pragma once

// Sessions that are put together from records of a network monitor's logs: each record goes to the session of
// its connection, and when all are read, or too many are open, the sessions are handed out. One thread.
//
// Of a connection whose session was handed out before, a later record begins another session.

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "logs/detail/records.h"
#include "session/session.h"

namespace mogura::logs::detail {

class OpenSessions {
 public:
  using Consumer = std::function<void(const session::Session&)>;

  // At most `most` are open at once.
  OpenSessions(const Limits& limits, std::size_t most, Consumer on_session);

  void add(const RecordHead& head, const HttpRecord& record);
  void add(const RecordHead& head, const TlsRecord& record);
  void add(const RecordHead& head, const ConnectionRecord& record);
  // Another protocol was spoken, by the monitor's name for it.
  void add_protocol(const RecordHead& head, std::string_view protocol);

  // Hands out all that are open, in the order of their latest records.
  void finish();

  // Sessions handed out before their end was known, because too many were open.
  [[nodiscard]] std::uint64_t handed_out_early() const { return handed_out_early_; }

 private:
  struct Open {
    std::string key;
    session::Session session;
    std::string connect_target;  // of the first CONNECT
    std::string first_target;    // of the first other request
    std::string first_host;
    std::string paths;  // the beginning of all of them together
    std::vector<std::uint64_t> urls;
    bool has_http = false;
    bool has_tls = false;
    bool was_connected = false;  // a CONNECT was answered 2xx
    bool was_upgraded = false;   // an answer was 101
    bool has_connection = false;
    bool has_payload = false;
    std::array<std::uint64_t, 2> payload_bytes{};
    protocol::Inner protocol = protocol::Inner::kNone;  // by the monitor
  };
  using List = std::list<Open>;

  Open& at(const RecordHead& head);
  void make_room();
  void hand_out(List& from);
  void count_method(session::Session& session, std::string_view method) const;
  void count_target(Open& open, std::string_view target) const;
  void describe_requests(Open& open, const HttpRecord& record) const;
  void describe_client(Open& open, const HttpRecord& record) const;
  static void set_protocols(Open& open, std::string_view protocols);
  static void settle(Open& open);
  static void settle_tunnel(Open& open);
  static void settle_other(Open& open);

  Limits limits_;
  std::size_t most_;
  Consumer on_session_;
  List open_;    // those whose end is not known, the one with the oldest latest record first
  List closed_;  // those whose end is
  std::unordered_map<std::string_view, List::iterator> by_key_;  // keys are in the lists
  std::uint64_t handed_out_early_ = 0;
};

}  // namespace mogura::logs::detail
