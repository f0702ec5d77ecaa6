#include "app/proxy_run.h"

#include <array>

#include "app/pattern_folder.h"

namespace mogura::app {

ProxyRun::~ProxyRun() = default;

Result<std::shared_ptr<const pattern::Matcher>> ProxyRun::make_matcher(const proxy::Options& options) {
  if (options.tunnels.patterns.empty()) return nullptr;
  auto patterns = read_pattern_folder(options.tunnels.patterns);
  if (!patterns) return tl::unexpected(patterns.error());
  auto matcher = pattern::Matcher::make(std::move(*patterns));
  if (!matcher) return tl::unexpected(matcher.error());
  return std::make_shared<const pattern::Matcher>(std::move(*matcher));
}

Result<void> ProxyRun::read_inputs(const proxy::Options& options) {
  if (!is_quiet()) {
    for (const std::string& doubt : proxy::doubts_about(options)) note(doubt);
  }
  auto patterns = make_matcher(options);
  if (!patterns) return tl::unexpected(patterns.error());
  patterns_ = std::move(*patterns);
  return {};
}

Result<void> ProxyRun::open(const proxy::Options& options, JudgingParts::Gate gate) {
  proxy::Surroundings surroundings{.store = &judging().store(),
                                   .gate = std::move(gate),
                                   .on_session = {},
                                   .patterns = std::move(patterns_)};
  if (ProxySessions* const kept = sessions()) {
    surroundings.on_event = [kept](const proxy::Event& event) { kept->add(event); };
    surroundings.on_session = [kept](const session::Session& session) { kept->add(session); };
  }
  auto opened = proxy::Proxy::open(options, std::move(surroundings));
  if (!opened) return tl::unexpected(opened.error());
  proxy_ = std::move(*opened);
  return {};
}

void ProxyRun::reload(const proxy::Options& options, JudgingParts::Gate gate) {
  auto patterns = make_matcher(options);
  if (!patterns) {
    note(patterns.error().message() + "; what was loaded before stays");
    return reopen_logs();
  }
  const auto kept = proxy_->reload(options, std::move(gate), std::move(*patterns));
  if (!kept) return note(kept.error().message() + "; what was loaded before stays");
  for (const std::string& name : *kept) note(name + " changes only with a new start");
  note("reloaded");
}

std::vector<report::Counter> ProxyRun::counters() const {
  std::vector<report::Counter> sums = {{"connections", 0}, {"requests", 0}, {"tunnels", 0},
                                       {"aborted", 0},     {"refused", 0},  {"accept_failures", 0}};
  for (const proxy::Counters* loop : proxy_->metrics_source().loops) {
    std::uint64_t refused = 0;
    for (const proxy::Count& count : loop->refusals) refused += count.get();
    const std::array counted = {
        loop->connections.get(),    loop->requests.get(), loop->tunnels.get(), loop->aborted.get(), refused,
        loop->accept_failures.get()};
    for (std::size_t i = 0; i < counted.size(); ++i) sums[i].second += counted[i];
  }
  return sums;
}

std::string ProxyRun::metrics_text(const Lost& lost) const {
  proxy::MetricsSource source = proxy_->metrics_source();
  source.lost_sessions = lost.sessions;
  source.lost_events = lost.events;
  return proxy::metrics_text(source);
}

}  // namespace mogura::app
