#include "app/watch_sinks.h"

#include <utility>

namespace mogura::app {

Result<std::vector<std::unique_ptr<alert::Sink>>> open_sinks(const WatchOptions& options) {
  std::vector<std::unique_ptr<alert::Sink>> sinks;
  const auto add = [&sinks](Result<std::unique_ptr<alert::Sink>> sink) -> Result<void> {
    if (!sink) return tl::unexpected(sink.error());
    sinks.push_back(std::move(*sink));
    return {};
  };
  Result<void> opened = add(alert::make_file_sink(options.alerts));
  if (opened && options.syslog) {
    alert::SyslogOptions syslog;
    if (!options.syslog->empty()) syslog.target = *options.syslog;
    syslog.ca_file = options.syslog_ca;
    opened = add(alert::make_syslog_sink(syslog));
  }
  if (opened && !options.webhook.empty()) {
    alert::WebhookOptions webhook;
    webhook.url = options.webhook;
    webhook.spool = options.webhook_spool;
    opened = add(alert::make_webhook_sink(webhook));
  }
  if (!opened) return tl::unexpected(opened.error());
  return sinks;
}

}  // namespace mogura::app
