#include "console/detail/login_form.h"

#include <string.h>

#include "console/detail/json_reader.h"
#include "console/detail/target.h"

namespace mogura::console::detail {
namespace {

// What was read, wiped when it goes.
struct Wiped {
  JsonReader::Members members{};

  std::string* find(std::string_view name) {
    for (auto& [key, value] : members) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  ~Wiped() {
    for (auto& [key, value] : members) explicit_bzero(value.data(), value.size());
  }
};

bool is_user(std::string_view user) {
  return !user.empty() && user.size() <= kLoginUserBytes && is_clean_text(user, false);
}

}  // namespace

LoginForm::~LoginForm() {
  explicit_bzero(secret.data(), secret.size());
}

std::optional<LoginForm> parse_login_form(std::string_view body) {
  JsonReader reader;
  Result<JsonReader::Members> read = reader.texts(body);
  if (!read) return std::nullopt;
  Wiped texts{std::move(*read)};
  std::string* const token = texts.find("token");
  std::string* const user = texts.find("user");
  std::string* const password = texts.find("password");
  LoginForm form;
  if (texts.members.size() == 1 && token != nullptr) {
    form.has_token = true;
    form.secret = *token;
  } else if (texts.members.size() == 2 && user != nullptr && password != nullptr && is_user(*user)) {
    form.user = *user;
    form.secret = *password;
  } else {
    return std::nullopt;
  }
  return is_clean_text(form.secret, true) ? std::optional(std::move(form)) : std::nullopt;
}

}  // namespace mogura::console::detail
