#include "whois/whois.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/address.h"
#include "whois/detail/answer.h"
#include "whois/detail/cache.h"
#include "whois/detail/exchange.h"
#include "whois/detail/pace.h"
#include "whois/detail/server.h"

namespace mogura::whois {
namespace {

using detail::Facts;
using detail::Remembered;
using detail::Server;

constexpr std::string_view kFirstServer = "whois.iana.org";

Timestamp now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Error first_of(const std::vector<Error>& errors) {
  return errors.empty() ? Error{ErrorCode::kIo, "", "no server was asked"} : errors.front();
}

void fill(std::string& field, const std::string& value) {
  if (field.empty()) field = value;
}

// Whatever the text says, read out again: what is remembered is the text alone.
void read_out(Answer& answer) {
  const Facts facts = detail::read_answer(answer.text);
  fill(answer.organisation, facts.organisation);
  fill(answer.country, facts.country);
  fill(answer.registrar, facts.registrar);
  fill(answer.created, facts.created);
  fill(answer.network, facts.network);
}

}  // namespace

struct Client::State {
  explicit State(const Options& wanted)
      : options(wanted), cache(wanted.cache_folder, wanted.cache_time), pace(wanted.pause) {}

  Options options;
  detail::Cache cache;
  detail::Pace pace;
};

namespace {

// One question from its first server to the last.
class Journey {
 public:
  Journey(const Options& options, detail::Pace& pace, std::string_view query, const Server& first)
      : options_(options), pace_(pace), first_(first) {
    answer_.query = query;
    // Who begins at an address inside the network means to stay there.
    const auto address = Address::parse(first.host);
    stays_inside_ = first.host == "localhost" || (address && !detail::is_public(*address));
  }

  // Every server on the way answered.
  [[nodiscard]] bool is_complete() const { return errors_.empty(); }

  Result<Answer> run() {
    Server server = first_;
    for (unsigned step = 0; step <= options_.referrals; ++step) {
      const auto next = visit(server, step == 0);
      if (!next || was_asked(*next)) break;
      server = *next;
    }
    if (!has_answer_) return tl::unexpected(first_of(errors_));
    return std::move(answer_);
  }

 private:
  [[nodiscard]] bool was_asked(const Server& server) const {
    return std::find(answer_.servers.begin(), answer_.servers.end(), server.text()) != answer_.servers.end();
  }

  // Where to go next; nothing at the end of the way.
  std::optional<Server> visit(const Server& server, bool is_first) {
    // A stranger may send us to another whois server, not to another service.
    if (!is_first && !stays_inside_ && server.port != detail::kWhoisPort) return {};
    std::this_thread::sleep_for(pace_.wait_for(server.text(), std::chrono::steady_clock::now()));
    answer_.servers.push_back(server.text());
    const detail::ExchangeLimits limits{options_.timeout, options_.answer_bytes, !is_first && !stays_inside_};
    Result<std::string> text = detail::exchange(server, detail::query_line(server, answer_.query), limits);
    if (!text) {
      errors_.push_back(std::move(text.error()));
      return {};
    }
    return take(server, std::move(*text), is_first);
  }

  std::optional<Server> take(const Server& server, std::string text, bool is_first) {
    const Facts facts = detail::read_answer(text);
    if (facts.is_refusal) {
      errors_.push_back({ErrorCode::kLimit, server.text(), "the server refuses more questions for now"});
      return {};
    }
    if (is_first || !facts.knows_nothing) {
      answer_.text = std::move(text);
      has_answer_ = true;
    }
    return facts.referral.empty() ? std::nullopt : detail::server_in(facts.referral);
  }

  const Options& options_;
  detail::Pace& pace_;
  Server first_;
  bool stays_inside_ = false;
  bool has_answer_ = false;
  Answer answer_;
  std::vector<Error> errors_;
};

}  // namespace

Client::Client(const Options& options) : state_(std::make_unique<State>(options)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<Answer> Client::ask(std::string_view query) {
  if (!detail::is_query(query)) return fail(ErrorCode::kUsage, "", "this is no name or address");
  const std::string_view wanted = state_->options.server.empty() ? kFirstServer : state_->options.server;
  const auto first = detail::server_in(wanted);
  if (!first) return fail(ErrorCode::kUsage, std::string(wanted), "this is no whois server");
  if (auto known = state_->cache.find(first->text(), query, now())) {
    Answer answer;
    answer.query = query;
    answer.servers = std::move(known->servers);
    answer.text = std::move(known->text);
    read_out(answer);
    return answer;
  }
  Journey journey(state_->options, state_->pace, query, *first);
  Result<Answer> answer = journey.run();
  if (!answer) return answer;
  read_out(*answer);
  // What a server failed to add may come next time.
  if (journey.is_complete()) {
    state_->cache.keep(first->text(), query, Remembered{answer->servers, answer->text}, now());
  }
  return answer;
}

std::string readable(std::string_view text) {
  return detail::clean_text(text);
}

}  // namespace mogura::whois
