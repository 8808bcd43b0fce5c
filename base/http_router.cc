// SPDX-License-Identifier: Apache-2.0
#include "base/http_router.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// The methods of a path as an Allow header lists them.
template <typename Methods>
std::string AllowedMethods(const Methods& methods) {
  std::set<std::string> names = {"OPTIONS"};
  for (const auto& [name, route] : methods) {
    names.insert(name);
    if (name == "GET") names.insert("HEAD");
  }
  std::string out;
  for (const std::string& name : names) absl::StrAppend(&out, out.empty() ? "" : ", ", name);
  return out;
}

HttpResponse MethodNotAllowed(const std::string& method, const std::string& allowed) {
  HttpResponse response = ErrorResponse(
      405, Refuse(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                  absl::StrCat("method ", method, " is not served here; use one of ", allowed)));
  response.headers.Set("Allow", allowed);
  return response;
}

// Also what a browser asks before it lets a page of another site send a request (CORS preflight).
HttpResponse Options(const std::string& allowed) {
  HttpResponse response;
  response.status = 204;
  response.headers.Set("Allow", allowed);
  response.headers.Set("Access-Control-Allow-Origin", "*");
  response.headers.Set("Access-Control-Allow-Methods", allowed);
  response.headers.Set("Access-Control-Allow-Headers",
                       "Content-Type, If-Match, If-None-Match, If-Range, Range");
  response.headers.Set("Access-Control-Max-Age", "86400");
  return response;
}

}  // namespace

void HttpRouter::Add(std::string method, std::string pattern, Function function) {
  Add(std::move(method), std::move(pattern), RouteOptions{}, std::move(function));
}

void HttpRouter::Add(std::string method, std::string pattern, RouteOptions options,
                     Function function) {
  const bool is_prefix = pattern.size() >= 2 && pattern.substr(pattern.size() - 2) == "/*";
  if (is_prefix) pattern.pop_back();
  Methods& methods = is_prefix ? prefix_[pattern] : exact_[pattern];
  methods[std::move(method)] = Route{std::move(function), options};
}

const HttpRouter::Methods* HttpRouter::FindPath(std::string_view path) const {
  const auto exact = exact_.find(path);
  if (exact != exact_.end()) return &exact->second;
  for (size_t slash = path.rfind('/'); slash != std::string_view::npos;
       slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1)) {
    if (slash + 1 == path.size()) continue;  // nothing would be left for the star
    const auto prefix = prefix_.find(path.substr(0, slash + 1));
    if (prefix != prefix_.end()) return &prefix->second;
  }
  return nullptr;
}

const HttpRouter::Route* HttpRouter::FindMethod(const Methods& methods, std::string_view method) {
  const auto route = methods.find(method == "HEAD" ? std::string_view("GET") : method);
  return route == methods.end() ? nullptr : &route->second;
}

void HttpRouter::Handle(HttpRequest request, HttpResponder respond) {
  const Methods* methods = FindPath(request.path);
  if (methods == nullptr) {
    respond(ErrorResponse(404, Refuse(absl::StatusCode::kNotFound, "NO_SUCH_RESOURCE",
                                      "there is nothing at this path")));
    return;
  }
  const Route* route = FindMethod(*methods, request.method);
  if (route != nullptr) {
    route->function(std::move(request), std::move(respond));
    return;
  }
  const std::string allowed = AllowedMethods(*methods);
  respond(request.method == "OPTIONS" ? Options(allowed)
                                      : MethodNotAllowed(request.method, allowed));
}

std::optional<size_t> HttpRouter::MaxBodyBytes(std::string_view method,
                                               std::string_view path) const {
  const Methods* methods = FindPath(path);
  const Route* route = methods == nullptr ? nullptr : FindMethod(*methods, method);
  return route == nullptr ? std::nullopt : route->options.max_body_bytes;
}

}  // namespace candor
