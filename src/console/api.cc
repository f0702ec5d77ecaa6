#include "console/api.h"

#include <exception>
#include <utility>

#include "console/detail/api_call.h"
#include "console/detail/api_live.h"
#include "console/detail/api_routes.h"
#include "console/detail/json_reader.h"

namespace mogura::console {

struct Api::State {
  ApiContext context;
  detail::JsonReader json{};
};

Api::Api(ApiContext context) : state_(std::make_unique<State>(State{std::move(context)})) {}
Api::~Api() = default;
Api::Api(Api&&) noexcept = default;

// What throws here is the library's: memory, mostly, and one request is no reason to end.
Reply Api::handle(const Request& request) try {
  detail::Call call{request, state_->context, state_->json};
  call.now = state_->context.now();
  return detail::answer(call);
} catch (const std::exception& error) {
  return error_reply(500, "failed", error.what());
}

std::string Api::live_events(std::int64_t& cursor) try {
  return detail::live_events(state_->context.archive, state_->json, cursor);
} catch (const std::exception&) {
  return {};
}

}  // namespace mogura::console
