#include "alert/detail/http_post.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace mogura::alert::detail {
namespace {

// CURL and CURLM are both void.
struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct Free {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t ignore_body(char* /*bytes*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

// "https://hooks.example" of whatever URL; its path may be as secret as its password.
Result<std::string> place_of(const std::string& text) {
  const std::unique_ptr<CURLU, Free> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return fail(ErrorCode::kUsage, "webhook", "the URL makes no sense");
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::kUsage, "webhook", "the URL begins with http:// or https://");
  }
  const std::string port = part_of(url.get(), CURLUPART_PORT);
  return scheme + "://" + part_of(url.get(), CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

}  // namespace

struct HttpPost::State {
  std::string place, body;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::unique_ptr<curl_slist, Free> headers;
  // The multi handle goes first, as libcurl asks.
  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<CURLM, FreeMulti> multi;
  bool is_under_way = false;
};

HttpPost::HttpPost(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpPost::~HttpPost() {
  cancel();
}

Result<std::unique_ptr<HttpPost>> HttpPost::make(const Options& options) {
  static const bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  MOGURA_CHECK(is_ready);
  auto place = place_of(options.url);
  if (!place) return tl::unexpected(place.error());
  auto state = std::make_unique<State>();
  state->place = *std::move(place);
  state->easy.reset(curl_easy_init());
  state->multi.reset(curl_multi_init());
  MOGURA_CHECK(state->easy != nullptr && state->multi != nullptr);
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  // Without this, curl waits for an interim answer before it sends a large body.
  state->headers.reset(curl_slist_append(headers, "Expect:"));

  CURL* easy = state->easy.get();
  curl_easy_setopt(easy, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // does not wait for a lookup of a name that hangs
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, state->headers.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "mogura");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore_body);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, state->error.data());
  const double timeout_ms = std::clamp(options.timeout_s, 0.001, 3600.0) * 1000;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout_ms));
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  return std::unique_ptr<HttpPost>(new HttpPost(std::move(state)));
}

void HttpPost::begin(const std::string& body) {
  MOGURA_ASSERT(!state_->is_under_way);
  state_->body = body;
  state_->error.front() = '\0';
  curl_easy_setopt(state_->easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(state_->easy.get(), CURLOPT_POSTFIELDS, state_->body.c_str());
  curl_multi_add_handle(state_->multi.get(), state_->easy.get());
  state_->is_under_way = true;
}

bool HttpPost::is_under_way() const {
  return state_->is_under_way;
}

void HttpPost::cancel() {
  if (!std::exchange(state_->is_under_way, false)) return;
  curl_multi_remove_handle(state_->multi.get(), state_->easy.get());
}

std::optional<HttpAnswer> HttpPost::wait(std::chrono::milliseconds most) {
  CURLM* multi = state_->multi.get();
  int running = 0;
  curl_multi_perform(multi, &running);
  if (!state_->is_under_way || running != 0) {
    constexpr std::int64_t kHour = 3'600'000;
    const auto timeout = static_cast<int>(std::clamp<std::int64_t>(most.count(), 0, kHour));
    curl_multi_poll(multi, nullptr, 0, timeout, nullptr);
    curl_multi_perform(multi, &running);
  }
  if (!state_->is_under_way) return std::nullopt;
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  if (message == nullptr || message->msg != CURLMSG_DONE) return std::nullopt;
  const CURLcode code = message->data.result;
  HttpAnswer answer;
  curl_easy_getinfo(state_->easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(state_->easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
  answer.retry_after = std::chrono::seconds(retry_after);
  if (code != CURLE_OK) {
    // An answer that does not end is none.
    answer.status = 0;
    answer.error = curl_easy_strerror(code);
  }
  cancel();
  return answer;
}

void HttpPost::wake() {
  curl_multi_wakeup(state_->multi.get());
}

const std::string& HttpPost::place() const {
  return state_->place;
}

}  // namespace mogura::alert::detail
