# SPDX-License-Identifier: Apache-2.0
"""The wire API as text, one fact a line, and what may change in it.

A line is KIND NAME VALUE: KIND and NAME say what the fact is about and occur once, VALUE is what
callers have come to rely on. So a breaking change is a line of the last release that is no longer
there, or that says something else; an addition is a new line.

  package   candor.v1 -
  option    proto/candor/v1/log.proto:go_package candor/v1;candorv1
  rpc       candor.v1.LogService.GetEntry candor.v1.GetEntryRequest -> candor.v1.GetEntryResponse
  field     candor.v1.AddEntryRequest#3 wait_for candor.v1.WaitFor single json=waitFor
  value     candor.v1.WaitFor#1 WAIT_FOR_SEQUENCED
  reserved  candor.v1.AddEntryRequest#9..12 -
  reserved  candor.v1.AddEntryRequest:old_name -
"""

import descriptor as pb

_OPTIONS = {1: "java_package", 8: "java_outer_classname", 10: "java_multiple_files",
            11: "go_package"}


def _fact(kind, name, value="-"):
    return f"{kind:<9} {name} {value}"


def _reserved(name, ranges, names, inclusive):
    for item in ranges:
        first, last = _signed(item, 1), _signed(item, 2) - (0 if inclusive else 1)
        yield _fact("reserved", f"{name}#{first}..{last}")
    for item in names:
        yield _fact("reserved", f"{name}:{item.decode()}")


def _signed(message, field):
    """Negative numbers are ten-byte varints."""
    value = pb.number(message, field)
    return value - (1 << 64) if value >> 63 else value


def _type(field):
    return pb.text(field, 6).lstrip(".") or pb.TYPES[pb.number(field, 5)]


def _label(field):
    if pb.number(field, 4) == 1:
        return "optional" if pb.number(field, 17) else "single"
    return pb.LABELS[pb.number(field, 4)]


def _message(message, scope):
    name = f"{scope}.{pb.text(message, 1)}"
    yield _fact("message", name)
    oneofs = [pb.text(oneof, 1) for oneof in pb.messages(message, 8)]
    for field in pb.messages(message, 2):
        oneof = ""
        if 9 in field and not pb.number(field, 17):
            oneof = f" oneof={oneofs[pb.number(field, 9)]}"
        yield _fact("field", f"{name}#{pb.number(field, 3)}",
                    f"{pb.text(field, 1)} {_type(field)} {_label(field)} "
                    f"json={pb.text(field, 10)}{oneof}")
    yield from _reserved(name, pb.messages(message, 9), message.get(10, []), inclusive=False)
    for nested in pb.messages(message, 3):
        yield from _message(nested, name)
    for enum in pb.messages(message, 4):
        yield from _enum(enum, name)


def _enum(enum, scope):
    name = f"{scope}.{pb.text(enum, 1)}"
    yield _fact("enum", name)
    for value in pb.messages(enum, 2):
        yield _fact("value", f"{name}#{_signed(value, 2)}", pb.text(value, 1))
    yield from _reserved(name, pb.messages(enum, 4), enum.get(5, []), inclusive=True)


def _service(service, scope):
    name = f"{scope}.{pb.text(service, 1)}"
    yield _fact("service", name)
    for method in pb.messages(service, 2):
        sides = ["stream " * pb.number(method, streaming) + pb.text(method, kind).lstrip(".")
                 for streaming, kind in ((5, 2), (6, 3))]
        yield _fact("rpc", f"{name}.{pb.text(method, 1)}", " -> ".join(sides))


def list_api(files):
    """The sorted lines of these FileDescriptorProtos."""
    lines = set()
    for file in files:
        package = pb.text(file, 2)
        lines.add(_fact("package", package))
        options = pb.messages(file, 8)
        for option in options:
            for field, name in _OPTIONS.items():
                if field in option:
                    value = pb.number(option, field)
                    value = value.decode() if isinstance(value, bytes) else str(bool(value)).lower()
                    lines.add(_fact("option", f"{pb.text(file, 1)}:{name}", value))
        for message in pb.messages(file, 4):
            lines.update(_message(message, package))
        for enum in pb.messages(file, 5):
            lines.update(_enum(enum, package))
        for service in pb.messages(file, 6):
            lines.update(_service(service, package))
    return sorted(lines)


def facts(lines):
    """{(kind, name): value}; comments and empty lines are skipped."""
    found = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        kind, name, value = line.split(None, 2)
        if (kind, name) in found:
            raise ValueError(f"{kind} {name} is listed twice")
        found[kind, name] = value
    return found


def breaking_changes(old_lines, new_lines):
    """One sentence for each thing that callers of the old API would stumble over."""
    old, new = facts(old_lines), facts(new_lines)
    problems = []
    for (kind, name), value in old.items():
        now = new.get((kind, name))
        if kind == "reserved":
            problems += _unreserved(name, new)
        elif now is None:
            problems.append(f"{kind} {name} ({value}) was removed{_moved(kind, name, value, new)}"
                            if value != "-" else f"{kind} {name} was removed")
        elif now != value:
            problems.append(f"{kind} {name} was \"{value}\" and is \"{now}\"")
    return problems


def _moved(kind, name, value, new):
    """Where something of the same name is now: a number that was changed."""
    scope = name.split("#")[0]
    word = value.split()[0]
    for (other_kind, other_name), other in new.items():
        if other_kind == kind and other_name.startswith(scope + "#") and other.split()[0] == word:
            return f": {word} is number {other_name.split('#')[1]} now"
    return ""


def _unreserved(name, new):
    """What was reserved must stay so: a number or a name that was given up is never used again."""
    scope, word = name.split("#" if "#" in name else ":")
    elements = [(kind, key, value) for (kind, key), value in new.items()
                if kind in ("field", "value") and key.startswith(scope + "#")]
    if ".." in word:
        first, last = map(int, word.split(".."))
        users = [e for e in elements if first <= int(e[1].split("#")[1]) <= last]
        kept = _covered(first, last, scope, new)
    else:
        users = [e for e in elements if e[2].split()[0] == word]
        kept = ("reserved", name) in new
    if users:
        return [f"{kind} {key} ({value}) uses what was reserved: {name}"
                for kind, key, value in users]
    return [] if kept else [f"{name} was reserved and is not any more"]


def _covered(first, last, scope, new):
    """Whether the ranges that are reserved now hold all of first..last."""
    ranges = sorted(tuple(map(int, key.split("#")[1].split("..")))
                    for kind, key in new if kind == "reserved" and key.startswith(scope + "#"))
    for low, high in ranges:
        if low <= first <= high:
            first = high + 1
    return first > last
