# SPDX-License-Identifier: Apache-2.0
"""The layers of the project, and what a file does that crosses them.

The table is the one in docs/architecture.md: arrows point down only. Sources are judged by their
`#include` lines, BUILD files by `deps` and `visibility`.
"""

import ast
import os
import re

_CORE = ["core/util", "core/crypto", "core/merkle", "core/note", "core/attest"]

# Folder of the repository -> folders that it may use, itself excepted.
MAY_USE = {
    "core/util": [],
    "core/crypto": ["core/util"],
    "core/merkle": ["core/util", "core/crypto"],
    "core/note": ["core/util", "core/crypto", "core/merkle"],
    "core/attest": ["core/util", "core/crypto", "core/merkle"],
    "base": ["core/util", "core/crypto"],
    "proto": [],
    "log": _CORE + ["base", "proto"],
    "witness": _CORE + ["base", "proto"],
    "client": _CORE + ["base", "proto"],
    "tests": _CORE + ["base", "proto", "log", "witness", "client"],
    "third_party": [],
}

# What everyone may see; other folders name who may use them.
PUBLIC = ("core/util", "core/crypto", "third_party")

_TLS = re.compile(r"openssl/|boost/asio/ssl")
_ROCKSDB = re.compile(r"rocksdb/")
_GRPC = re.compile(r"grpc(pp)?/|.*\.grpc\.pb\.h$")
# What `core` must not touch: I/O, clocks, threads, randomness, protobuf, the network.
_IMPURE = re.compile(
    r"(absl/(synchronization/|time/clock\.h)|absl/random/|boost/|google/|grpc|prometheus/|rocksdb/"
    r"|sys/(?!types\.h)|arpa/|netinet/|pthread\.h|unistd\.h|fcntl\.h|dirent\.h|time\.h"
    r"|(chrono|condition_variable|ctime|cstdio|filesystem|fstream|future|iostream|mutex|random"
    r"|shared_mutex|stdio\.h|thread)$)")

# Libraries that only some folders may use at all, so that their types do not spread.
LIBRARY_USERS = [
    # The client's artifact digests are more than the SHA-256 that core offers.
    (_TLS, ("core/crypto", "base", "client/artifact_digest", "tests", "third_party")),
    (_ROCKSDB, ("log/storage", "witness", "tests")),
    (_GRPC, ("base", "log/service", "log/main", "client", "witness", "tests")),
]


def layer_of(path):
    """The folder of MAY_USE that `path` lies in, or None (the root, docs, scripts)."""
    for folder in MAY_USE:
        if path == folder or path.startswith(folder + "/"):
            return folder
    return None


def allowed(user, used):
    return used == user or used in MAY_USE[user]


def is_test(path):
    name = os.path.basename(path)
    return path.startswith("tests/") or "_test." in name or name.startswith("testing")


def includes(text):
    return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE)


def source_breaches(path, text):
    """What the source file `path` includes and must not."""
    user, found = layer_of(path), []
    if user is None:
        return ["%s: a source outside of every layer" % path]
    for name in includes(text):
        used = layer_of(name)
        if used == "third_party" and user != "third_party":
            found.append("%s: includes %s; third_party holds build wiring only" % (path, name))
        elif used is not None and not allowed(user, used):
            found.append("%s: includes %s; %s must not use %s" % (path, name, user, used))
        for pattern, users in LIBRARY_USERS:
            if pattern.match(name) and not path.startswith(users):
                found.append("%s: includes <%s>; only %s may" % (path, name, ", ".join(users)))
        if user.startswith("core/") and not is_test(path) and _IMPURE.match(name):
            found.append("%s: includes <%s>; core is pure" % (path, name))
    return found


def _strings(node):
    return [part.value for part in ast.walk(node)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _rules(text):
    """(rule, name, {attribute: node}) of every call at the top of a BUILD file."""
    for statement in ast.parse(text).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            attributes = {word.arg: word.value for word in call.keywords if word.arg}
            names = _strings(attributes["name"]) if "name" in attributes else [""]
            yield call.func.id, names[0], attributes


def _package(label):
    """The folder of an absolute label, None for a relative or external one."""
    return label[2:].split(":")[0].replace("/...", "") if label.startswith("//") else None


def _visibility_breaches(where, folder, labels):
    found, owner = [], layer_of(folder)
    for label in labels:
        if label == "//visibility:private":
            continue
        if label == "//visibility:public":
            if owner not in PUBLIC:
                found.append("%s: is public; name the layers that may use it" % where)
            continue
        package = _package(label)
        users = [layer for layer in MAY_USE
                 if package and (layer_of(package) == layer or layer.startswith(package + "/"))]
        for user in users:
            # `//core:__subpackages__` names all of core, of which a part may use the folder.
            if layer_of(package) and not allowed(user, owner):
                found.append("%s: is visible to %s, which must not use it" % (where, package))
    return found


def build_breaches(path, text):
    """What the BUILD file `path` depends on or shows and must not."""
    folder, found = os.path.dirname(path), []
    user = layer_of(folder)
    if user is None:
        return []
    for rule, name, attributes in _rules(text):
        where = "%s: %s" % (path, ":" + name if name else rule)
        for attribute in ("default_visibility", "visibility"):
            # A program is what everyone may run.
            if attribute in attributes and not rule.endswith("_binary"):
                found += _visibility_breaches(where, folder, _strings(attributes[attribute]))
        for attribute in ("deps", "srcs", "hdrs", "implementation_deps"):
            for label in _strings(attributes[attribute]) if attribute in attributes else []:
                used = layer_of(_package(label) or folder)
                if used not in (None, "third_party") and not allowed(user, used):
                    found.append("%s: uses %s; %s must not use %s" % (where, label, user, used))
    return found
