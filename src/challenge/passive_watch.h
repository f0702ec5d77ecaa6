#pragma once

// All passive questions in one place: is looked at for every request, asks nobody anything, changes nothing.
//
//   request head ──► observe() ──► score 0…1 of this client, User-Agent and host; is it news?
//                       └─ if so: explain() ──► evidence, for the verdict's line
//   ClientHello ──► observe_hello()             where there is one
//   response head ──► observe_response()        learns cookies' names and pages; of every response
//   CONNECT ──► observe() judges its own field order, and remembers that the site is also seen by others
//
// To the gate: call observe() once for each request, exempt ones too (rhythm needs them all), before our own
// cookies are taken out or after it; use `score` as the first step of the ladder. A program is what sends one
// User-Agent from one client (and user, where clients authenticate).
//
// Memory: some 500 bytes for each of Limits::programs and 120 for each of Limits::sites, allocated at
// construction; the one used longest ago makes room. Not for several threads at once: service/shared_watch.h
// is one for all loops, behind a mutex; a call takes 0.5 to 2 microseconds. Time comes in as an argument.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "challenge/cookie_provenance.h"
#include "challenge/detail/bounded_table.h"
#include "challenge/header_order.h"
#include "challenge/hello_traits.h"
#include "challenge/passive_evidence.h"
#include "challenge/regularity.h"
#include "protocol/strict_head.h"

namespace mogura::challenge {

struct PassiveLimits {
  std::size_t programs = 16'384;  // at one host each
  std::size_t sites = 8'192;
  // Every response of every site goes through this one watch. Else (one watch for each of several loops)
  // cookies are not judged: the page that explains them may have gone by elsewhere.
  bool sees_all_responses = false;
};

// A request, as the caller knows it. Views are used during the call only.
struct PassiveRequest {
  const protocol::RequestHead& head;
  Address client;
  std::string_view user{};
  std::string_view host{};    // of the authority, lower case, without port
  Timestamp time{};           // when its first byte came
  bool is_encrypted = false;  // read inside TLS
  bool is_http2 = false;      // then its fields are as they came, with :authority as Host in front
  bool is_opened = false;     // a CONNECT whose tunnel is opened: what is in it will be seen here
  bool is_relayed = false;    // a gateway has passed it on, and changed what is a relay's own to change
};

struct PassiveOpinion {
  double score = 0;
  bool is_news = false;  // it has risen by PassiveWatch::kNews over what was said last
};

class PassiveWatch {
 public:
  static constexpr double kNews = 0.1;

  // `own_cookies`: beginnings of the names of the cookies that we set ourselves. `seed`: random and secret.
  PassiveWatch(const PassiveLimits& limits, std::uint64_t seed, std::vector<std::string> own_cookies);

  PassiveOpinion observe(const PassiveRequest& request);
  // The client's hello: in the tunnel of the CONNECT that `request` is, or of the connection that it came on.
  // Once for each connection, after observe().
  PassiveOpinion observe_hello(const PassiveRequest& request, const protocol::ClientHello& hello);
  void observe_response(const protocol::ResponseHead& head, std::string_view host, Timestamp now);
  // The evidence behind the latest score of the request's program at its host, heaviest first.
  [[nodiscard]] std::vector<Evidence> explain(const PassiveRequest& request) const;

  // What is remembered, and how often something had to make room.
  [[nodiscard]] std::size_t programs() const { return programs_.size(); }
  [[nodiscard]] std::uint64_t evicted() const { return programs_.evicted(); }

 private:
  struct Program {
    std::uint64_t judged = 0, contradicting = 0;  // by field order
    HeaderOrder order;                            // the latest that contradicted
    OrderJudgement judgement;
    std::uint64_t hellos = 0, foreign_hellos = 0;
    HelloVerdict hello = HelloVerdict::kNothing;  // the latest that contradicted
    Family claimed = Family::kUnknown;            // with it
    CookieUse cookies;
    Regularity rhythm;
    double told = 0;
    bool claims_program = false;  // its User-Agent names no browser
  };

  [[nodiscard]] std::uint64_t key_of(const PassiveRequest& request) const;
  PassiveOpinion opinion_of(Program& program, const PassiveRequest& request) const;
  [[nodiscard]] std::vector<Evidence> evidence_of(const Program& program,
                                                  const PassiveRequest& request) const;

  detail::BoundedTable<Program> programs_;
  CookieProvenance provenance_;
  std::uint64_t seed_;
  bool judges_cookies_;
};

// "header-order-…": how a program's requests are ordered, over `judged` requests of which `contradicting` did
// contradict, the latest as given. Nothing where it weighs nothing.
std::optional<Evidence> judge_orders(const OrderJudgement& judgement, const HeaderOrder& order,
                                     std::uint64_t contradicting, std::uint64_t judged);

}  // namespace mogura::challenge
