// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_types.h"

namespace candor {

// Dispatches by method and path. 404 for an unknown path, 405 with Allow for a known path with
// another method, OPTIONS answered by itself, HEAD served by the GET route (the server drops the
// body). Register all routes before it is used; after that it is thread-safe.
class HttpRouter final : public HttpHandler {
 public:
  using Function = std::function<void(HttpRequest, HttpResponder)>;
  struct RouteOptions {
    std::optional<size_t> max_body_bytes;  // nullopt: the server's limit
  };

  // `pattern`: an exact path ("/add"), or a prefix that ends in "/*" ("/tile/*" matches
  // "/tile/0/001", with at least one character for the star). An exact match wins, then the longest
  // prefix.
  void Add(std::string method, std::string pattern, Function function);
  void Add(std::string method, std::string pattern, RouteOptions options, Function function);

  void Handle(HttpRequest request, HttpResponder respond) override;
  std::optional<size_t> MaxBodyBytes(std::string_view method, std::string_view path) const override;

 private:
  struct Route {
    Function function;
    RouteOptions options;
  };
  using Methods = std::map<std::string, Route, std::less<>>;

  const Methods* FindPath(std::string_view path) const;
  static const Route* FindMethod(const Methods& methods, std::string_view method);

  std::map<std::string, Methods, std::less<>> exact_;
  std::map<std::string, Methods, std::less<>> prefix_;  // keys end in '/'
};

}  // namespace candor
