#include "challenge/detail/order_table.h"

#include <algorithm>

namespace mogura::challenge::detail {
namespace {

constexpr std::uint8_t bit(Wire wire) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(wire));
}
constexpr std::uint8_t kHttp1 = bit(Wire::kPlain) | bit(Wire::kTls);
constexpr std::uint8_t kAny = kHttp1 | bit(Wire::kHttp2);
constexpr std::uint8_t kTunnel = bit(Wire::kConnect);

// Measured on Debian 12: Chromium 156, Firefox 153 (more than 1,000 requests each, of all kinds), curl 7.88,
// Wget 1.21, Python 3.11, requests 2.28, urllib3 1.26, OpenJDK 17, Node 18, git 2.39, apt 2.6, LWP 6.68,
// Lynx 2.9.
// From sources and published captures: WinINet (p0f 3.09b, MSIE rows; captures of MSXML2), WinHTTP (captures
// of CryptoAPI and BITS), Go (net/http/request.go).
constexpr FamilyOrder kOrders[] = {
    // Its network stack writes the beginning and, from Accept-Encoding on, the end; what the page's process
    // gives comes in between, out of a hash table.
    {Family::kChromium, kAny, "H[KP]?[SGNWUATROQDZXIMBFJLVdcyuwae]*EL?[CBFMIywd]*", "UE"},
    // Begins the same in all that it does.
    {Family::kFirefox, kAny, "HUAL?[BCDEFGIJKMNOQRSTWXZacdeuwy]*", "ULE"},
    {Family::kWinInet, kHttp1, "[ABEFILMORTUXZ]*HS?[KP]?[KPNGCZ]*", "UAH"},
    {Family::kWinHttp, kHttp1, "N?[KP]G?T?A?[BEFILMRZ]*U[SCZT]*H[CZ]*", "UH"},
    // The long group of these and others: what users of a library add themselves, and what goes with a body.
    {Family::kLibcurl, kHttp1, "HZ?B?UJ?AE?R?P?c?C?[ABCDEFGIJLMNOQRSTWXZKcdeyu]*", "UA"},
    {Family::kLibcurl, bit(Wire::kHttp2), "HZ?B?UJ?AE?R?C?[ABCDEFGIJLMNOQRSTWXZKcdeyu]*", "UA"},
    {Family::kWget, kHttp1, "H[RBNGF]*UAEZ?KP?C?[ABCDEFGIJLMNOQRSTWXZKcdeyu]*", "UAEK"},
    {Family::kRequests, kHttp1, "HUEAK?[ABCDEFGIJLMNOQRSTWXZKcdeyu]*", "UEA"},
    {Family::kUrllib, kHttp1, "ET?S?HU[ACLRZ]*K?", "EHU"},
    {Family::kUrllib3, kHttp1, "ES?AHU?", "EAH"},
    {Family::kHttpClient, kHttp1, "HES?U?T?", "HE"},
    {Family::kJavaHttpClient, kHttp1, "SHU[ACELRTZ]*", "SHU"},
    {Family::kJavaHttpClient, bit(Wire::kPlain), "KS?HuU[ACELRTZ]*", "KHu"},
    {Family::kJavaUrlConnection, kHttp1, "T?UN?G?HA[KP]T?S?", "UHA"},
    {Family::kNode, kHttp1, "[ACEGLNORSTUXZ]*H[KcS]*", "HK"},
    {Family::kNodeFetch, kHttp1, "HK[UTRCOXZ]*ALDU?ES?", "HKALDE"},
    {Family::kGo, kHttp1, "HU[Sc]?A?E?L?Z?N?K?T?C?[MI]*O?G?B?R?[DQ]*J?W?X?E?", "UE"},
    {Family::kLynx, kHttp1, "HAE?L[NG]*C?UR?Z?", "HAL"},
    {Family::kApt, kHttp1, "HNA?[BFM]*A?U", "HNU"},
    {Family::kLwp, kHttp1, "JKHU[ACLRZTS]*", "JKH"},
    {Family::kChromium, kTunnel, "HPU", "HPU"},
    {Family::kFirefox, kTunnel, "UPKH", "UPKH"},
    {Family::kLibcurl, kTunnel, "HUP", "HUP"},
    {Family::kWget, kTunnel, "UH", "UH"},
    {Family::kJavaUrlConnection, kTunnel, "UHAP", "UHA"},
    {Family::kLwp, kTunnel, "JKHU?", "JKH"},
};

bool is_passed_over(char letter, bool is_relayed) {
  return letter == 'x' || letter == 'p' || (is_relayed && is_relays_own(letter));
}

// The next step of a pattern.
struct Step {
  std::string_view letters;  // one of these
  char count = '1';          // '1', '?' or '*'
};
Step next(std::string_view& pattern) {
  Step step;
  std::size_t size = 1;
  if (pattern.front() == '[') {
    size = pattern.find(']') + 1;
    step.letters = pattern.substr(1, size - 2);
  } else {
    step.letters = pattern.substr(0, 1);
  }
  pattern.remove_prefix(size);
  if (!pattern.empty() && (pattern.front() == '?' || pattern.front() == '*')) {
    step.count = pattern.front();
    pattern.remove_prefix(1);
  }
  return step;
}

void pass_over(std::string_view& letters, bool is_relayed) {
  while (!letters.empty() && is_passed_over(letters.front(), is_relayed)) letters.remove_prefix(1);
}

bool take(std::string_view& letters, std::string_view from, bool is_relayed) {
  if (letters.empty() || from.find(letters.front()) == std::string_view::npos) return false;
  letters.remove_prefix(1);
  pass_over(letters, is_relayed);
  return true;
}

bool may_be_left_out(const Step& step, bool is_relayed) {
  return step.count == '?' ||
         (is_relayed && std::all_of(step.letters.begin(), step.letters.end(), is_relays_own));
}

}  // namespace

std::span<const FamilyOrder> known_orders() {
  return kOrders;
}

bool is_relays_own(char letter) {
  return std::string_view("HKPJcku").find(letter) != std::string_view::npos;
}

bool fits_pattern(std::string_view letters, std::string_view pattern, bool is_relayed) {
  pass_over(letters, is_relayed);
  while (!pattern.empty()) {
    const Step step = next(pattern);
    if (step.count == '*') {
      while (take(letters, step.letters, is_relayed)) {
      }
    } else if (!take(letters, step.letters, is_relayed) && !may_be_left_out(step, is_relayed)) {
      return false;
    }
  }
  return letters.empty();
}

}  // namespace mogura::challenge::detail
