#pragma once

// The catalogue of products that mogura knows, as TOML text (docs/formats/catalogue.md); the bundled one is
// compiled in. Immutable after parsing: any number of threads may ask it.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/identity.h"

namespace mogura::identity {

class Catalogue {
 public:
  // `name` is for error messages: file, line and key.
  static Result<Catalogue> parse(std::string_view toml, std::string name);
  // data/catalogue.toml as it was when the program was built.
  static const Catalogue& bundled();

  ~Catalogue();
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;

  // Names the application if the clues suffice; else returns Class::kUnknown with the clues that tell most.
  [[nodiscard]] Application identify(const Clues& clues) const;
  // A program by its User-Agent alone: class kBrowser for real browsers' forms, kDeveloperTool for curl, …
  // Cheap.
  [[nodiscard]] Application identify_user_agent(std::string_view user_agent) const;
  [[nodiscard]] std::size_t products() const;

 private:
  Catalogue();
  struct Rules;
  std::unique_ptr<const Rules> rules_;
};

}  // namespace mogura::identity
