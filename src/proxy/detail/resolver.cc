#include "proxy/detail/resolver.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "proxy/detail/name_cache.h"
#include "service/signals_held.h"

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Lock = std::unique_lock<std::mutex>;

constexpr std::size_t kNameBytes = 253;  // RFC 1035 §2.3.4, in text
constexpr std::size_t kAddresses = 16;   // of one name

// Whether the system may be asked about it: no blanks, controls and marks that stand beside a host in URLs.
// Which names exist beyond that is the resolver's matter (underscores do; so may UTF-8 in local networks).
bool is_name(std::string_view text) {
  constexpr std::string_view kMarks = "%/:@[]\\\"'<>";
  if (text.empty() || text.size() > kNameBytes) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && kMarks.find(c) == std::string_view::npos;
  });
}

std::optional<Address> literal(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const auto inner = Address::parse(text.substr(1, text.size() - 2));
    return inner && text.find(':') != std::string_view::npos ? inner : std::nullopt;
  }
  return Address::parse(text);
}

Address address_of(const addrinfo& info) {
  if (info.ai_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, info.ai_addr, sizeof v4);
    return Address::v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, info.ai_addr, sizeof v6);
  return Address::from_bytes(ByteView(v6.sin6_addr.s6_addr, sizeof v6.sin6_addr.s6_addr));
}

tl::unexpected<Error> system_failure(const std::string& name, int code, int system_error) {
  // Whatever the resolver makes of it, a name is not known to be missing while we cannot ask.
  const bool lacks_means = code == EAI_MEMORY || system_error == EMFILE || system_error == ENFILE ||
                           system_error == ENOMEM || system_error == ENOBUFS;
  if (lacks_means) return fail(ErrorCode::kLimit, name, "no memory or descriptors left to ask for the name");
  const char* cause = code == EAI_SYSTEM ? std::strerror(system_error) : ::gai_strerror(code);
  return fail(ErrorCode::kIo, name, std::string("the name cannot be resolved: ") + cause);
}

NameAnswer ask_system(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  errno = 0;
  const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (code != 0) return system_failure(name, code, errno);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info != nullptr && addresses.size() < kAddresses; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    const Address address = address_of(*info);
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  }
  if (addresses.empty()) return fail(ErrorCode::kIo, name, "the name has no addresses");
  return addresses;
}

struct Question;

// A caller that waits. Lives in its coroutine and in its question; `timer` is the loop's alone, everything
// else is guarded by the resolver's lock.
struct Waiter {
  explicit Waiter(Executor loop) : executor(std::move(loop)) {}

  Executor executor;
  Timer* timer = nullptr;  // nullptr: the coroutine is gone
  std::optional<NameAnswer> answer;
  Question* question = nullptr;  // nullptr: answered
  std::list<std::shared_ptr<Waiter>>::iterator place;
};

struct Question {
  std::string name;
  std::list<std::shared_ptr<Waiter>> waiters;
  std::optional<std::list<Question*>::iterator> place;  // in the queue; nothing: begun
};

}  // namespace

// Shared with the coroutines that wait, which may outlive the Resolver.
struct Resolver::Impl {
  explicit Impl(const ResolverOptions& given)
      : options(given),
        ask(given.ask != nullptr ? given.ask : ask_system),
        cache(given.entries, random_seed()) {}

  // Of a coroutine that waits; ends when that does, however it does: then nothing is posted to it any more.
  struct Presence {
    Presence(std::shared_ptr<Impl> of, std::shared_ptr<Waiter> who)
        : impl(std::move(of)), waiter(std::move(who)) {}
    ~Presence() {
      waiter->timer = nullptr;
      impl->leave(*waiter);
    }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    std::shared_ptr<Impl> impl;
    std::shared_ptr<Waiter> waiter;
  };

  static std::uint64_t random_seed() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }

  // --- callers ---
  std::optional<NameAnswer> from_cache(std::string_view name);
  NameAnswer refuse(std::string name);
  Question* question_for(const std::string& name);
  bool enlist(const std::string& name, const std::shared_ptr<Waiter>& waiter);
  void leave(Waiter& waiter);
  static Awaitable<NameAnswer> wait(std::shared_ptr<Impl> impl, std::string name,
                                    std::chrono::milliseconds patience);
  // --- threads ---
  bool has_thread_for_more();
  void work();
  NameAnswer ask_guarded(const std::string& name) const;
  void settle(Question& question, const NameAnswer& answer);
  void remember(const std::string& name, const NameAnswer& answer);
  void stop();

  const ResolverOptions options;
  NameAnswer (*const ask)(const std::string&);

  mutable std::mutex mutex;
  std::condition_variable has_news;
  // Guarded by mutex:
  NameCache cache;
  std::unordered_map<std::string, Question> open;  // asked for, not answered
  std::list<Question*> queue;                      // of those, what nobody has begun
  std::vector<std::thread> threads;
  std::size_t idle = 0;
  ResolverCounters counters;
  bool is_stopping = false;
};

std::optional<NameAnswer> Resolver::Impl::from_cache(std::string_view name) {
  const Lock lock(mutex);
  const NameAnswer* found = cache.find(name, Clock::now());
  if (found == nullptr) return std::nullopt;
  ++counters.from_cache;
  return *found;
}

NameAnswer Resolver::Impl::refuse(std::string name) {
  const Lock lock(mutex);
  ++counters.refused;
  name.resize(std::min(name.size(), kNameBytes));
  return fail(ErrorCode::kIo, std::move(name), "this cannot be the name of a host");
}

// True: an answer comes to the waiter, or is there already.
bool Resolver::Impl::enlist(const std::string& name, const std::shared_ptr<Waiter>& waiter) {
  const Lock lock(mutex);
  // It may have come since the caller looked.
  if (const NameAnswer* found = cache.find(name, Clock::now())) {
    waiter->answer = *found;
    ++counters.from_cache;
    return true;
  }
  Question* const question = question_for(name);
  if (question == nullptr) {
    ++counters.refused;
    return false;
  }
  waiter->question = question;
  waiter->place = question->waiters.insert(question->waiters.end(), waiter);
  return true;
}

// The open one, or a new one; nullptr: there is no room. Under the lock.
Question* Resolver::Impl::question_for(const std::string& name) {
  if (is_stopping) return nullptr;
  if (const auto asked = open.find(name); asked != open.end()) return &asked->second;
  if (queue.size() >= options.waiting || !has_thread_for_more()) return nullptr;
  Question& question = open.emplace(name, Question{name, {}, {}}).first->second;
  question.place = queue.insert(queue.end(), &question);
  has_news.notify_one();
  return &question;
}

void Resolver::Impl::leave(Waiter& waiter) {
  const Lock lock(mutex);
  if (waiter.question == nullptr) return;
  Question& question = *std::exchange(waiter.question, nullptr);
  question.waiters.erase(waiter.place);
  if (!question.waiters.empty() || !question.place) return;
  // Nobody wants to know any more, and nobody has begun to ask.
  queue.erase(*question.place);
  open.erase(std::string(question.name));
}

Awaitable<NameAnswer> Resolver::Impl::wait(std::shared_ptr<Impl> impl, std::string name,
                                           std::chrono::milliseconds patience) {
  const auto executor = co_await asio::this_coro::executor;
  Timer timer(executor, patience);
  const auto waiter = std::make_shared<Waiter>(executor);
  waiter->timer = &timer;
  if (!impl->enlist(name, waiter)) {
    co_return fail(ErrorCode::kLimit, std::move(name), "too many names are being asked for");
  }
  const Presence presence(impl, waiter);
  bool has_answer = false;
  {
    const Lock lock(impl->mutex);
    has_answer = waiter->answer.has_value();
  }
  // The answer ends it early.
  if (!has_answer) co_await timer.async_wait(asio::as_tuple(kAwait));
  const Lock lock(impl->mutex);
  if (waiter->answer) co_return *std::move(waiter->answer);
  co_return fail(ErrorCode::kTruncated, std::move(name), "the name was not resolved in time");
}

// Threads are begun as they are needed. Under the lock.
bool Resolver::Impl::has_thread_for_more() {
  const std::size_t most = std::max(1u, options.threads);
  if (idle > queue.size() || threads.size() >= most) return true;
  const service::SignalsHeld held;
  try {
    threads.emplace_back([this] { work(); });
  } catch (const std::exception&) {
    return !threads.empty();
  }
  return true;
}

void Resolver::Impl::work() {
  Lock lock(mutex);
  while (true) {
    ++idle;
    has_news.wait(lock, [this] { return is_stopping || !queue.empty(); });
    --idle;
    if (is_stopping) return;
    Question& question = *queue.front();
    queue.pop_front();
    question.place.reset();
    const std::string name = question.name;
    ++counters.asked;
    lock.unlock();
    const NameAnswer answer = ask_guarded(name);
    lock.lock();
    if (is_stopping) return;
    settle(question, answer);
    remember(name, answer);
    open.erase(name);
  }
}

NameAnswer Resolver::Impl::ask_guarded(const std::string& name) const try {
  return ask(name);
} catch (const std::exception& problem) {
  return fail(ErrorCode::kLimit, name, problem.what());
}

// Under the lock, so that a coroutine that ends meanwhile takes its loop away only when all is posted.
void Resolver::Impl::settle(Question& question, const NameAnswer& answer) {
  for (const auto& waiter : question.waiters) {
    waiter->answer = answer;
    waiter->question = nullptr;
    asio::post(waiter->executor, [waiter] {
      if (waiter->timer != nullptr) waiter->timer->cancel();
    });
  }
  question.waiters.clear();
}

void Resolver::Impl::remember(const std::string& name, const NameAnswer& answer) {
  const bool is_failure = !answer.has_value();
  if (is_failure) ++counters.failed;
  if (is_failure && answer.error().code == ErrorCode::kLimit) return;  // our trouble, not the name's
  cache.put(name, answer, Clock::now() + (is_failure ? options.keep_failure : options.keep));
}

void Resolver::Impl::stop() {
  std::vector<std::thread> running;
  {
    const Lock lock(mutex);
    is_stopping = true;
    for (auto& [name, question] : open) {
      settle(question, fail(ErrorCode::kIo, name, "the proxy is stopping"));
    }
    queue.clear();
    open.clear();
    running.swap(threads);
  }
  has_news.notify_all();
  for (std::thread& thread : running) thread.join();
}

Resolver::Resolver(const ResolverOptions& options) : impl_(std::make_shared<Impl>(options)) {}

Resolver::~Resolver() {
  impl_->stop();
}

Awaitable<Result<std::vector<Address>>> Resolver::resolve(std::string name,
                                                          std::chrono::milliseconds patience) {
  if (const auto address = literal(name)) co_return std::vector{*address};
  if (!is_name(name)) co_return impl_->refuse(std::move(name));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return lower(c); });
  if (auto known = impl_->from_cache(name)) co_return *std::move(known);
  co_return co_await Impl::wait(impl_, std::move(name), patience);
}

ResolverCounters Resolver::counters() const {
  const Lock lock(impl_->mutex);
  ResolverCounters counters = impl_->counters;
  counters.entries = impl_->cache.size();
  return counters;
}

}  // namespace mogura::proxy::detail
