#include "identity/detail/catalogue_reader.h"

// Header-only and without exceptions, whatever the installed library was built as.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/toml_guard.h"
#include "identity/detail/condition_text.h"

namespace mogura::identity::detail {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kMostLevel = 3;
// At or above, bytes and inner protocols prove what they name.
constexpr double kProofWeight = 0.8;
constexpr std::string_view kVersion = "{version}";

using Status = Result<void>;

bool can_prove(Source source) {
  return source == Source::kBytes || source == Source::kInner || source == Source::kString;
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  Result<Tables> read(const toml::table& root) {
    if (Status done = read_root(root); !done) return tl::unexpected(std::move(done.error()));
    return std::move(tables_);
  }

 private:
  tl::unexpected<Error> wrong(const toml::node& node, std::string cause,
                              ErrorCode code = ErrorCode::kFormat) const {
    return fail(code, name_ + ":" + std::to_string(node.source().begin.line), std::move(cause));
  }

  Status read_root(const toml::table& root) {
    const toml::node* format = root.get("format");
    if (format == nullptr) return wrong(root, "no \"format\": this is no catalogue");
    if (format->value<std::int64_t>() != kFormat) {
      return wrong(*format, "this format of catalogues is not known; 1 is", ErrorCode::kUnsupported);
    }
    for (const auto& [key, node] : root) {
      if (key != "format" && key != "product") return unknown_key(node, key);
    }
    const toml::node* products = root.get("product");
    if (products == nullptr) return {};
    if (!products->is_array_of_tables()) return wrong(*products, "\"product\" is not a list of tables");
    for (const toml::node& product : *products->as_array()) {
      if (Status done = read_product(*product.as_table()); !done) return done;
    }
    return {};
  }

  tl::unexpected<Error> unknown_key(const toml::node& node, std::string_view key) const {
    return wrong(node, "unknown key \"" + std::string(key) + "\"");
  }

  Status read_product(const toml::table& table) {
    if (tables_.products.size() == kCatalogueProducts) {
      return wrong(table, "too many products", ErrorCode::kLimit);
    }
    weights_ = {};
    const std::size_t rules_before = tables_.rules.size();
    tables_.products.emplace_back();
    if (Status done = read_description(table); !done) return done;
    if (Status done = read_weights(table); !done) return done;
    for (const auto& [key, node] : table) {
      if (Status done = read_rules(key, node); !done) return done;
    }
    if (tables_.rules.size() == rules_before) return wrong(table, "a product without a rule");
    return {};
  }

  Status text(const toml::table& table, std::string_view key, std::string& out,
              bool is_needed = false) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return is_needed ? wrong(table, "no \"" + std::string(key) + "\"") : Status{};
    const auto value = node->value<std::string>();
    if (!value || value->empty() || value->size() > kLongestText) {
      return wrong(*node, "\"" + std::string(key) + "\" is not a short text");
    }
    out = *value;
    return {};
  }

  Status read_description(const toml::table& table) {
    Product& product = tables_.products.back();
    std::string cls;
    if (Status done = text(table, "name", product.name, true); !done) return done;
    if (Status done = text(table, "class", cls, true); !done) return done;
    if (Status done = text(table, "vendor", product.vendor); !done) return done;
    if (Status done = text(table, "note", product.note); !done) return done;
    const auto known = class_named(cls);
    if (!known) return wrong(*table.get("class"), "unknown class \"" + cls + "\"");
    product.cls = *known;
    if (!names_.insert(product.name).second) return wrong(table, "a second product of this name");
    if (const toml::node* level = table.get("level")) {
      const std::int64_t value = level->value<std::int64_t>().value_or(-1);
      if (value < 0 || value > kMostLevel) return wrong(*level, "\"level\" is not 0, 1, 2 or 3");
      product.level = static_cast<unsigned>(value);
    }
    return read_version_tokens(table, product);
  }

  Status read_version_tokens(const toml::table& table, Product& product) const {
    const toml::node* node = table.get("version_after");
    const bool has_place = product.name.find(kVersion) != std::string::npos;
    if (node == nullptr) return has_place ? wrong(table, "no \"version_after\"") : Status{};
    if (!has_place) return wrong(*node, "the name has no {version}");
    return each_value(*node, [&](const toml::node& value) -> Status {
      const auto token = value.value<std::string>();
      if (!token || token->size() < kShortestToken) return wrong(value, "is no token");
      product.version_after.push_back(*token);
      return {};
    });
  }

  // The elements of a list, or the one value that stands for a list of one.
  template <class Take>
  static Status each_value(const toml::node& node, const Take& take) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return take(node);
    for (const toml::node& value : *list) {
      if (Status done = take(value); !done) return done;
    }
    return {};
  }

  Status read_weights(const toml::table& product) {
    const toml::node* node = product.get("weights");
    if (node == nullptr) return {};
    if (!node->is_table()) return wrong(*node, "\"weights\" is not a table");
    for (const auto& [key, value] : *node->as_table()) {
      const auto source = source_named(key.str());
      if (!source) return unknown_key(value, key);
      const Result<double> weight = weight_of(value);
      if (!weight) return tl::unexpected(weight.error());
      weights_[static_cast<std::size_t>(*source)] = *weight;
    }
    return {};
  }

  Result<double> weight_of(const toml::node& node) const {
    const double weight = node.value<double>().value_or(-1);
    if (!(weight > 0 && weight < 1)) return wrong(node, "a weight is between 0 and 1");
    return weight;
  }

  Status read_rules(std::string_view key, const toml::node& node) {
    static constexpr std::array<std::string_view, 7> kDescription = {
        "name", "class", "vendor", "note", "level", "version_after", "weights"};
    if (std::find(kDescription.begin(), kDescription.end(), key) != kDescription.end()) return {};
    if (key == "all") {
      return each_value(node, [&](const toml::node& value) { return read_combination(value); });
    }
    const auto source = source_named(key);
    if (!source) return unknown_key(node, key);
    return each_value(node, [&](const toml::node& value) -> Status {
      Rule rule;
      if (Status done = add_condition(*source, value, rule); !done) return done;
      const double own = weights_[static_cast<std::size_t>(*source)];
      rule.kind = *source;
      rule.weight = own > 0 ? own : default_weight(*source);
      rule.is_weak = is_weak(*source);
      return add_rule(value, std::move(rule));
    });
  }

  Status read_combination(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong(node, "\"all\" is not a list of tables");
    Rule rule;
    rule.kind = Source::kCombination;
    rule.weight = default_weight(Source::kCombination);
    for (const auto& [key, value] : *table) {
      if (key == "weight") {
        const Result<double> weight = weight_of(value);
        if (!weight) return tl::unexpected(weight.error());
        rule.weight = *weight;
        continue;
      }
      const auto source = source_named(key.str());
      if (!source) return unknown_key(value, key);
      Status done =
          each_value(value, [&](const toml::node& one) { return add_condition(*source, one, rule); });
      if (!done) return done;
    }
    if (rule.conditions.size() < 2) return wrong(node, "a combination has two conditions or more");
    return add_rule(node, std::move(rule));
  }

  Status add_condition(Source source, const toml::node& node, Rule& rule) {
    Result<Condition> condition = source == Source::kBytes ? read_bytes(node) : read_value(source, node);
    if (!condition) {
      if (!condition.error().place.empty()) return tl::unexpected(std::move(condition.error()));
      return wrong(node, std::move(condition.error().cause));
    }
    if (rule.conditions.size() == kConditionsOfARule)
      return wrong(node, "too many conditions", ErrorCode::kLimit);
    rule.conditions.push_back(intern(std::move(*condition)));
    return {};
  }

  Result<Condition> read_value(Source source, const toml::node& node) const {
    if (source == Source::kPort && node.is_integer()) {
      return condition_of(source, std::to_string(*node.value<std::int64_t>()));
    }
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong(node, "\"" + std::string(name_of(source)) + "\" has a value that is no text");
    return condition_of(source, *value);
  }

  Result<Condition> read_bytes(const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong(node, "\"bytes\" is not a table with side, at, and text or hex");
    std::string side = "either";
    std::string hex;
    std::string plain;
    if (Status done = text(*table, "side", side); !done) return tl::unexpected(done.error());
    if (Status done = text(*table, "hex", hex); !done) return tl::unexpected(done.error());
    if (Status done = text(*table, "text", plain); !done) return tl::unexpected(done.error());
    for (const auto& [key, value] : *table) {
      if (key != "side" && key != "hex" && key != "text" && key != "at") return unknown_key(value, key);
    }
    if (hex.empty() == plain.empty()) return wrong(node, "bytes are given as text or as hex");
    const auto where = side_named(side);
    if (!where) return wrong(node, "\"side\" is not up, down or either");
    auto bytes = hex.empty() ? std::optional(plain) : bytes_from_hex(hex);
    if (!bytes) return wrong(node, "\"hex\" is no hexadecimal");
    const toml::node* at = table->get("at");
    if (at == nullptr) return bytes_condition(*where, std::nullopt, std::move(*bytes));
    const std::int64_t offset = at->value<std::int64_t>().value_or(-1);
    if (offset < 0 || offset > 4096) return wrong(*at, "\"at\" is not an offset below 4096");
    return bytes_condition(*where, static_cast<std::uint32_t>(offset), std::move(*bytes));
  }

  // Equal conditions are kept once. The key tells all of their fields apart.
  ConditionId intern(Condition condition) {
    std::string key{static_cast<char>(condition.source), static_cast<char>(condition.side),
                    static_cast<char>(condition.at_begin), static_cast<char>(condition.at_end)};
    key += condition.offset ? std::to_string(*condition.offset) : "-";
    key += ':' + condition.text;
    const auto [at, is_new] =
        known_.try_emplace(std::move(key), static_cast<ConditionId>(tables_.conditions.size()));
    if (is_new) tables_.conditions.push_back(std::move(condition));
    return at->second;
  }

  Status add_rule(const toml::node& node, Rule rule) {
    if (tables_.rules.size() == kCatalogueRules) return wrong(node, "too many rules", ErrorCode::kLimit);
    const Product& product = tables_.products.back();
    rule.product = static_cast<std::uint32_t>(tables_.products.size() - 1);
    rule.is_user_agent = true;
    bool proves = false;
    for (const ConditionId id : rule.conditions) {
      const Source source = tables_.conditions[id].source;
      rule.is_user_agent = rule.is_user_agent && source == Source::kUserAgent;
      proves = proves || can_prove(source);
    }
    rule.is_proof = proves && rule.weight >= kProofWeight;
    // Everybody says to be a browser: that alone names nothing.
    if (rule.is_user_agent && product.cls == Class::kBrowser) rule.is_weak = true;
    tables_.rules.push_back(std::move(rule));
    return {};
  }

  const std::string& name_;
  Tables tables_;
  std::array<double, kSources> weights_{};  // of the product being read; 0: the default
  std::unordered_map<std::string, ConditionId> known_;
  std::unordered_set<std::string> names_;
};

// The catalogue is ours: texts that are not ASCII are written with \\u.
std::optional<std::size_t> line_beyond_ascii(std::string_view toml) {
  const auto place =
      std::find_if(toml.begin(), toml.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (place == toml.end()) return std::nullopt;
  return 1 + static_cast<std::size_t>(std::count(toml.begin(), place, '\n'));
}

}  // namespace

Result<Tables> read_catalogue(std::string_view toml, const std::string& name) {
  if (toml.size() > kCatalogueBytes) return fail(ErrorCode::kLimit, name, "the catalogue is too large");
  if (const auto line = line_beyond_ascii(toml)) {
    return fail(ErrorCode::kFormat, name + ":" + std::to_string(*line), "a byte beyond ASCII");
  }
  if (const auto line = unsafe_toml_line(toml)) {
    return fail(ErrorCode::kFormat, name + ":" + std::to_string(*line),
                "a bracket without a key, a misplaced brace, or bytes that are not UTF-8");
  }
  const toml::parse_result parsed = toml::parse(toml, name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(ErrorCode::kFormat, name + ":" + std::to_string(error.source().begin.line),
                std::string(error.description()));
  }
  return Reader(name).read(parsed.table());
}

}  // namespace mogura::identity::detail
