#pragma once

// How the rows of the parameter table are written down: one add() for each parameter, with its codec, its
// place in Options and its help. The sections of proxy/detail/parameter_table.cc, and those that have a file
// of their own. Any thread.

#include <chrono>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

#include "proxy/detail/codecs.h"
#include "proxy/detail/parameter_table.h"

namespace mogura::proxy::detail {

template <class Codec>
inline constexpr bool kIsList = false;
template <class Element>
inline constexpr bool kIsList<ListCodec<Element>> = true;
template <>
inline constexpr bool kIsList<PortsCodec> = true;
template <class Set, class Enum>
inline constexpr bool kIsList<SetCodec<Set, Enum>> = true;
template <class Codec>
inline constexpr bool kHoldsCommas = std::is_base_of_v<TextCodec, Codec>;
template <class Element>
inline constexpr bool kHoldsCommas<ListCodec<Element>> = kHoldsCommas<Element>;

// Makes the rows of one section. `place` is a function from Options to the value, const or not.
class Rows {
 public:
  Rows(std::vector<Parameter>& rows, std::string_view section) : rows_(rows), section_(section) {}

  template <class Codec, class Place>
  Rows& add(std::string_view key, Codec codec, Place place, std::string_view help) {
    rows_.push_back({section_, key, codec.type(), codec.range(), help, kIsList<Codec>, kHoldsCommas<Codec>,
                     [codec, place](const Written& written, Options& options) {
                       return codec.read(written, place(options));
                     },
                     [codec, place](const Options& options) { return codec.write(place(options)); }});
    return *this;
  }

 private:
  std::vector<Parameter>& rows_;
  std::string_view section_;
};

using Time = TimeCodec<std::chrono::seconds>;
using Count = CountCodec<std::size_t>;
using Small = CountCodec<unsigned>;

inline constexpr std::chrono::hours kDay{24};
inline constexpr std::size_t kKilo = std::size_t{1} << 10;
inline constexpr std::size_t kMega = std::size_t{1} << 20;

// Sections elsewhere.
void add_tunnel_rows(std::vector<Parameter>& rows);     // tunnel_parameters.cc
void add_intercept_rows(std::vector<Parameter>& rows);  // intercept_parameters.cc

}  // namespace mogura::proxy::detail
