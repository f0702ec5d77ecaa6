#include "store/detail/session_row.h"

#include <optional>

#include "population/groups.h"
#include "protocol/registrable_domain.h"
#include "report/session_line.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

Key key_if(std::string_view text) {
  return text.empty() ? kNoKey : key_of(text);
}

void add_keys(const session::Session& session, SessionRow& row) {
  row.destination_key = key_of(row.destination);
  row.domain_key = key_of(protocol::registrable_domain(row.destination));
  row.address_key = key_of(row.client);
  row.cipher_suites_key = key_if(session.cipher_suites);
  row.ja4_key = key_if(row.ja4);
  if (row.user_agent_seen) row.user_agent_key = key_of(row.user_agent);
  row.client_key = client_key_of(
      row.client, row.user_agent_seen ? std::optional<std::string_view>(row.user_agent) : std::nullopt);
}

}  // namespace

SessionRow row_of(const session::Session& session) {
  SessionRow row;
  row.start_us = to_microseconds(session.start);
  row.end_us = to_microseconds(session.end);
  row.session_id = session::session_id(session);
  row.client = population::client_of(session);
  row.destination = session.destination;
  row.user_agent = session.user_agent;
  row.user_agent_seen = session.user_agent_seen;
  row.sni = session.sni;
  row.ja4 = session.ja4;
  row.kind = session::name_of(session.kind);
  row.inner_protocol = protocol::name_of(session.inner);
  row.exchanges = session.exchanges;
  row.bytes = session.bytes;
  add_keys(session, row);
  report::write_session_line(session, {}, row.line);
  row.line.pop_back();  // its line feed
  return row;
}

}  // namespace mogura::store::detail
